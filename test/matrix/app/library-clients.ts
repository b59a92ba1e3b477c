/** Libraries on top of `node:http` or `fetch`, each with the options that an application would use. */
import type { Readable } from 'node:stream';
import { bodyOf, isStreamed } from './client.ts';
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
interface Axios {
  readonly default: { readonly request: Request };
}

export function axiosClient(axios: Axios, adapter: string, h2Options: Headers = {}): Client {
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
      maxRedirects: isStreamed(call.body) ? 0 : 5,
      ...h2Options,
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

export function gotClient(got: { readonly default: Got }, signals: boolean, h2Options: Headers = {}): Client {
  const optionsOf = (call: Call): Headers => {
    const { method, headers, signal, timeoutMs, retry } = call;
    const body = bodyOf(call);
    return {
      method,
      headers,
      throwHttpErrors: false,
      retry: retry === true ? { limit: 1, methods: ['POST'], calculateDelay: once } : { limit: 0 },
      ...(body !== undefined && { body }),
      ...(signal && signals && { signal }),
      ...(timeoutMs !== undefined && { timeout: { request: timeoutMs } }),
      ...h2Options,
    };
  };
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
  const load = async <M>(module: string): Promise<M> => (await setup.load(module)) as M;
  const { ca } = setup;
  switch (name) {
    case 'axios':
      return axiosClient(await load('axios'), 'http');
    case 'axios-fetch':
      return axiosClient(await load('axios'), 'fetch');
    case 'axios-h2':
      return axiosClient(await load('axios'), 'http', { httpVersion: 2, http2Options: ca === null ? {} : { ca } });
    case 'got11':
      return gotClient(await load(name), false);
    case 'got14':
      return gotClient(await load(name), true);
    case 'got14-h2':
      return gotClient(await load('got14'), true, {
        http2: true,
        ...(ca !== null && { https: { certificateAuthority: ca } }),
      });
    case 'gaxios6':
    case 'gaxios7':
      return gaxiosClient(await load(name));
    case 'node-fetch2':
    case 'node-fetch3':
      return nodeFetchClient(await load(name));
    default:
      throw new Error(`No client of the matrix is called "${name}"; see test/matrix/clients.ts.`);
  }
}
