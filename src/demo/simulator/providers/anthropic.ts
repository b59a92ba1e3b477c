/** Anthropic's Messages API (platform.claude.com/docs/en/api/messages). */
import { headroom } from '../headroom.ts';
import { identifier } from '../identifiers.ts';
import { eventStream, json, sse, TEXT, WORDS } from '../wire.ts';
import type { Fault } from '../../scenarios/scenario.ts';
import type { Answer, GoodReply, SimulatedProvider, SimulatedRequest } from '../wire.ts';

const requests = headroom(4000, 60);
const input = headroom(2_000_000, 60);
const output = headroom(400_000, 60);

function limits(): Record<string, string> {
  const triples = { requests: requests(1), 'input-tokens': input(1000), 'output-tokens': output(500) };
  const headers: Record<string, string> = { 'request-id': identifier('req_') };
  for (const [name, room] of Object.entries(triples)) {
    const resetAt = new Date(Date.now() + room.resetSeconds * 1000);
    headers[`anthropic-ratelimit-${name}-limit`] = String(room.limit);
    headers[`anthropic-ratelimit-${name}-remaining`] = String(room.remaining);
    headers[`anthropic-ratelimit-${name}-reset`] = resetAt.toISOString().replace(/\.\d+Z$/, 'Z');
  }
  return headers;
}

export const anthropic: SimulatedProvider = {
  prefix: '/anthropic',
  answer(request, reply) {
    if ('fault' in reply) return refusal(reply.fault);
    if (!request.path.endsWith('/v1/messages')) return failure(404, 'not_found_error', 'Not found');
    return message(request, reply);
  },
};

function message(request: SimulatedRequest, reply: GoodReply): Answer {
  const opened = {
    id: identifier('msg_'),
    type: 'message',
    role: 'assistant',
    model: reply.model,
    content: [] as unknown[],
    stop_reason: null as string | null,
    stop_sequence: null,
    usage: { ...reply.usage, output_tokens: 1 } as Readonly<Record<string, unknown>>,
  };
  const done = { ...opened, content: [{ type: 'text', text: TEXT }], stop_reason: 'end_turn', usage: reply.usage };
  if (request.body['stream'] !== true) return json(200, done, limits());

  const event = (type: string, fields: Readonly<Record<string, unknown>>): string => sse({ type, ...fields }, type);
  const events = [
    event('message_start', { message: opened }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('ping', {}),
    ...WORDS.map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
    event('content_block_stop', { index: 0 }),
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      // Only here are the output tokens final; the 5-minute and 1-hour split was in message_start.
      usage: {
        input_tokens: reply.usage?.['input_tokens'],
        cache_creation_input_tokens: reply.usage?.['cache_creation_input_tokens'],
        cache_read_input_tokens: reply.usage?.['cache_read_input_tokens'],
        output_tokens: reply.usage?.['output_tokens'],
      },
    }),
    event('message_stop', {}),
  ];
  return eventStream({
    events,
    headers: limits(),
    reply,
    errorEvent: event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
  });
}

function failure(status: number, type: string, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const requestId = identifier('req_');
  return json(
    status,
    { type: 'error', error: { type, message: text }, request_id: requestId },
    { ...limits(), 'request-id': requestId, ...headers },
  );
}

function refusal(fault: Fault): Answer {
  switch (fault) {
    case 'rate-limit':
      return failure(429, 'rate_limit_error', 'This request would exceed your rate limit.', {
        'retry-after': '1',
        'retry-after-ms': '150',
        'x-should-retry': 'true',
      });
    case 'unauthorized':
      return failure(401, 'authentication_error', 'invalid x-api-key', { 'x-should-retry': 'false' });
    case 'server':
      return failure(500, 'api_error', 'Internal server error', { 'x-should-retry': 'true' });
    case 'overloaded':
      return failure(529, 'overloaded_error', 'Overloaded', { 'x-should-retry': 'true', 'retry-after-ms': '150' });
  }
}
