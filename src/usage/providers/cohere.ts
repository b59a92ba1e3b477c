import { cohereMeta, cohereText } from '../dialects/cohere.ts';
import { free, openaiTextOperations, post } from '../dialects/openai-operations.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { Provider } from './provider.ts';

export const cohere = defineProvider({
  name: 'cohere',
  shortName: 'cohere',
  displayName: 'Cohere',
  hosts: ['api.cohere.com', 'api.cohere.ai'],
  report: {
    status: 'green',
    note: 'usage is in each answer: tokens processed and units billed',
    link: 'https://dashboard.cohere.com/billing',
    limits: {
      publishedOn: '2026-11-22',
      plan: 'trial keys, chat',
      limits: [
        { count: 20, unit: 'requests', per: 'minute' },
        { count: 1000, unit: 'requests', per: 'month' },
      ],
    },
    metadata: true,
  },
  operations: [
    ...openaiTextOperations({ streamUsage: 'on-request' }),
    post(/\/chat$/, 'chat', 'text', cohereText),
    post(/\/(?:generate|summarize)$/, 'text_completion', 'text', cohereText),
    post(/\/embed$/, 'embeddings', 'embedding', cohereMeta),
    post(/\/rerank$/, 'rerank', 'rerank', cohereMeta),
    post(/\/classify$/, 'other', 'text', cohereMeta),
    free(/\/(?:tokenize|detokenize)$/, 'count_tokens', 'text'),
  ],
  requestIdHeaders: ['x-debug-trace-id', 'x-request-id'],
  limits: [
    // Trial keys only.
    {
      name: 'requests',
      window: 'minute',
      limit: 'x-trial-endpoint-call-limit',
      remaining: 'x-trial-endpoint-call-remaining',
    },
    { name: 'requests', window: 'month', limit: 'x-endpoint-monthly-call-limit' },
  ],
}) satisfies Provider;
