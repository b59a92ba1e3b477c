import { openaiOperations } from '../dialects/openai-operations.ts';
import { rateLimitFamily } from '../limits.ts';
import { defineProvider } from '../reader/define-provider.ts';
import { readThrottleMessage } from '../reader/throttle-message.ts';
import type { Provider } from './provider.ts';

export const openai = defineProvider({
  name: 'openai',
  shortName: 'openai',
  displayName: 'OpenAI',
  hosts: ['api.openai.com', '*.api.openai.com'],
  report: {
    status: 'green',
    note: 'usage is in each answer; streams of chat completions state it only with stream_options.include_usage',
    link: 'https://platform.openai.com/usage',
  },
  operations: openaiOperations(),
  requestIdHeaders: ['x-request-id'],
  // Buckets refill within a minute: a limit of 500 requests resets in 120 ms = 60 s / 500.
  limits: [
    rateLimitFamily('requests', 'minute', 'requests'),
    rateLimitFamily('tokens', 'minute', 'tokens'),
    rateLimitFamily('project_tokens', 'minute', 'project-tokens'),
    rateLimitFamily('images', 'minute', 'input-images'),
    rateLimitFamily('batch_tokens', null, 'tokens_usage_based'),
  ],
  refine: readThrottleMessage,
}) satisfies Provider;
