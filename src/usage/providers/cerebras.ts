import { openaiTextOperations } from '../dialects/openai-operations.ts';
import { rateLimitFamily } from '../limits.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { Provider } from './provider.ts';

export const cerebras = defineProvider({
  name: 'cerebras',
  shortName: 'cerebras',
  displayName: 'Cerebras',
  hosts: ['api.cerebras.ai'],
  report: {
    status: 'yellow',
    note: 'limits are read live from headers',
    link: 'https://cloud.cerebras.ai',
    limits: {
      publishedOn: '2026-07-16',
      plan: 'trial',
      limits: [
        { count: 5, unit: 'requests', per: 'minute' },
        { count: 30_000, unit: 'tokens', per: 'minute' },
        { count: 1_000_000, unit: 'tokens', per: 'hour' },
        { count: 1_000_000, unit: 'tokens', per: 'day' },
      ],
    },
  },
  operations: openaiTextOperations({ streamUsage: 'always' }),
  requestIdHeaders: ['inference-id', 'x-request-id'],
  limits: [
    rateLimitFamily('requests', 'day', 'requests-day'),
    rateLimitFamily('requests', 'hour', 'requests-hour'),
    rateLimitFamily('requests', 'minute', 'requests-minute'),
    rateLimitFamily('tokens', 'minute', 'tokens-minute'),
    rateLimitFamily('tokens', 'hour', 'tokens-hour'),
    rateLimitFamily('tokens', 'day', 'tokens-day'),
    // Reported once in 2026-06 without their windows.
    rateLimitFamily('requests', null, 'requests'),
    rateLimitFamily('tokens', null, 'tokens'),
  ],
}) satisfies Provider;
