/** What the server says, in OpenAI's words. */
import type { ServerExchange } from '../wire/cell-server.ts';

export const JSON_TYPE = { 'content-type': 'application/json' } as const;
export const SSE_TYPE = { 'content-type': 'text/event-stream' } as const;

const USAGE = { prompt_tokens: 12, completion_tokens: 34, total_tokens: 46 };
const HEAD = { id: 'chatcmpl-1', created: 1_760_000_000, model: 'gpt-4o-mini-2024-07-18' };

export const ANSWER = JSON.stringify({
  ...HEAD,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'an answer' }, finish_reason: 'stop' }],
  usage: USAGE,
});

/** So many words, then the reason, the usage and the end. */
export function sseEvents(words: number): string[] {
  const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;
  const head = { ...HEAD, object: 'chat.completion.chunk' };
  const chunk = (delta: unknown, reason: string | null): string =>
    event({ ...head, choices: [{ index: 0, delta, finish_reason: reason }], usage: null });
  return [
    ...Array.from({ length: words }, (_, i) => chunk({ content: `word ${i} ${'x'.repeat(i % 90)}` }, null)),
    chunk({}, 'stop'),
    event({ ...head, choices: [], usage: USAGE }),
    'data: [DONE]\n\n',
  ];
}

export async function answerJson(exchange: ServerExchange): Promise<void> {
  await exchange.body();
  exchange.res.writeHead(200, { ...JSON_TYPE, 'x-request-id': 'req-1', 'set-cookie': ['a=1', 'b=2'] }).end(ANSWER);
}

export async function answerError(exchange: ServerExchange, status: number): Promise<void> {
  await exchange.body();
  exchange.res
    .writeHead(status, { ...JSON_TYPE, 'x-request-id': 'req-1' })
    .end(JSON.stringify({ error: { message: 'no', type: 'some_error', param: null, code: 'some_code' } }));
}
