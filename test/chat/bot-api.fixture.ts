/** A local server that speaks the Bot API: hands out updates, takes messages, fails when told to. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const TOKEN = '123456:test-Token_of-a-bot';

export interface Asked {
  readonly method: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface Sent {
  readonly chat: number;
  readonly text: string;
}

/** What the next calls of a method get instead of an answer. */
export type Failure = { readonly status: number; readonly retryAfter?: number } | 'cut';

export interface BotApi {
  readonly url: string;
  readonly asked: Asked[];
  readonly sent: Sent[];
  fail(method: string, ...failures: Failure[]): void;
  /** @returns the update, as a webhook would bring it */
  message(text: string, from?: Partial<Sender>): object;
  /** To whoever polls. */
  push(update: object): void;
  /** Waits until so many messages were sent, and takes them. */
  answers(count: number): Promise<Sent[]>;
  /** Waits until a method was called with what a condition wants. */
  until(find: (asked: Asked) => boolean): Promise<Asked>;
  close(): Promise<void>;
}

export interface Sender {
  readonly id: number;
  readonly language: string;
  /** A group, where others read. */
  readonly group: boolean;
}

export async function startBotApi(): Promise<BotApi> {
  const asked: Asked[] = [];
  const sent: Sent[] = [];
  const failures = new Map<string, Failure[]>();
  const waiting = new Set<() => void>();
  const updates: { update_id: number }[] = [];
  let made = 0;
  let taken = 0;

  const changed = (): void => {
    for (const wake of [...waiting]) wake();
  };
  const waitFor = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });

  const results: Readonly<Record<string, (payload: Record<string, unknown>, response: ServerResponse) => unknown>> = {
    getMe: () => ({ id: 1, is_bot: true, first_name: 'Ledger', username: 'ledger_bot' }),
    async getUpdates({ offset, timeout }, response) {
      const from = Number(offset ?? 0);
      while (updates[0] !== undefined && updates[0].update_id < from) updates.shift();
      if (timeout === 0) return [];
      const gone = new Promise<undefined>((resolve) => response.once('close', () => resolve(undefined)));
      const some = waitFor(() => (updates.length > 0 ? [...updates] : undefined));
      return (await Promise.race([some, gone])) ?? [];
    },
    sendMessage({ chat_id: chat, text }) {
      sent.push({ chat: Number(chat), text: String(text) });
      return { message_id: sent.length, date: 0, chat: { id: chat, type: 'private' }, text };
    },
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const payload = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>;
    const [, token, method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? [];
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (token !== TOKEN) {
      answer(401, { ok: false, error_code: 401, description: `Unauthorized: ${request.url}` });
      return;
    }
    asked.push({ method, payload });
    const failure = failures.get(method)?.shift();
    changed();
    if (failure === 'cut') {
      request.socket.destroy();
      return;
    }
    if (failure !== undefined) {
      const { status, retryAfter } = failure;
      answer(status, {
        ok: false,
        error_code: status,
        // Whatever a proxy between may say.
        description: `failure ${status} of ${request.url}`,
        ...(retryAfter === undefined ? {} : { parameters: { retry_after: retryAfter } }),
      });
      return;
    }
    const result = await (results[method] ?? (() => true))(payload, response);
    changed();
    answer(200, { ok: true, result });
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    sent,
    fail(method, ...next) {
      failures.set(method, [...(failures.get(method) ?? []), ...next]);
    },
    message(text, { id = 42, language = 'en', group = false } = {}) {
      made += 1;
      const command = /^\/\w+/.exec(text)?.[0];
      return {
        update_id: made,
        message: {
          message_id: made,
          date: 0,
          chat: group ? { id: -100_500, type: 'supergroup', title: 'Team' } : { id, type: 'private', first_name: 'A' },
          from: { id, is_bot: false, first_name: 'A', language_code: language },
          text,
          ...(command === undefined ? {} : { entities: [{ type: 'bot_command', offset: 0, length: command.length }] }),
        },
      };
    },
    push(update) {
      updates.push(update as { update_id: number });
      changed();
    },
    async answers(count) {
      const found = await waitFor(() => (sent.length >= taken + count ? sent.slice(taken, taken + count) : undefined));
      taken += count;
      return found;
    },
    until: (find) => waitFor(() => asked.find(find)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
