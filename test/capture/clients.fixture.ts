/** Every way in which undici makes a request, in every version that is supported. */
import { PassThrough } from 'node:stream';
import type { Duplex, Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline as pipe } from 'node:stream/promises';
import * as undici8 from 'undici';
import * as undici5 from 'undici5';
import * as undici6 from 'undici6';
import * as undici7 from 'undici7';

export interface Send {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer | undefined;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

export interface Client {
  readonly name: string;
  /** `fetch` decodes bodies and follows redirects, the others do neither. */
  readonly isFetch: boolean;
  send(url: string, options?: Send): Promise<Answer>;
}

/** What the four versions have in common, as far as the tests use it. */
interface Undici {
  fetch(url: string, init: object): Promise<{ status: number; arrayBuffer(): Promise<ArrayBuffer> }>;
  request(url: string, options: object): Promise<{ statusCode: number; body: { arrayBuffer(): Promise<ArrayBuffer> } }>;
  stream(url: string, options: object, factory: (data: { statusCode: number }) => Writable): Promise<unknown>;
  pipeline(url: string, options: object, handler: (data: { statusCode: number; body: Readable }) => Readable): Duplex;
  Agent: new (options?: object) => Dispatcher;
  Pool: new (origin: string, options?: object) => Dispatcher;
  Client: new (origin: string, options?: object) => Dispatcher;
  ProxyAgent: new (options: object) => Dispatcher;
  /** Not in undici 5. */
  RetryAgent?: new (dispatcher: Dispatcher, options?: object) => Dispatcher;
  interceptors?: { retry(options: object): unknown };
}

interface Dispatcher {
  close(): Promise<void>;
  destroy(): Promise<void>;
  dispatch(options: object, handler: object): boolean;
  compose(interceptor: unknown): Dispatcher;
}

export const UNDICI: Readonly<Record<string, Undici>> = {
  undici5: undici5 as unknown as Undici,
  undici6: undici6 as unknown as Undici,
  undici7: undici7 as unknown as Undici,
  undici8: undici8 as unknown as Undici,
};

const fetchClient = (name: string, fetcher: Undici['fetch'], extra: () => object = () => ({})): Client => ({
  name,
  isFetch: true,
  async send(url, options = {}) {
    const answer = await fetcher(url, { ...options, ...extra() });
    return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
  },
});

function clientsOf(version: string, undici: Undici): Client[] {
  const methodOf = (options: Send) => ({ method: 'GET', ...options });
  const request = (name: string, dispatcher: (url: string) => Dispatcher | undefined): Client => ({
    name: `${version} ${name}`,
    isFetch: false,
    async send(url, options = {}) {
      const own = dispatcher(url);
      const { statusCode, body } = await undici.request(url, { ...methodOf(options), ...(own && { dispatcher: own }) });
      const bytes = Buffer.from(await body.arrayBuffer());
      await own?.close();
      return { status: statusCode, body: bytes };
    },
  });
  return [
    fetchClient(`${version} fetch`, (url, init) => undici.fetch(url, init)),
    fetchClient(
      `${version} fetch, Pool`,
      (url, init) => undici.fetch(url, init),
      () => ({ dispatcher: new undici.Agent({ connections: 1 }) }),
    ),
    request('request', () => undefined),
    request('request, Agent', () => new undici.Agent()),
    request('request, Pool', (url) => new undici.Pool(new URL(url).origin, { connections: 1 })),
    request('request, Client', (url) => new undici.Client(new URL(url).origin)),
    {
      name: `${version} stream`,
      isFetch: false,
      async send(url, options = {}) {
        const sink = new PassThrough();
        const bytes = buffer(sink);
        bytes.catch(() => {});
        let status = 0;
        await undici.stream(url, methodOf(options), (data) => {
          status = data.statusCode;
          return sink;
        });
        return { status, body: await bytes };
      },
    },
    {
      name: `${version} pipeline`,
      isFetch: false,
      async send(url, options = {}) {
        const { body: sent, ...rest } = methodOf(options);
        let status = 0;
        const duplex = undici.pipeline(url, rest, (data) => {
          status = data.statusCode;
          return data.body;
        });
        const sink = new PassThrough();
        const bytes = buffer(sink);
        bytes.catch(() => {});
        duplex.end(sent);
        await pipe(duplex, sink);
        return { status, body: await bytes };
      },
    },
  ];
}

export const CLIENTS: readonly Client[] = [
  fetchClient('global fetch', (url, init) => fetch(url, init)),
  ...Object.entries(UNDICI).flatMap(([version, undici]) => clientsOf(version, undici)),
];
