import { openaiOperations, post } from '../dialects/openai-operations.ts';
import { openaiEmbeddings } from '../dialects/openai-embeddings.ts';
import { rerankUsage } from '../dialects/rerank.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { Provider } from './provider.ts';

export const jina = defineProvider({
  name: 'jina',
  shortName: 'jina',
  displayName: 'Jina AI',
  hosts: ['api.jina.ai', 'deepsearch.jina.ai'],
  report: { status: 'green', note: 'usage is in each answer', link: 'https://jina.ai/api-dashboard' },
  operations: [
    post(/\/rerank$/, 'rerank', 'rerank', rerankUsage),
    post(/\/classify$/, 'other', 'text', openaiEmbeddings),
    ...openaiOperations({ chat: { streamUsage: 'always' } }),
  ],
  requestIdHeaders: ['x-request-id'],
  limits: [],
}) satisfies Provider;
