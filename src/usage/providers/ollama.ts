import { ollamaNative } from '../dialects/ollama.ts';
import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { openaiOperations, post } from '../dialects/openai-operations.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { Provider } from './provider.ts';

export const ollama = defineProvider({
  name: 'ollama',
  shortName: 'ollama',
  displayName: 'Ollama',
  hosts: ['localhost:11434', '127.0.0.1:11434', '[::1]:11434', 'ollama.com'],
  report: {
    status: 'green',
    note: 'usage is in each answer; calls to a server of your own cost nothing',
    link: 'https://ollama.com/settings',
  },
  operations: [
    post(/\/api\/chat$/, 'chat', 'text', ollamaNative),
    post(/\/api\/generate$/, 'text_completion', 'text', ollamaNative),
    post(/\/api\/(?:embed|embeddings)$/, 'embeddings', 'embedding', ollamaNative),
    ...anthropicOperations(),
    ...openaiOperations(),
  ],
  requestIdHeaders: [],
  limits: [],
}) satisfies Provider;
