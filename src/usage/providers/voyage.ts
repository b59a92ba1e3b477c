import { openaiEmbeddings } from '../dialects/openai-embeddings.ts';
import { post } from '../dialects/openai-operations.ts';
import { rerankUsage } from '../dialects/rerank.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { Provider } from './provider.ts';

export const voyage = defineProvider({
  name: 'voyageai',
  shortName: 'voyage',
  displayName: 'Voyage AI',
  hosts: ['api.voyageai.com', 'ai.mongodb.com'],
  report: { status: 'green', note: 'usage is in each answer', link: 'https://dashboard.voyageai.com' },
  operations: [
    post(
      /\/(?:embeddings|multimodalembeddings|contextualizedembeddings)$/,
      'embeddings',
      'embedding',
      openaiEmbeddings,
    ),
    post(/\/rerank$/, 'rerank', 'rerank', rerankUsage),
  ],
  requestIdHeaders: ['x-request-id'],
  limits: [],
}) satisfies Provider;
