/** What every client of the matrix can do, each in its own manner. */
import { Readable } from 'node:stream';
import type { Duplex } from 'node:stream';

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces are sent as a stream. */
  readonly body?: string | Buffer | Pieces | undefined;
  readonly signal?: AbortSignal | undefined;
  /** In the client's own manner of saying how long it waits. */
  readonly timeoutMs?: number;
  /** In the client's own manner of trying once more; those that have none fail. */
  readonly retry?: boolean;
}

export type Pieces = readonly Buffer[] | AsyncIterable<Buffer>;

export function isStreamed(body: Call['body']): body is Pieces {
  return typeof body === 'object' && !Buffer.isBuffer(body);
}

/** The body as most libraries want it. */
export function bodyOf({ body }: Call): string | Buffer | Readable | undefined {
  return isStreamed(body) ? Readable.from(body, { objectMode: false }) : body;
}

export interface Whole {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** What else this client shows, as lines. */
  readonly more?: readonly string[];
}

export interface Opened {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readable | ReadableStream<Uint8Array>;
  /** After the end of the body. */
  trailers?(): unknown;
}

export interface Upgraded {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly socket: Duplex;
}

export interface Client {
  whole(call: Call): Promise<Whole>;
  open(call: Call): Promise<Opened>;
  /** Asks for another protocol, where the client can. */
  upgrade?(call: Call, protocol: string): Promise<Upgraded>;
}

export interface ClientSetup {
  readonly proxyUrl: string | null;
  readonly ca: string | null;
  readonly connections: number | null;
  /** The server speaks HTTP/2, too. */
  readonly h2: boolean;
  /** Loads a package by the name that it has among the matrix' clients. */
  load(name: string): Promise<unknown>;
  log(line: string): void;
}
