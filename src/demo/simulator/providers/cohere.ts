/** Cohere v2: chat, embed, rerank (docs.cohere.com). Answers do not name the model. */
import { randomUUID } from 'node:crypto';
import { headroom } from '../headroom.ts';
import { eventStream, json, sse, TEXT, WORDS } from '../wire.ts';
import type { Fault } from '../../scenarios/scenario.ts';
import type { Answer, GoodReply, SimulatedProvider, SimulatedRequest } from '../wire.ts';

const calls = headroom(40, 60);

/** What trial keys get. */
function limits(): Record<string, string> {
  const room = calls(1);
  return {
    'x-debug-trace-id': randomUUID().replaceAll('-', ''),
    'x-endpoint-monthly-call-limit': '1000',
    'x-trial-endpoint-call-limit': String(room.limit),
    'x-trial-endpoint-call-remaining': String(room.remaining),
  };
}

export const cohere: SimulatedProvider = {
  prefix: '/cohere',
  answer(request, reply) {
    if ('fault' in reply) return refusal(reply.fault);
    if (request.path.endsWith('/chat')) return chat(request, reply);
    const meta = { api_version: { version: '2' }, billed_units: reply.usage?.['billed_units'] };
    if (request.path.endsWith('/embed')) {
      return json(
        200,
        {
          id: randomUUID(),
          texts: request.body['texts'],
          embeddings: { float: [[0.25, -0.5, 0.125]] },
          meta,
          response_type: 'embeddings_by_type',
        },
        limits(),
      );
    }
    if (request.path.endsWith('/rerank'))
      return json(200, { id: randomUUID(), results: [{ index: 0, relevance_score: 0.93 }], meta }, limits());
    return json(404, { id: randomUUID(), message: `page '${request.path}' not found` }, limits());
  },
};

function chat(request: SimulatedRequest, reply: GoodReply): Answer {
  const id = randomUUID();
  if (request.body['stream'] !== true) {
    return json(
      200,
      {
        id,
        message: { role: 'assistant', content: [{ type: 'text', text: TEXT }] },
        finish_reason: 'COMPLETE',
        usage: reply.usage,
      },
      limits(),
    );
  }
  const event = (type: string, fields: Readonly<Record<string, unknown>>): string => sse({ type, ...fields }, type);
  const events = [
    event('message-start', {
      id,
      delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } },
    }),
    event('content-start', { index: 0, delta: { message: { content: { type: 'text', text: '' } } } }),
    ...WORDS.map((text) => event('content-delta', { index: 0, delta: { message: { content: { text } } } })),
    event('content-end', { index: 0 }),
    event('message-end', { delta: { finish_reason: 'COMPLETE', usage: reply.usage } }),
    'data: [DONE]\n\n',
  ];
  return eventStream({
    events,
    headers: limits(),
    reply,
    errorEvent: event('message-end', { delta: { finish_reason: 'ERROR', error: 'internal server error' } }),
  });
}

function refusal(fault: Fault): Answer {
  const status = { 'rate-limit': 429, unauthorized: 401, server: 500, overloaded: 503 }[fault];
  const message = {
    'rate-limit': 'You are using a Trial key, which is limited to 40 API calls / minute.',
    unauthorized: 'invalid api token',
    server: 'internal server error',
    overloaded: 'the service is overloaded, please try again',
  }[fault];
  return json(status, { id: randomUUID(), message }, limits());
}
