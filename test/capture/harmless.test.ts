/** The application cannot tell that it is watched, also when what watches is broken. */
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS, UNDICI } from './clients.fixture.ts';
import { HTTP_CLIENTS } from './http-clients.fixture.ts';
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
  diag.disable();
});
afterAll(() => server.close());

const throwing = (): never => {
  throw new Error('broken on purpose');
};

describe.each([...CLIENTS, ...HTTP_CLIENTS].map((client) => [client.name, client] as const))('%s', (_name, client) => {
  it('gets its answer when the observer throws at the start', async () => {
    watched = watch({ hosts: [server.host], observer: { start: throwing } });
    const { body } = await client.send(`${server.origin}/sse?size=20`, { method: 'POST', body: 'ask' });
    expect(body.toString()).toBe(events(20));
    expect(watched.capture.counters).toMatchObject({ seen: 0, inFlight: 0, errors: { create: 1 } });
  });

  it('gets its answer when the observer throws at the end, and the failure is counted', async () => {
    watched = watch({ hosts: [server.host], observer: { end: throwing } });
    const { body } = await client.send(`${server.origin}/json`, { method: 'POST', body: 'ask' });
    expect(body.toString()).toBe(USAGE);
    await watched.ended();
    expect(watched.capture.counters).toMatchObject({
      seen: 1,
      emitted: 0,
      inFlight: 0,
      dropped: { failed: 1 },
      errors: { observer: 1 },
    });
  });

  it('gets its answer when the attempt breaks at every step', async () => {
    watched = watch({ hosts: [server.host], limits: brokenLimits() });
    const { body } = await client.send(`${server.origin}/sse?size=20`, { method: 'POST', body: 'ask' });
    expect(body.toString()).toBe(events(20));
    expect(Object.keys(watched.capture.counters.errors).length).toBeGreaterThan(0);
    expect(watched.capture.counters).toMatchObject({ seen: 1, inFlight: 0 });
  });
});

describe('a failure of ours', () => {
  it('is logged once through diag, however often it happens', async () => {
    const lines: string[] = [];
    const log = (message: string, ...more: unknown[]) => void lines.push([message, ...more].map(String).join(' '));
    diag.setLogger({ error: log, warn: log, info: log, debug: log, verbose: log }, { logLevel: DiagLogLevel.WARN });
    watched = watch({ hosts: [server.host], observer: { end: throwing } });
    for (let i = 0; i < 3; i += 1) await (await fetch(`${server.origin}/json`)).text();
    await watched.ended();
    expect(watched.capture.counters.errors).toEqual({ observer: 3 });
    expect(lines.filter((line) => line.includes('broken on purpose'))).toHaveLength(1);
  });
});

