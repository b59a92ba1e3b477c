import { hostedOpenai } from '../dialects/hosted-openai.ts';
import { openaiChat } from '../dialects/openai-chat.ts';
import { post } from '../dialects/openai-operations.ts';
import type { Provider } from './provider.ts';

export const writer = hostedOpenai({
  name: 'writer',
  displayName: 'Writer',
  hosts: ['api.writer.com'],
  link: 'https://app.writer.com/aistudio',
  own: [post(/\/v1\/chat$/, 'chat', 'text', openaiChat({ streamUsage: 'on-request' }))],
}) satisfies Provider;
