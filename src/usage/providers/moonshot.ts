import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { free, openaiOperations } from '../dialects/openai-operations.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { Provider } from './provider.ts';

export const moonshot = defineProvider({
  name: 'moonshot_ai',
  shortName: 'moonshot',
  displayName: 'Moonshot AI (Kimi)',
  hosts: ['api.moonshot.ai', 'api.moonshot.cn'],
  report: {
    status: 'green',
    note: 'usage is in each answer; cached tokens are stated only where there are any',
    link: 'https://platform.moonshot.ai/console',
  },
  operations: [
    free(/\/tokenizers\/estimate-token-count$/, 'count_tokens', 'text'),
    ...anthropicOperations(),
    ...openaiOperations(),
  ],
  requestIdHeaders: ['msh-request-id', 'x-msh-trace-id'],
  limits: [],
}) satisfies Provider;
