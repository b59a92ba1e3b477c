import { openaiOperations } from '../dialects/openai-operations.ts';
import { rateLimitFamily } from '../limits.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { CallInfo, Findings } from '../reader/findings.ts';
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
  refine(call, found) {
    readThrottleMessage(call, found);
    found.requestModel ??= defaultImageModel(call, found);
  },
}) satisfies Provider;

/**
 * Images may be asked for without a model: `dall-e-2`, "unless a parameter specific to the GPT image models is used"
 * (API reference, images). What GPT image models make comes with its tokens; variations and edits know no third model.
 */
function defaultImageModel({ request, url }: CallInfo, found: Findings): string | null {
  const stated = request.get('model') !== undefined || found.responseModel !== null || found.usage !== null;
  if (found.units.images === undefined || stated) return null;
  // A generation might be DALL·E 3's where the request was not seen to its end.
  return request.whole || /\/(?:edits|variations)$/.test(url.pathname) ? 'dall-e-2' : null;
}
