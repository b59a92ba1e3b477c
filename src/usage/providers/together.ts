import { openaiOperations, post } from '../dialects/openai-operations.ts';
import { rerankUsage } from '../dialects/rerank.ts';
import { rateLimitFamily } from '../limits.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { Provider } from './provider.ts';

export const together = defineProvider({
  name: 'together',
  shortName: 'together',
  displayName: 'Together AI',
  hosts: ['api.together.xyz', 'api.together.ai'],
  report: { status: 'green', note: 'usage is in each answer', link: 'https://api.together.ai/settings/billing' },
  operations: [
    ...openaiOperations({ chat: { streamUsage: 'always' } }),
    post(/\/rerank$/, 'rerank', 'rerank', rerankUsage),
  ],
  requestIdHeaders: ['x-request-id', 'x-amzn-trace-id', 'cf-ray'],
  // Per second; what remains may be more than the limit.
  limits: [
    rateLimitFamily('requests', 'second', ''),
    { name: 'tokens', window: 'second', limit: 'x-tokenlimit-limit', remaining: 'x-tokenlimit-remaining' },
    rateLimitFamily('tokens', 'second', 'tokens'),
  ],
}) satisfies Provider;
