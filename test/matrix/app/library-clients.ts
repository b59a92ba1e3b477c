/** Libraries on top of `node:http` or `fetch`, each with the options that an application would use. */
import { Readable } from 'node:stream';
import type { Call, Client, ClientSetup } from './client.ts';
import { fetchClient } from './fetch-clients.ts';
import type { Fetch } from './fetch-clients.ts';

type Headers = Record<string, unknown>;
interface LibraryResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly data: unknown;
}
type Request = (options: Headers) => Promise<LibraryResponse>;

const bodyOf = (call: Call): unknown =>
  Array.isArray(call.body) ? Readable.from(call.body, { objectMode: false }) : call.body;

export function axiosClient(axios: { readonly default: { readonly request: Request } }, adapter: string): Client {
  const send = (call: Call, responseType: string): Promise<LibraryResponse> =>
    axios.default.request({
      adapter,
      url: call.url,
      method: call.method,
      headers: call.headers,
      data: bodyOf(call),
      responseType,
      transformResponse: [(data: unknown) => data],
      validateStatus: () => true,
      maxRedirects: Array.isArray(call.body) ? 0 : 5,
      ...(call.signal && { signal: call.signal }),
      ...(call.timeoutMs !== undefined && { timeout: call.timeoutMs }),
    });
  return {
    async whole(call) {
      const { status, headers, data } = await send(call, 'text');
      return { status, headers, text: String(data) };
    },
    async open(call) {
      const { status, headers, data } = await send(call, 'stream');
      return { status, headers, body: data as Readable };
    },
  };
}

interface GotResponse {
  readonly statusCode: number;
  readonly headers: Headers;
  readonly body: string;
  readonly retryCount?: number;
}
type Got = ((url: string, options: Headers) => Promise<GotResponse>) & {
  stream(
    url: string,
    options: Headers,
  ): Readable & { once(event: 'response', listener: (r: GotResponse) => void): void };
};

export function gotClient(got: { readonly default: Got }, signals: boolean): Client {
  const optionsOf = ({ method, headers, body, signal, timeoutMs, retry }: Call): Headers => ({
    method,
    headers,
    throwHttpErrors: false,
    retry: retry === true ? { limit: 1, methods: ['POST'], calculateDelay: once } : { limit: 0 },
    ...(body !== undefined && { body: Array.isArray(body) ? Readable.from(body, { objectMode: false }) : body }),
    ...(signal && signals && { signal }),
    ...(timeoutMs !== undefined && { timeout: { request: timeoutMs } }),
  });
  return {
    async whole(call) {
      const promise = got.default(call.url, optionsOf(call));
      if (!signals) cancelOn(call.signal, () => (promise as unknown as { cancel(): void }).cancel());
      const { statusCode, headers, body, retryCount } = await promise;
      return { status: statusCode, headers, text: body, more: [`retries ${retryCount}`] };
    },
    open: (call) =>
      new Promise((resolve, reject) => {
        const body = got.default.stream(call.url, optionsOf(call));
        if (!signals) cancelOn(call.signal, () => body.destroy());
        body.once('response', ({ statusCode, headers }) => resolve({ status: statusCode, headers, body }));
        body.on('error', reject);
        body.on('close', () => reject(new Error('closed before an answer')));
      }),
  };
}

function once({ attemptCount }: { readonly attemptCount: number }): number {
  return attemptCount > 1 ? 0 : 1;
}

function cancelOn(signal: AbortSignal | undefined, cancel: () => void): void {
  signal?.addEventListener('abort', cancel);
}

export function gaxiosClient(gaxios: { readonly request: Request }): Client {
  const send = (call: Call, responseType: string): Promise<LibraryResponse> =>
    gaxios.request({
      url: call.url,
      method: call.method,
      headers: call.headers,
      body: bodyOf(call),
      responseType,
      validateStatus: call.retry === true ? (status: number) => status < 400 : () => true,
      ...(call.signal && { signal: call.signal }),
      ...(call.timeoutMs !== undefined && { timeout: call.timeoutMs }),
      ...(call.retry === true && {
        retryConfig: { retry: 1, httpMethodsToRetry: ['POST'], retryDelay: 1, maxRetryDelay: 1 },
      }),
    });
  const plain = (headers: unknown): Headers =>
    Object.fromEntries(
      Symbol.iterator in (headers as object)
        ? (headers as Iterable<[string, string]>)
        : Object.entries(headers as Headers),
    );
  return {
    async whole(call) {
      const { status, headers, data } = await send(call, 'text');
      return { status, headers: plain(headers), text: String(data) };
    },
    async open(call) {
      const { status, headers, data } = await send(call, 'stream');
      return { status, headers: plain(headers), body: data as Readable };
    },
  };
}

export function nodeFetchClient(module: { readonly default: Fetch }): Client {
  return fetchClient(module.default, {}, true);
}

export async function libraryClient(name: string, setup: ClientSetup): Promise<Client> {
  switch (name) {
    case 'axios':
      return axiosClient((await setup.load('axios')) as Parameters<typeof axiosClient>[0], 'http');
    case 'axios-fetch':
      return axiosClient((await setup.load('axios')) as Parameters<typeof axiosClient>[0], 'fetch');
    case 'got11':
    case 'got14':
      return gotClient((await setup.load(name)) as Parameters<typeof gotClient>[0], name !== 'got11');
    case 'gaxios6':
    case 'gaxios7':
      return gaxiosClient((await setup.load(name)) as Parameters<typeof gaxiosClient>[0]);
    case 'node-fetch2':
    case 'node-fetch3':
      return nodeFetchClient((await setup.load(name)) as Parameters<typeof nodeFetchClient>[0]);
    default:
      throw new Error(`No client of the matrix is called "${name}"; see test/matrix/clients.ts.`);
  }
}
