import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { openaiOperations, post } from '../dialects/openai-operations.ts';
import { countedAs } from '../dialects/simple.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { Provider } from './provider.ts';

export const deepseek = defineProvider({
  name: 'deepseek',
  shortName: 'deepseek',
  displayName: 'DeepSeek',
  hosts: ['api.deepseek.com'],
  report: {
    status: 'green',
    note: 'usage is in each answer; limits have no headers',
    link: 'https://platform.deepseek.com/usage',
  },
  operations: [
    post(/\/tools\/search$/, 'search', 'search', countedAs('searches')),
    post(/\/tools\/fetch$/, 'search', 'search', countedAs('fetches')),
    ...anthropicOperations(),
    ...openaiOperations({ chat: { streamUsage: 'always' } }),
  ],
  requestIdHeaders: ['x-ds-trace-id'],
  limits: [],
}) satisfies Provider;
