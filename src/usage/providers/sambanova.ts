import { openaiOperations } from '../dialects/openai-operations.ts';
import { rateLimitFamily } from '../limits.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { Provider } from './provider.ts';

export const sambanova = defineProvider({
  name: 'sambanova',
  shortName: 'sambanova',
  displayName: 'SambaNova',
  hosts: ['api.sambanova.ai'],
  report: {
    status: 'green',
    note: 'usage is in each answer, limits are in its headers; streams state it with stream_options.include_usage',
    link: 'https://cloud.sambanova.ai/usage',
  },
  operations: openaiOperations(),
  requestIdHeaders: ['x-request-id'],
  // The family without a window is a minute's; tokens are limited a day, without a header.
  limits: [rateLimitFamily('requests', 'minute', 'requests'), rateLimitFamily('requests', 'day', 'requests-day')],
}) satisfies Provider;
