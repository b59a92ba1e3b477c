import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { openaiTextOperations } from '../dialects/openai-operations.ts';
import type { LimitSpec } from '../limits.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { Provider } from './provider.ts';

export const anthropic = defineProvider({
  name: 'anthropic',
  shortName: 'anthropic',
  displayName: 'Anthropic',
  hosts: ['api.anthropic.com'],
  report: {
    status: 'green',
    note: 'usage is in each answer, also in streams',
    link: 'https://platform.claude.com/usage',
  },
  operations: [...anthropicOperations(), ...openaiTextOperations({ streamUsage: 'on-request' })],
  requestIdHeaders: ['request-id'],
  limits: [
    bucket('requests', 'anthropic-ratelimit-requests'),
    bucket('tokens', 'anthropic-ratelimit-tokens'),
    bucket('input_tokens', 'anthropic-ratelimit-input-tokens'),
    bucket('output_tokens', 'anthropic-ratelimit-output-tokens'),
    bucket('priority_input_tokens', 'anthropic-priority-input-tokens'),
    bucket('priority_output_tokens', 'anthropic-priority-output-tokens'),
    bucket('fast_input_tokens', 'anthropic-fast-input-tokens'),
    bucket('fast_output_tokens', 'anthropic-fast-output-tokens'),
    unified('unified', '5h', '5h'),
    unified('unified', '7d', '7d'),
    unified('unified_overage_included', '7d', '7d_oi'),
    unified('unified_sonnet', '7d', '7d-sonnet'),
    unified('unified_overage', null, 'overage'),
  ],
}) satisfies Provider;

function bucket(name: string, prefix: string): LimitSpec {
  return {
    name,
    window: 'minute',
    limit: `${prefix}-limit`,
    remaining: `${prefix}-remaining`,
    reset: `${prefix}-reset`,
  };
}

/** Subscriptions state the used share of a window, and its end. */
function unified(name: string, window: string | null, claim: string): LimitSpec {
  const prefix = `anthropic-ratelimit-unified-${claim}`;
  return { name, window, utilization: `${prefix}-utilization`, reset: `${prefix}-reset` };
}
