/** OpenRouter (openrouter.ai/docs): a router that states the cost, with comments in streams that keep proxies awake. */
import { identifier } from '../identifiers.ts';
import { chatCompletion } from '../openai-like.ts';
import { json, sse } from '../wire.ts';
import type { Fault } from '../../scenarios/scenario.ts';
import type { Answer, SimulatedProvider } from '../wire.ts';

export const openrouter: SimulatedProvider = {
  prefix: '/openrouter',
  answer(request, reply) {
    if ('fault' in reply) return refusal(reply.fault);
    const upstream = reply.model?.startsWith('anthropic/') === true ? 'Anthropic' : 'OpenAI';
    return chatCompletion(request, reply, {
      id: identifier('gen-'),
      headers: {},
      common: { provider: upstream, system_fingerprint: null },
      // Always stated, in the last chunk that has a choice.
      finishChunk: { usage: reply.usage },
      preamble: ': OPENROUTER PROCESSING\n\n',
      errorEvent: sse({
        error: { code: 502, message: 'Provider disconnected unexpectedly' },
        choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
      }),
    });
  },
};

function refusal(fault: Fault): Answer {
  switch (fault) {
    case 'rate-limit': {
      const reset = String(Math.ceil(Date.now() / 86_400_000) * 86_400_000);
      const limits = { 'X-RateLimit-Limit': '1000', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': reset };
      return json(
        429,
        {
          error: {
            code: 429,
            message: 'Rate limit exceeded: free-models-per-day.',
            metadata: { limit_source: 'openrouter_free_tier_daily', headers: limits },
          },
          user_id: identifier('user_'),
        },
        limits,
      );
    }
    case 'unauthorized':
      return json(401, { error: { code: 401, message: 'No auth credentials found' } });
    case 'server':
      return json(500, { error: { code: 500, message: 'Internal Server Error' } });
    case 'overloaded':
      return json(503, { error: { code: 503, message: 'No instances available' } });
  }
}
