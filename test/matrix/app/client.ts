/** What every client of the matrix can do, each in its own manner. */
import type { Readable } from 'node:stream';

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A list is sent as a stream of pieces. */
  readonly body?: string | Buffer | readonly Buffer[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** In the client's own manner of saying how long it waits. */
  readonly timeoutMs?: number;
  /** In the client's own manner of trying once more; those that have none fail. */
  readonly retry?: boolean;
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

export interface Client {
  whole(call: Call): Promise<Whole>;
  open(call: Call): Promise<Opened>;
}

export interface ClientSetup {
  readonly proxyUrl: string | null;
  readonly ca: string | null;
  readonly connections: number | null;
  /** Loads a package by the name that it has among the matrix' clients. */
  load(name: string): Promise<unknown>;
  log(line: string): void;
}
