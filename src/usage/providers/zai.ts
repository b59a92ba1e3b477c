import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { openaiOperations, post } from '../dialects/openai-operations.ts';
import { countedAs } from '../dialects/simple.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { Provider } from './provider.ts';

export const zai = defineProvider({
  name: 'z_ai',
  shortName: 'zai',
  displayName: 'Z.ai',
  hosts: ['api.z.ai', 'open.bigmodel.cn'],
  report: { status: 'green', note: 'usage is in each answer', link: 'https://z.ai/manage-apikey/billing' },
  operations: [
    post(/\/web_search$/, 'search', 'search', countedAs('searches')),
    ...anthropicOperations(),
    ...openaiOperations({ chat: { streamUsage: 'always' } }),
  ],
  requestIdHeaders: ['x-log-id'],
  limits: [],
}) satisfies Provider;
