import { looseAmount } from '../body/fields.ts';
import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { openaiOperations, post } from '../dialects/openai-operations.ts';
import { rerankUsage } from '../dialects/rerank.ts';
import { saysNothing } from '../reader/counts.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { CallInfo, Findings } from '../reader/findings.ts';
import type { Provider } from './provider.ts';

export const fireworks = defineProvider({
  name: 'fireworks',
  shortName: 'fireworks',
  displayName: 'Fireworks AI',
  hosts: ['api.fireworks.ai'],
  report: { status: 'green', note: 'usage is in each answer', link: 'https://app.fireworks.ai/account/usage' },
  operations: [...anthropicOperations(), ...openaiOperations(), post(/\/rerank$/, 'rerank', 'rerank', rerankUsage)],
  requestIdHeaders: ['x-request-id'],
  // Limits of serverless models, which adapt; what remains is not told.
  limits: [
    { name: 'input_tokens', window: 'second', limit: 'x-ratelimit-limit-tokens-prompt' },
    { name: 'uncached_input_tokens', window: 'second', limit: 'x-ratelimit-limit-tokens-cache-adjusted-prompt' },
    { name: 'output_tokens', window: 'second', limit: 'x-ratelimit-limit-tokens-generated' },
  ],
  refine: countPromptFromHeaders,
}) satisfies Provider;

/** A stream without a usage chunk still has the prompt's size in its headers. */
function countPromptFromHeaders(call: CallInfo, found: Findings): void {
  const { response } = call.exchange;
  if (response === null || response.status >= 400 || !saysNothing(found.tokens)) return;
  const input = looseAmount(response.headers['fireworks-prompt-tokens']);
  const cacheRead = looseAmount(response.headers['fireworks-cached-prompt-tokens']);
  if (input === null || !Number.isSafeInteger(input)) return;
  found.tokens = { input, cacheRead: Number.isSafeInteger(cacheRead) ? cacheRead : null };
  found.usageSource = 'header';
}