describe('backpressure', () => {
  it.each([
    ['global fetch', (url: string) => fetch(url)],
    ...Object.entries(UNDICI).flatMap(([version, undici]) => [
      [`${version} fetch`, (url: string) => undici.fetch(url, {})] as const,
      [`${version} request`, (url: string) => undici.request(url, { method: 'GET' })] as const,
    ]),
  ] as [string, (url: string) => Promise<unknown>][])(
    'of a body of 64 MB that %s does not read stops the server as early as without us',
    async (_name, get) => {
      const alone = await serverWrote(get);
      watched = watch({ hosts: [server.host] });
      const together = await serverWrote(get);
      // What fits into the buffers of both sockets varies a little from run to run.
      expect(together).toBeLessThan(Math.max(alone * 1.5, alone + 2_000_000));
      expect(together).toBeLessThan(16_000_000);
    },
  );

  async function serverWrote(get: (url: string) => Promise<unknown>): Promise<number> {
    const before = server.written();
    const answer = (await get(`${server.origin}/big?size=64000000`)) as {
      body: { cancel?(): Promise<void>; destroy?(): void; on?(event: string, listener: () => void): void };
    };
    let last = -1;
    while (server.written() !== last) {
      last = server.written();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    answer.body.on?.('error', () => {});
    if (answer.body.cancel === undefined) answer.body.destroy?.();
    else await answer.body.cancel();
    return last - before;
  }
});

describe('a body of 50 MB', () => {
  it('arrives whole and leaves no more than its head and tail with us', async () => {
    watched = watch({ hosts: [server.host] });
    const bytes = await (await fetch(`${server.origin}/big?size=50000000`)).arrayBuffer();
    expect(bytes.byteLength).toBe(50_000_000 + USAGE.length);
    const { head, tail, length, complete } = (await watched.only()).exchange!.response!.body!;
    expect({ length, complete }).toEqual({ length: 50_000_000 + USAGE.length, complete: true });
    expect(head.buffer.byteLength + tail.buffer.byteLength).toBe(65_536);
    expect(Buffer.from(tail.subarray(-USAGE.length)).toString()).toBe(USAGE);
  });
});

describe('more exchanges at a time than may be kept', () => {
  it('are recorded without their bodies', async () => {
    watched = watch({ hosts: [server.host], limits: { inFlight: 2 } });
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => fetch(`${server.origin}/json`, { method: 'POST', body: 'ask' })),
    );
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(Array(5).fill(USAGE));
    await watched.ended();
    const exchanges = watched.calls.map(({ exchange }) => exchange!);
    expect(exchanges.filter(({ overload }) => overload === true)).toHaveLength(3);
    expect(exchanges.map(({ response }) => response!.status)).toEqual(Array(5).fill(200));
    expect(exchanges.map((one) => [text(one.request.body), text(one.response!.body)])).toEqual(
      exchanges.map(({ overload }) => (overload === true ? [null, null] : ['ask', USAGE])),
    );
    expect(watched.capture.counters.overloaded).toBe(3);
  });
});

describe('switching on and off', () => {
  const CREATE = 'undici:request:create';

  it('leaves the channel as it was', async () => {
    const before = Object.getOwnPropertyDescriptor(channel(CREATE), 'publish');
    const watching = watch({ hosts: [server.host] });
    expect(channel(CREATE).hasSubscribers).toBe(true);
    watching.stop();
    expect(Object.getOwnPropertyDescriptor(channel(CREATE), 'publish')).toEqual(before);
    expect(channel(CREATE).hasSubscribers).toBe(false);
    await (await fetch(`${server.origin}/json`)).text();
    expect(watching.calls).toEqual([]);
  });

  it('still ends what was under way when it is switched off', async () => {
    const watching = watch({ hosts: [server.host] });
    const answer = await fetch(`${server.origin}/sse?size=500`);
    watching.stop();
    expect(await answer.text()).toBe(events(500));
    const { ends, exchange } = await watching.only();
    expect(ends).toBe(1);
    expect(exchange!.response!.body!.complete).toBe(true);
  });

  it('tells other subscribers of every request once, whether it is ours or not', async () => {
    const told: unknown[] = [];
    const listener = (message: unknown) => void told.push((message as { request: { path: string } }).request.path);
    subscribe(CREATE, listener);
    watched = watch({ hosts: [server.host] });
    await (await fetch(`${server.origin}/json?ours`)).text();
    watched.stop();
    watched = watch({ hosts: ['api.example.com'] });
    await (await fetch(`${server.origin}/json?other`)).text();
    unsubscribe(CREATE, listener);
    expect(told).toEqual(['/json?ours', '/json?other']);
  });
});

/** Limits that throw when they are asked for: everything that keeps bodies breaks. */
function brokenLimits(): { headBytes: number; streamHeadBytes: number; tailBytes: number } {
  const broken = {
    toString: throwing,
    valueOf: throwing,
    [Symbol.toPrimitive]: throwing,
  } as unknown as number;
  return { headBytes: broken, streamHeadBytes: broken, tailBytes: broken };
}
