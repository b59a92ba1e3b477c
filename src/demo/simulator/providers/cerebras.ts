/** Cerebras (inference-docs.cerebras.ai): OpenAI's shape, `time_info`, and six rate-limit headers in float seconds. */
import { headroom } from '../headroom.ts';
import { identifier } from '../identifiers.ts';
import { chatCompletion, openaiError } from '../openai-like.ts';
import { sse } from '../wire.ts';
import type { Fault } from '../../scenarios/scenario.ts';
import type { Answer, SimulatedProvider } from '../wire.ts';

const requestsDay = headroom(14_400, 86_400);
const tokensMinute = headroom(60_000, 60);

function limits(): Record<string, string> {
  const request = requestsDay(1);
  const token = tokensMinute(1000);
  return {
    'inference-id': identifier('inference-'),
    'x-ratelimit-limit-requests-day': String(request.limit),
    'x-ratelimit-remaining-requests-day': String(request.remaining),
    'x-ratelimit-reset-requests-day': String(request.resetSeconds),
    'x-ratelimit-limit-tokens-minute': String(token.limit),
    'x-ratelimit-remaining-tokens-minute': String(token.remaining),
    'x-ratelimit-reset-tokens-minute': String(token.resetSeconds),
  };
}

const TIME_INFO = { queue_time: 0.0004, prompt_time: 0.0021, completion_time: 0.18, total_time: 0.19 };

export const cerebras: SimulatedProvider = {
  prefix: '/cerebras',
  answer(request, reply) {
    const headers = limits();
    if ('fault' in reply) return refusal(reply.fault, headers);
    const time = { time_info: { ...TIME_INFO, created: Math.floor(Date.now() / 1000) } };
    return chatCompletion(request, reply, {
      id: identifier('chatcmpl-'),
      headers,
      common: { system_fingerprint: 'fp_demo' },
      whole: time,
      // Usage comes with the finish reason, asked for or not.
      finishChunk: { usage: reply.usage, ...time },
      errorEvent: sse({
        error: { message: 'Encountered a server error.', type: 'server_error', param: '', code: '', id: '' },
        status_code: 500,
      }),
    });
  },
};

function refusal(fault: Fault, headers: Readonly<Record<string, string>>): Answer {
  switch (fault) {
    case 'rate-limit':
      return openaiError(
        {
          status: 429,
          message: 'Tokens per minute limit exceeded - too many tokens processed.',
          type: 'too_many_tokens_error',
          code: 'token_quota_exceeded',
        },
        { ...headers, 'x-ratelimit-remaining-tokens-minute': '0' },
      );
    case 'unauthorized':
      return openaiError(
        { status: 401, message: 'Wrong API Key', type: 'invalid_request_error', code: 'wrong_api_key' },
        headers,
      );
    case 'server':
      return openaiError(
        { status: 500, message: 'Encountered a server error.', type: 'server_error', code: null },
        headers,
      );
    case 'overloaded':
      return openaiError(
        { status: 503, message: 'Service temporarily overloaded.', type: 'server_error', code: null },
        headers,
      );
  }
}
