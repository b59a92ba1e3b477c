/** What a scenario's application can do, and the log of what it sees. Lines go out at once: it may die at any moment. */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { connect } from 'node:net';
import type { Call, Client, Opened } from './client.ts';
import { described } from './described.ts';
import { readerOf } from './reader.ts';
import type { Reader } from './reader.ts';
import type { OpenTalk, Talk } from './socket-clients.ts';

export const PATH = '/v1/chat/completions';
export const MODEL = 'gpt-4o-mini';

/** The transcript has a descriptor of its own: standard output and error belong to the application. */
const TRANSCRIPT = 3;

export interface AppOptions {
  readonly origin: string;
  readonly controlPort: number;
  readonly client: Client;
  readonly talk: OpenTalk;
}

export class App {
  readonly client: Client;
  readonly #origin: string;
  readonly #controlPort: number;
  readonly #talk: OpenTalk;
  #hash: Hash | null = null;
  #bytes = 0;
  #countsBytes = true;
  #silent = false;

  constructor(options: AppOptions) {
    this.client = options.client;
    this.#origin = options.origin;
    this.#controlPort = options.controlPort;
    this.#talk = options.talk;
  }

  url(path = PATH): string {
    return this.#origin + path;
  }

  /** One line of the transcript. */
  log(line: string): void {
    if (this.#silent) return;
    this.#flushBytes();
    writeSync(TRANSCRIPT, `${line}\n`);
  }

  /** From here on nothing is logged: lines of calls at the same time come in an order that is chance. */
  beSilent(): void {
    this.#silent = true;
  }

  /** Bytes that arrived; pieces between two lines are logged as one, since where they are cut is chance. */
  got(chunk: Uint8Array): void {
    if (!this.#countsBytes) return;
    this.#hash ??= createHash('sha256');
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
  }

  /** From here on bytes are not logged: how many come before a body is left is chance. */
  ignoreBytes(): void {
    this.#countsBytes = false;
  }

  /** Tells the server something and waits until it is so. */
  say(command: 'arrived' | 'go' | 'stalled', argument = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.#controlPort, '127.0.0.1');
      socket.on('error', reject);
      socket.on('close', () => resolve());
      socket.resume();
      socket.write(`${command} ${argument}\n`);
    });
  }

  /** A chat completion, as most applications ask for one. */
  ask(more: Partial<Call> & { readonly stream?: boolean; readonly model?: string } = {}): Call {
    const { stream = false, model = MODEL, ...call } = more;
    return {
      method: 'POST',
      url: this.url(),
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-of-nobody' },
      body: JSON.stringify({
        model,
        stream,
        ...(stream ? { stream_options: { include_usage: true } } : {}),
        messages: [{ role: 'user', content: 'a prompt' }],
      }),
      ...call,
    };
  }

  /** Makes a call and takes its answer as a whole. */
  async whole(call: Call): Promise<void> {
    try {
      const { status, headers, text, more = [] } = await this.client.whole(call);
      this.log(`status ${status}`);
      for (const line of shownHeaders(headers)) this.log(line);
      this.got(Buffer.from(text));
      for (const line of more) this.log(line);
      this.log('whole');
    } catch (error) {
      this.failed(error);
    }
  }

  /** Makes a call and hands its answer's body out piece by piece; null where it failed before. */
  async open(call: Call): Promise<{ readonly reader: Reader; readonly opened: Opened } | null> {
    try {
      const opened = await this.client.open(call);
      this.log(`status ${opened.status}`);
      for (const line of shownHeaders(opened.headers)) this.log(line);
      return { opened, reader: readerOf(opened.body, this) };
    } catch (error) {
      this.failed(error);
      return null;
    }
  }

  /** Opens a WebSocket; null where it was refused. What comes is logged as it comes. */
  talk(path: string, atOpen?: string): Promise<Talk | null> {
    return this.#talk(this.url(path).replace('http', 'ws'), atOpen);
  }

  /** Reads to the end, whatever it is. */
  async drain(reader: Reader): Promise<void> {
    try {
      while ((await reader.next()) !== null);
      this.log('end of body');
    } catch (error) {
      this.failed(error);
    }
  }

  failed(error: unknown): void {
    this.log(`failed: ${described(error)}`);
  }

  #flushBytes(): void {
    if (this.#hash === null) return;
    const line = `${this.#bytes} bytes ${this.#hash.digest('hex').slice(0, 16)}\n`;
    this.#hash = null;
    this.#bytes = 0;
    writeSync(TRANSCRIPT, line);
  }
}

/** The date is the server's clock. */
function shownHeaders(headers: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(headers)
    .filter(([name]) => name.toLowerCase() !== 'date')
    .map(([name, value]) => `${name}: ${String(value)}`);
}
