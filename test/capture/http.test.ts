/** What is special about `node:http`: how its requests end, and that nothing of ours shows on them. */
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { suppressTracing } from '@opentelemetry/core';
import nodeFetch from 'node-fetch';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startServer, USAGE } from './server.fixture.ts';
import type { TestServer } from './server.fixture.ts';
import { text, watch } from './watch.fixture.ts';
import type { Watch } from './watch.fixture.ts';

let server: TestServer;
let watched: Watch;

beforeAll(async () => {
  server = await startServer();
});
afterEach(() => watched.stop());
afterAll(() => server.close());

async function open(
  path: string,
  options: http.RequestOptions = {},
): Promise<[http.ClientRequest, http.IncomingMessage]> {
  const request = http.request(server.origin + path, options).end();
  request.on('error', () => {});
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.on('error', () => {});
  return [request, response];
}

describe('a request by node:http', () => {
  it.each<[string, (request: http.ClientRequest) => void, object]>([
    ['destroyed', (request) => void request.destroy(), { class: 'aborted', code: null }],
    ['destroyed with an error', (request) => void request.destroy(new Error('no')), { class: 'aborted', code: null }],
    [
      'destroyed by a timer of the client library',
      (request) => void request.destroy(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })),
      { class: 'timeout', code: 'ETIMEDOUT' },
    ],
    [
      'destroyed by a timer of axios',
      (request) => void request.destroy(Object.assign(new Error('late'), { code: 'ECONNABORTED' })),
      { class: 'aborted', code: 'ECONNABORTED' },
    ],
    ['aborted', (request) => request.abort(), { class: 'aborted', code: null }],
  ])('that was %s before its answer ends once', async (_how, stop, failure) => {
    watched = watch({ hosts: [server.host] });
    const before = server.received.length;
    const request = http.request(`${server.origin}/hang`, { method: 'POST' }).end('ask');
    request.on('error', () => {});
    while (server.received.length === before) await new Promise(setImmediate);
    stop(request);
    const { ends, exchange } = await watched.only();
    expect({ ends, failure: exchange!.failure, response: exchange!.response }).toEqual({
      ends: 1,
      failure,
      response: null,
    });
    expect(text(exchange!.request.body)).toBe('ask');
  });

  it.each<[string, (request: http.ClientRequest, response: http.IncomingMessage) => void]>([
    ['its request', (request) => void request.destroy()],
    ['its answer', (_request, response) => void response.destroy()],
  ])('that was ended in the middle of a stream through %s keeps what came', async (_which, stop) => {
    watched = watch({ hosts: [server.host] });
    const [request, response] = await open('/stall');
    await once(response, 'data');
    stop(request, response);
    const { ends, exchange } = await watched.only();
    expect(ends).toBe(1);
    expect(exchange!.failure!.class).toBe('aborted');
    expect(text(exchange!.response!.body)).toBe('data: {"delta":"first"}\n\n');
    expect(exchange!.response!.body!.complete).toBe(false);
  });

  it('that a signal timed out', async () => {
    watched = watch({ hosts: [server.host] });
    const request = http.get(`${server.origin}/hang`, { signal: AbortSignal.timeout(30) });
    await expect(once(request, 'response')).rejects.toThrow();
    expect((await watched.only()).exchange!.failure!.class).toMatch(/aborted|timeout/);
  });

  it('whose stream was reset by the server', async () => {
    watched = watch({ hosts: [server.host] });
    const [, response] = await open('/cut');
    await expect(buffer(response)).rejects.toThrow();
    const { ends, exchange } = await watched.only();
    expect(ends).toBe(1);
    expect(exchange!.failure).toEqual({ class: 'connection', code: 'ECONNRESET' });
  });

  it('that a library gives up because the server cut its answer', async () => {
    watched = watch({ hosts: [server.host] });
    const request = http.request(`${server.origin}/cut`, { method: 'POST' }).end('ask');
    request.on('error', () => {});
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    // No listener for errors, as node-fetch 2 has none: then Node emits none.
    response.on('aborted', () => request.destroy()).resume();
    const { ends, exchange } = await watched.only();
    expect(ends).toBe(1);
    expect(exchange!.failure).toEqual({ class: 'connection', code: 'ECONNRESET' });
  });

  it('that never connected', async () => {
    watched = watch({ hosts: ['127.0.0.1:9'] });
    const request = http.request('http://127.0.0.1:9/', { method: 'POST' });
    request.end('{"model":"m"}');
    await expect(once(request, 'response')).rejects.toThrow();
    const { exchange } = await watched.only();
    expect(exchange!.failure).toEqual({ class: 'connection', code: 'ECONNREFUSED' });
    expect(text(exchange!.request.body)).toBe('{"model":"m"}');
  });

  it('whose answer nobody listens for ends well, with a body that was not seen', async () => {
    watched = watch({ hosts: [server.host] });
    http.get(`${server.origin}/json`);
    const { ends, exchange } = await watched.only();
    expect({
      ends,
      failure: exchange!.failure,
      status: exchange!.response!.status,
      body: exchange!.response!.body,
    }).toEqual({ ends: 1, failure: null, status: 200, body: null });
  });

  it('whose answer is paused stops the server as early as without us', async () => {
    const written = async () => {
      const before = server.written();
      const [request] = await open('/big?size=64000000');
      let last = -1;
      while (server.written() !== last) {
        last = server.written();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      request.destroy();
      return last - before;
    };
    watched = watch({ hosts: [] });
    const alone = await written();
    watched.stop();
    watched = watch({ hosts: [server.host] });
    expect(await written()).toBeLessThan(alone + 2_000_000);
    await watched.only();
  });

  it('shows no listener of ours', async () => {
    watched = watch({ hosts: [] });
    const [plain, plainResponse] = await open('/stall');
    watched.stop();
    watched = watch({ hosts: [server.host] });
    const [request, response] = await open('/stall');
    expect(watched.calls).toHaveLength(1);
    for (const [ours, theirs] of [
      [request, plain],
      [response, plainResponse],
    ] as const) {
      expect(ours.eventNames()).toEqual(theirs.eventNames());
    }
    plain.destroy();
    request.destroy();
    await watched.ended();
  });

  it('that is upgraded ends with its head, and the socket is the application’s', async () => {
    const upgrading = http.createServer();
    upgrading.on('upgrade', (_request, socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nhello');
    });
    upgrading.listen(0, '127.0.0.1');
    await once(upgrading, 'listening');
    const host = `127.0.0.1:${(upgrading.address() as AddressInfo).port}`;
    watched = watch({ hosts: [host] });
    const request = http.get(`http://${host}/`, { headers: { connection: 'upgrade', upgrade: 'echo' } });
    const [, socket, head] = (await once(request, 'upgrade')) as [unknown, NodeJS.ReadWriteStream, Buffer];
    const rest = await buffer(socket);
    expect(Buffer.concat([head, rest]).toString()).toBe('hello');
    const { ends, exchange } = await watched.only();
    expect({ ends, status: exchange!.response!.status, failure: exchange!.failure }).toEqual({
      ends: 1,
      status: 101,
      failure: null,
    });
    upgrading.close();
  });

  it('by node-fetch is seen, and its redirect is a hop', async () => {
    watched = watch({ hosts: [server.host] });
    const answer = await nodeFetch(`${server.origin}/redirect`, { method: 'POST', body: 'ask' });
    expect(await answer.text()).toBe(USAGE);
    await watched.ended();
    expect(watched.calls.map(({ start, discarded }) => [start.url.pathname, discarded])).toEqual([
      ['/redirect', true],
      ['/json', false],
    ]);
    expect(text(watched.calls[1]!.exchange!.request.body)).toBe('ask');
  });
});

describe('the context of a request by node:http', () => {
  const WHO = createContextKey('who');
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterAll(() => context.disable());

  it('is the caller’s, also where the agent makes it wait', async () => {
    watched = watch({ hosts: [server.host] });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
    const ids = Array.from({ length: 50 }, (_, index) => `user-${index}`);
    await Promise.all(
      ids.map((id) =>
        context.with(ROOT_CONTEXT.setValue(WHO, id), async () => {
          const [response] = (await once(http.get(`${server.origin}/json`, { agent }), 'response')) as [
            http.IncomingMessage,
          ];
          await buffer(response);
        }),
      ),
    );
    await watched.ended();
    expect(watched.calls.map(({ start }) => start.context.getValue(WHO))).toEqual(ids);
    agent.destroy();
  });

  it('leaves an exporter’s own requests out', async () => {
    watched = watch({ hosts: [server.host] });
    await context.with(suppressTracing(ROOT_CONTEXT), () => open('/json'));
    expect(watched.calls).toEqual([]);
  });
});
