/** Groq (console.groq.com/docs): OpenAI's shape, usage in the finish chunk under `x_groq`, limits per day and minute. */
import { goDuration, headroom } from '../headroom.ts';
import { identifier } from '../identifiers.ts';
import { chatCompletion, openaiError, wantsUsage } from '../openai-like.ts';
import { sse } from '../wire.ts';
import type { Fault } from '../../scenarios/scenario.ts';
import type { Answer, SimulatedProvider } from '../wire.ts';

// Requests are counted by the day and tokens by the minute, though the header names do not say so.
const requests = headroom(14_400, 86_400);
const tokens = headroom(300_000, 60);

function limits(requestId: string): Record<string, string> {
  const request = requests(1);
  const token = tokens(700);
  return {
    'x-request-id': requestId,
    'x-groq-region': 'fra',
    'x-ratelimit-limit-requests': String(request.limit),
    'x-ratelimit-remaining-requests': String(request.remaining),
    'x-ratelimit-reset-requests': goDuration(6),
    'x-ratelimit-limit-tokens': String(token.limit),
    'x-ratelimit-remaining-tokens': String(token.remaining),
    'x-ratelimit-reset-tokens': goDuration(token.resetSeconds),
  };
}

export const groq: SimulatedProvider = {
  prefix: '/groq',
  answer(request, reply) {
    const requestId = identifier('req_');
    const headers = limits(requestId);
    if ('fault' in reply) return refusal(reply.fault, headers);
    return chatCompletion(request, reply, {
      id: identifier('chatcmpl-'),
      headers,
      common: { system_fingerprint: 'fp_demo' },
      whole: { service_tier: 'on_demand', x_groq: { id: requestId } },
      firstChunk: { x_groq: { id: requestId } },
      finishChunk: { x_groq: { id: requestId, usage: reply.usage } },
      usageChunk: wantsUsage(request) ? { usage: reply.usage } : null,
      errorEvent: sse(
        { error: { message: 'Internal server error', type: 'internal_server_error', status_code: 500 } },
        'error',
      ),
    });
  },
};

function refusal(fault: Fault, headers: Readonly<Record<string, string>>): Answer {
  switch (fault) {
    case 'rate-limit':
      // The limit of tokens a day has no header: the others look healthy.
      return openaiError(
        {
          status: 429,
          message: 'Rate limit reached on tokens per day (TPD): Limit 500000, Used 499900, Requested 700.',
          type: 'tokens',
          code: 'rate_limit_exceeded',
        },
        { ...headers, 'retry-after': '1' },
      );
    case 'unauthorized':
      return openaiError(
        { status: 401, message: 'Invalid API Key', type: 'invalid_request_error', code: 'invalid_api_key' },
        headers,
      );
    case 'server':
      return openaiError(
        { status: 500, message: 'Internal server error', type: 'internal_server_error', code: null },
        headers,
      );
    case 'overloaded':
      return openaiError(
        { status: 503, message: 'Service unavailable', type: 'service_unavailable', code: null },
        headers,
      );
  }
}
