import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS } from './clients.fixture.ts';
import { HTTP_CLIENTS } from './http-clients.fixture.ts';
import type { Client, Send } from './clients.fixture.ts';
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

const ask: Send = {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-stainless-retry-count': '1' },
  body: '{"model":"m","messages":[]}',
};

/** What the application gets, or how it fails. */
async function outcome(client: Client, path: string, send: Send): Promise<unknown> {
  try {
    const { status, body } = await client.send(server.origin + path, send);
    return { status, body: body.toString('base64') };
  } catch (error) {
    return describeError(error);
  }
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: error.message.replaceAll(/:\d+/g, ''),
    code,
    cause: error.cause && describeError(error.cause),
  };
}

describe.each([...CLIENTS, ...HTTP_CLIENTS].map((client) => [client.name, client] as const))('%s', (_name, client) => {
  it('sees a JSON call whole, once, with what was sent and answered', async () => {
    watched = watch({ hosts: [server.host] });
    const answer = await client.send(`${server.origin}/json?q=1`, ask);
    expect(answer.body.toString()).toBe(USAGE);

    const call = await watched.only();
    expect(call.ends).toBe(1);
    expect(call.start).toMatchObject({ method: 'POST', url: new URL(`${server.origin}/json?q=1`) });
    expect(text(call.exchange!.request.body)).toBe('{"model":"m","messages":[]}');
    expect(call.exchange!.request.headers).toMatchObject({
      'content-type': 'application/json',
      'x-stainless-retry-count': '1',
    });
    expect(call.exchange!.response).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'x-request-id': 'req-1', 'set-cookie': 'a=1, b=2' },
      body: { length: USAGE.length, complete: true },
    });
    expect(text(call.exchange!.response!.body)).toBe(USAGE);
    expect(call.exchange!.failure).toBeNull();
    expect(call.timing!.durationMs).toBeGreaterThan(0);
    expect(call.timing!.timeToFirstChunkMs).toBeLessThanOrEqual(call.timing!.durationMs);
  });

  it('keeps head and tail of a long stream', async () => {
    watched = watch({ hosts: [server.host] });
    const all = events(2000);
    const answer = await client.send(`${server.origin}/sse?size=2000`, ask);
    expect(answer.body.toString()).toBe(all);

    const body = (await watched.only()).exchange!.response!.body!;
    expect(body).toMatchObject({ length: all.length, complete: true });
    expect(Buffer.from(body.head).toString()).toBe(all.slice(0, 4096));
    expect(Buffer.from(body.tail).toString()).toBe(all.slice(-32_768));
  });

  it.each([
    ['an answer', '/json', ask],
    ['an error answer', '/json?status=429', ask],
    ['a stream', '/sse?size=50', ask],
    ['HEAD', '/json', { method: 'HEAD' }],
    ['no content', '/empty', ask],
    ['early hints', '/hints', ask],
    ['a cut stream', '/cut', ask],
    ['an answer shorter than it says', '/short', ask],
    ['a connection that is dropped', '/drop', ask],
    ['a redirect', '/redirect', ask],
    ['a wrong content-encoding', '/lies', ask],
    ['a body that is not JSON', '/text', ask],
    ['an answer without a type', '/untyped', ask],
    ['a large upload', '/json', { ...ask, body: Buffer.alloc(3_000_000, 'u') }],
  ] satisfies [string, string, Send][])(
    'gives the application the same for %s, watched or not',
    async (_what, path, send) => {
      const alone = await outcome(client, path, send);
      watched = watch({ hosts: [server.host] });
      const together = await outcome(client, path, send);
      expect(together).toEqual(alone);
      await watched.ended();
      expect(watched.calls.length).toBeGreaterThan(0);
      expect(watched.calls.map((call) => call.ends)).toEqual(watched.calls.map(() => 1));
      expect(watched.capture.counters).toMatchObject({ inFlight: 0, errors: {} });
    },
  );

  it('leaves a host alone that is nobody’s', async () => {
    watched = watch({ hosts: ['api.example.com'] });
    await client.send(`${server.origin}/json`, ask);
    expect(watched.calls).toEqual([]);
    expect(watched.capture.counters.seen).toBe(0);
  });
});
