/** What a simulated provider gets and gives: HTTP without sockets. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Reply } from '../scenarios/scenario.ts';

export interface SimulatedRequest {
  readonly method: string;
  /** Below the provider's prefix, e.g. `/v1/chat/completions`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The JSON body; empty for GET. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Written one after the other; one for an answer that is not streamed. */
  readonly chunks: readonly string[];
  /** The socket is destroyed after the last chunk, in the middle of the body. */
  readonly cut?: boolean;
}

export interface SimulatedProvider {
  /** First part of the path that tells the provider, e.g. `/openai`. */
  readonly prefix: string;
  answer(request: SimulatedRequest, reply: Reply): Answer;
  /** GETs that need no scenario, e.g. polls; null where the path is none of them. */
  poll?(request: SimulatedRequest): Answer | null;
}

export type GoodReply = Extract<Reply, { model: string | null }>;

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, chunks: [JSON.stringify(body)] };
}

export interface EventStream {
  readonly events: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly reply: GoodReply;
  /** The provider's error event; sent in the middle where the reply ends in an error. */
  readonly errorEvent: string;
}

/** A server-sent event stream that ends as the reply says: whole, cut in the middle, or with an error inside. */
export function eventStream({ events, headers, reply, errorEvent }: EventStream): Answer {
  const half = events.slice(0, Math.ceil(events.length / 2));
  const answer = {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...headers },
  };
  if (reply.ending === 'cut') return { ...answer, chunks: half, cut: true };
  if (reply.ending === 'error') return { ...answer, chunks: [...half, errorEvent] };
  return { ...answer, chunks: events };
}

/** `data: {...}` with an optional event name. */
export function sse(data: unknown, event?: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
}

export function textField(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  return typeof value === 'string' ? value : '';
}

/** The same words for all: content is of no interest here. */
export const WORDS = ['The ', 'parcel ', 'left ', 'the ', 'depot ', 'this ', 'morning.'] as const;
export const TEXT = WORDS.join('');
