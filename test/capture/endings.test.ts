/** However an exchange ends: one end, with what is known. */
import { once } from 'node:events';
import * as net from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS, UNDICI } from './clients.fixture.ts';
import { events, startServer, USAGE } from './server.fixture.ts';
import type { TestServer } from './server.fixture.ts';
import { text, watch } from './watch.fixture.ts';
import type { Watch } from './watch.fixture.ts';

let server: TestServer;
let watched: Watch | null = null;

beforeAll(async () => {
  server = await startServer();
});
afterEach(() => {
  watched?.stop();
  watched = null;
});
afterAll(() => server.close());

const FETCHES = CLIENTS.filter((client) => /fetch$/.test(client.name)).map(({ name }) => {
  const undici = UNDICI[name.split(' ')[0]!];
  const fetcher = (url: string, init: object = {}): Promise<Response> =>
    undici === undefined ? fetch(url, init) : (undici.fetch(url, init) as unknown as Promise<Response>);
  return [name, fetcher] as const;
});

describe.each(FETCHES)('%s', (_name, fetcher) => {
  it('aborted before the answer’s head', async () => {
    watched = watch({ hosts: [server.host] });
    const controller = new AbortController();
    const answer = fetcher(`${server.origin}/hang`, { method: 'POST', body: 'ask', signal: controller.signal });
    const before = server.received.length;
    while (server.received.length === before) await new Promise(setImmediate);
    controller.abort();
    await expect(answer).rejects.toThrow();
    const { ends, exchange } = await watched.only();
    expect(ends).toBe(1);
    expect(exchange).toMatchObject({ response: null, failure: { class: 'aborted' } });
    expect(text(exchange!.request.body)).toBe('ask');
  });

  it('aborted in the middle of a stream: what came is kept, and is not complete', async () => {
    watched = watch({ hosts: [server.host] });
    const controller = new AbortController();
    const answer = await fetcher(`${server.origin}/stall`, { signal: controller.signal });
    const reader = answer.body!.getReader();
    await reader.read();
    controller.abort();
    await expect(reader.read()).rejects.toThrow();
    const { exchange, timing } = await watched.only();
    expect(exchange!.failure).toMatchObject({ class: 'aborted' });
    expect(exchange!.response!.body).toMatchObject({ complete: false });
    expect(text(exchange!.response!.body)).toBe('data: {"delta":"first"}\n\n');
    expect(timing!.timeToFirstChunkMs).toBeGreaterThan(0);
  });

  it('aborted with a reason of the application', async () => {
    watched = watch({ hosts: [server.host] });
    const controller = new AbortController();
    const answer = await fetcher(`${server.origin}/stall`, { signal: controller.signal });
    controller.abort(new Error('jane@example.com changed her mind'));
    await expect(answer.text()).rejects.toThrow();
    const { failure } = (await watched.only()).exchange!;
    expect(failure!.class).toBe('aborted');
    expect(JSON.stringify(failure)).not.toContain('jane');
  });

  it('cancelled by its reader', async () => {
    watched = watch({ hosts: [server.host] });
    const answer = await fetcher(`${server.origin}/stall`);
    await answer.body!.cancel();
    expect((await watched.only()).exchange!.failure).toMatchObject({ class: 'aborted' });
  });

  it('left by its reader after the last event', async () => {
    watched = watch({ hosts: [server.host] });
    const answer = await fetcher(`${server.origin}/sse?size=3`);
    let seen = '';
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      seen += Buffer.from(chunk).toString();
      if (seen.includes('[DONE]')) break;
    }
    const { ends, exchange } = await watched.only();
    expect(ends).toBe(1);
    expect(text(exchange!.response!.body)).toBe(events(3));
  });

  it('timed out by a signal', async () => {
    watched = watch({ hosts: [server.host] });
    // As AbortSignal.timeout() does it, but not before the connection is there: undici tells that as a plain abort.
    const controller = new AbortController();
    const answer = fetcher(`${server.origin}/hang`, { method: 'POST', body: 'ask', signal: controller.signal });
    const before = server.received.length;
    while (server.received.length === before) await new Promise(setImmediate);
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    await expect(answer).rejects.toThrow();
    expect((await watched.only()).exchange).toMatchObject({ response: null, failure: { class: 'timeout' } });
  });

  it('reset in the middle of a stream', async () => {
    watched = watch({ hosts: [server.host] });
    const answer = await fetcher(`${server.origin}/cut`);
    await expect(answer.text()).rejects.toThrow('terminated');
    const { exchange } = await watched.only();
    expect(exchange!.failure).toMatchObject({ class: 'connection', code: 'UND_ERR_SOCKET' });
    expect(text(exchange!.response!.body)).toBe('data: {"delta":"half"}\n\n');
  });

  it('dropped after early hints, which are no answer', async () => {
    watched = watch({ hosts: [server.host] });
    await expect(fetcher(`${server.origin}/hints-only`)).rejects.toThrow();
    expect((await watched.only()).exchange).toMatchObject({ response: null, failure: { class: 'connection' } });
  });

  it('refused: never connected', async () => {
    const port = await freePort();
    watched = watch({ hosts: [`127.0.0.1:${port}`] });
    await expect(fetcher(`http://127.0.0.1:${port}/v1`, { method: 'POST', body: 'ask' })).rejects.toThrow();
    expect((await watched.only()).exchange).toMatchObject({
      response: null,
      failure: { class: 'connection', code: 'ECONNREFUSED' },
    });
  });

  it('unknown host', async () => {
    watched = watch({ hosts: ['no-such-host.invalid'] });
    await expect(fetcher('http://no-such-host.invalid/v1')).rejects.toThrow();
    expect((await watched.only()).exchange!.failure).toMatchObject({ class: 'connection', code: 'ENOTFOUND' });
  });

  it('no TLS on the other side', async () => {
    watched = watch({ hosts: [server.host] });
    await expect(fetcher(server.origin.replace('http', 'https'))).rejects.toThrow();
    const { failure } = (await watched.only()).exchange!;
    expect(failure!.class).toBe('connection');
    expect(failure!.code).toMatch(/SSL|EPROTO|ECONNRESET|UND_ERR_SOCKET/);
  });

  it('redirected: the hop is no attempt, what it leads to is one', async () => {
    watched = watch({ hosts: [server.host] });
    const answer = await fetcher(`${server.origin}/redirect`, { method: 'POST', body: 'ask' });
    expect(await answer.text()).toBe(USAGE);
    await watched.ended();
    expect(watched.calls.map(({ discarded, ends, start }) => [start.url.pathname, discarded, ends])).toEqual([
      ['/redirect', true, 1],
      ['/json', false, 1],
    ]);
    expect(watched.capture.counters).toMatchObject({ seen: 2, emitted: 1, dropped: { redirect: 1 } });
  });

  it('one after the other on one connection', async () => {
    watched = watch({ hosts: [server.host] });
    for (let i = 0; i < 20; i += 1) await (await fetcher(`${server.origin}/json?i=${i}`)).text();
    await watched.ended();
    expect(watched.calls.map(({ exchange }) => text(exchange!.response!.body))).toEqual(Array(20).fill(USAGE));
  });

  it('64 streams at once, none mixed with another', async () => {
    watched = watch({ hosts: [server.host] });
    const sizes = Array.from({ length: 64 }, (_, i) => 10 + i);
    await Promise.all(
      sizes.map(async (size) => {
        expect(await (await fetcher(`${server.origin}/sse?size=${size}`)).text()).toBe(events(size));
      }),
    );
    await watched.ended();
    const seen = watched.calls.map(({ start, exchange }) => [
      Number(start.url.searchParams.get('size')),
      text(exchange!.response!.body),
    ]);
    expect(seen.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual(sizes.map((size) => [size, events(size)]));
  });
});

