/** undici 5 to 8: each way to make a request, through each dispatcher. */
import { PassThrough } from 'node:stream';
import type { Duplex, Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { bodyOf } from './client.ts';
import type { Call, Client, ClientSetup, Opened } from './client.ts';
import { fetchClient } from './fetch-clients.ts';
import type { Fetch } from './fetch-clients.ts';

type Headers = Record<string, unknown>;
interface ResponseData {
  readonly statusCode: number;
  readonly headers: Headers;
  readonly trailers: Headers;
  readonly body: Readable & { text(): Promise<string> };
}
interface StreamData {
  readonly statusCode: number;
  readonly headers: Headers;
}
interface PipelineData extends StreamData {
  readonly body: Readable;
}
interface Dispatcher {
  request(options: Headers): Promise<ResponseData>;
  stream(options: Headers, factory: (data: StreamData) => Writable): Promise<{ readonly trailers: Headers }>;
  pipeline(options: Headers, handler: (data: PipelineData) => Readable): Duplex;
  upgrade(options: Headers): Promise<{ readonly headers: Headers; readonly socket: Duplex }>;
  compose(...interceptors: readonly unknown[]): Dispatcher;
}
type Make = new (target: unknown, options?: Headers) => Dispatcher;
export interface Undici {
  readonly Agent: new (options: Headers) => Dispatcher;
  readonly Pool: Make;
  readonly Client: Make;
  readonly ProxyAgent: new (options: Headers) => Dispatcher;
  readonly EnvHttpProxyAgent: new (options: Headers) => Dispatcher;
  readonly RetryAgent: Make;
  readonly interceptors: {
    readonly retry: (options: Headers) => unknown;
    readonly redirect: (options: Headers) => unknown;
  };
  readonly fetch: Fetch;
}

export function undiciClient(
  undici: Undici,
  way: string,
  dispatcherName: string,
  origin: string,
  setup: ClientSetup,
): Client {
  const dispatcher = createDispatcher(undici, dispatcherName, origin, setup);
  if (way === 'fetch') return fetchClient(undici.fetch, { dispatcher }, false);
  if (way === 'stream') return streamClient(dispatcher);
  if (way === 'pipeline') return pipelineClient(dispatcher);
  return {
    async whole(call) {
      const { statusCode, headers, body, trailers } = await dispatcher.request(optionsOf(call));
      const whole = await body.text();
      return { status: statusCode, headers, text: whole, more: [`trailers ${JSON.stringify(trailers)}`] };
    },
    async open(call) {
      const { statusCode, headers, body, trailers } = await dispatcher.request(optionsOf(call));
      return { status: statusCode, headers, body, trailers: () => trailers };
    },
    upgrade({ url, headers }, protocol) {
      const { pathname } = new URL(url);
      return dispatcher.upgrade({ origin, path: pathname, method: 'GET', headers, protocol });
    },
  };
}

function streamClient(dispatcher: Dispatcher): Client {
  const open = (call: Call): Promise<Opened> =>
    new Promise((resolve, reject) => {
      // Where no answer came, nobody reads it and hears that it failed.
      const sink = new PassThrough().on('error', () => {});
      let trailers: Headers = {};
      const streaming = async (): Promise<void> => {
        try {
          const done = await dispatcher.stream(optionsOf(call), ({ statusCode, headers }) => {
            resolve({ status: statusCode, headers, body: sink, trailers: () => trailers });
            return sink;
          });
          trailers = done.trailers;
        } catch (error) {
          reject(error);
          sink.destroy(error as Error);
        }
      };
      void streaming();
    });
  return { open, whole: (call) => wholeOf(open(call)) };
}

function pipelineClient(dispatcher: Dispatcher): Client {
  const open = (call: Call): Promise<Opened> =>
    new Promise((resolve, reject) => {
      const { body, ...options } = optionsOf(call);
      const duplex = dispatcher.pipeline(options, ({ statusCode, headers, body: answer }) => {
        resolve({ status: statusCode, headers, body: duplex });
        return answer;
      });
      duplex.on('error', reject);
      if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) duplex.end(body);
      else (body as Readable).pipe(duplex);
    });
  return { open, whole: (call) => wholeOf(open(call)) };
}

async function wholeOf(opening: Promise<Opened>): Promise<{ status: number; headers: Headers; text: string }> {
  const { status, headers, body } = await opening;
  return { status, headers, text: await text(body as Readable) };
}

function optionsOf(call: Call): Headers {
  const { url, method, headers, signal, timeoutMs } = call;
  const body = bodyOf(call);
  const { origin, pathname, search } = new URL(url);
  return {
    origin,
    path: pathname + search,
    method,
    headers,
    ...(body !== undefined && { body }),
    ...(signal && { signal }),
    ...(timeoutMs !== undefined && { headersTimeout: timeoutMs, bodyTimeout: timeoutMs }),
  };
}

/** Once more, and without a wait that anybody would notice. */
const RETRY = { methods: ['GET', 'HEAD', 'POST'], maxRetries: 1, minTimeout: 1, maxTimeout: 1, retryAfter: false };

function createDispatcher(undici: Undici, name: string, origin: string, setup: ClientSetup): Dispatcher {
  const { proxyUrl, ca, connections, h2 } = setup;
  const options = {
    ...(ca !== null && { connect: { ca } }),
    ...(h2 && { allowH2: true }),
    ...(connections !== null && name !== 'Client' && { connections }),
  };
  switch (name) {
    case 'Pool':
      return new undici.Pool(origin, options);
    case 'Client':
      return new undici.Client(origin, options);
    case 'ProxyAgent':
      return new undici.ProxyAgent({ uri: proxyUrl, ...(ca !== null && { requestTls: { ca } }) });
    case 'EnvHttpProxyAgent':
      process.env['HTTP_PROXY'] = proxyUrl ?? '';
      return new undici.EnvHttpProxyAgent(ca === null ? {} : { requestTls: { ca } });
    case 'RetryAgent':
      return new undici.RetryAgent(new undici.Agent(options), RETRY);
    case 'composed': {
      const { interceptors } = undici;
      return new undici.Agent(options).compose(
        interceptors.retry(RETRY),
        interceptors.redirect({ maxRedirections: 3 }),
      );
    }
    default:
      return new undici.Agent(options);
  }
}