describe.each(Object.entries(UNDICI))('%s', (version, undici) => {
  it('times out when there is no answer', async () => {
    watched = watch({ hosts: [server.host] });
    const dispatcher = new undici.Client(server.origin, { headersTimeout: 10 });
    await expect(undici.request(`${server.origin}/hang`, { method: 'GET', dispatcher })).rejects.toThrow();
    expect((await watched.only()).exchange!.failure).toEqual({ class: 'timeout', code: 'UND_ERR_HEADERS_TIMEOUT' });
  });

  it('ended once, and well, when the handler throws at the end: the answer was complete', async () => {
    watched = watch({ hosts: [server.host] });
    const dispatcher = new undici.Client(server.origin);
    const throwing = () => {
      throw new Error('the handler’s own');
    };
    const failed = new Promise((resolve) => {
      dispatcher.dispatch(
        { origin: server.origin, path: '/json', method: 'GET' },
        version !== 'undici8'
          ? { onConnect() {}, onHeaders: () => true, onData: () => true, onComplete: throwing, onError: resolve }
          : {
              onRequestStart() {},
              onResponseStart() {},
              onResponseData() {},
              onResponseEnd: throwing,
              onResponseError: resolve,
            },
      );
    });
    await failed;
    const { ends, exchange } = await watched.only();
    expect({ ends, failure: exchange!.failure, body: text(exchange!.response!.body) }).toEqual({
      ends: 1,
      failure: null,
      body: USAGE,
    });
    await dispatcher.destroy();
  });

  it('keeps a body of the application that was never sent', async () => {
    const port = await freePort();
    watched = watch({ hosts: [`127.0.0.1:${port}`] });
    await expect(
      undici.request(`http://127.0.0.1:${port}/v1`, { method: 'POST', body: '{"model":"m"}' }),
    ).rejects.toThrow();
    expect(text((await watched.only()).exchange!.request.body)).toBe('{"model":"m"}');
  });

  it('ends requests that wait when their client is destroyed', async () => {
    watched = watch({ hosts: [server.host] });
    const dispatcher = new undici.Client(server.origin);
    const answers = Promise.allSettled(
      Array.from({ length: 3 }, () => undici.request(`${server.origin}/hang`, { method: 'GET', dispatcher })),
    );
    await dispatcher.destroy();
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await watched.ended();
    expect(watched.calls.map(({ ends, exchange }) => [ends, exchange!.failure?.class])).toEqual(
      Array(3).fill([1, 'aborted']),
    );
  });

  it('sees an upload that the server refused before its end', async () => {
    watched = watch({ hosts: [server.host] });
    const answer = await undici
      .request(`${server.origin}/early`, { method: 'POST', body: Buffer.alloc(5_000_000) })
      .catch(() => null);
    await answer?.body.arrayBuffer().catch(() => {});
    const { ends } = await watched.only();
    expect(ends).toBe(1);
  });

  it('gives up an answer that nobody reads, after a while', async () => {
    watched = watch({ hosts: [server.host] });
    const dispatcher = new undici.Client(server.origin);
    const answer = await undici.request(`${server.origin}/big?size=5000000`, { method: 'GET', dispatcher });
    const { capture } = watched;
    capture.sweep();
    await settle(() => {
      capture.sweep();
      return watched!.calls[0]!.ends === 1;
    });
    const { ends, exchange } = await watched.only();
    expect(ends).toBe(1);
    expect(exchange!.response!.body!.complete).toBe(false);
    (answer.body as unknown as Readable).on('error', () => {}).destroy();
    await dispatcher.destroy();
    expect(watched.calls[0]!.ends).toBe(1);
    expect(capture.counters).toMatchObject({ inFlight: 0, emitted: 1, errors: {} });
  });
});

describe('an answer that is thrown away unread', () => {
  it('ends when undici collects it', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    watched = watch({ hosts: [server.host] });
    await fetch(`${server.origin}/big?size=5000000`).then(({ status }) => status);
    await settle(() => {
      collectGarbage();
      return watched!.calls[0]!.ends === 1;
    });
    expect((await watched.only()).exchange!.failure).toMatchObject({ class: 'aborted' });
  });
});

describe('the end of the process', () => {
  it('hands over what is under way', async () => {
    watched = watch({ hosts: [server.host] });
    const controller = new AbortController();
    const answer = await fetch(`${server.origin}/stall`, { signal: controller.signal });
    await answer.body!.getReader().read();
    watched.capture.abandon();
    const { ends, exchange } = await watched.only();
    expect(exchange!.failure).toEqual({ class: 'aborted', code: null });
    expect(text(exchange!.response!.body)).toBe('data: {"delta":"first"}\n\n');
    controller.abort();
    await new Promise(setImmediate);
    expect(ends).toBe(1);
  });
});

/** Turns the event loop until it is so; vitest's timeout ends it where it never is. */
async function settle(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function freePort(): Promise<number> {
  const listener = net.createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}
