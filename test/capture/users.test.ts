/** Who made a call, as it is on the record: under load, through pools that are at their cap, and after retries. */
import * as http from 'node:http';
import { text } from 'node:stream/consumers';
import { WiretallyInstrumentation, withUsageContext } from '@wiretally/instrumentation';
import type { UsageRecord } from '@wiretally/usage';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { UNDICI } from './clients.fixture.ts';
import { startServer } from './server.fixture.ts';
import type { TestServer } from './server.fixture.ts';

const AT_ONCE = 200;
const CONNECTIONS = 4;
/** The server refuses a call twice before it answers. */
const RETRIES = { methods: ['POST'], maxRetries: 2, minTimeout: 1, maxTimeout: 1, retryAfter: false };

let server: TestServer;
let instance: WiretallyInstrumentation;
const records: UsageRecord[] = [];

beforeAll(async () => {
  server = await startServer();
  instance = new WiretallyInstrumentation({
    hosts: { [server.host]: 'openai' },
    sink: (record) => void records.push(record),
  });
});
afterEach(() => void records.splice(0));
afterAll(async () => {
  instance.disable();
  await server.close();
});

const bodyOf = (n: number): string => JSON.stringify({ model: `model-${n}`, messages: [] });

/** Each of 200 users makes the call of their own number, all at once. */
async function everyone(send: (url: string, body: string) => Promise<unknown>, what: string): Promise<void> {
  const name = expect.getState().currentTestName ?? '';
  await Promise.all(
    Array.from({ length: AT_ONCE }, (_, n) =>
      withUsageContext({ user: `user-${n}`, session: `session-${n % 7}`, tags: { team: `team-${n % 3}` } }, () =>
        send(`${server.origin}/v1/chat/completions?do=${what}&who=${n}&test=${encodeURIComponent(name)}`, bodyOf(n)),
      ),
    ),
  );
}

/** Each record is its caller's; @returns how many each of them has. */
async function recordsOfEach(total: number): Promise<Set<number>> {
  await expect.poll(() => records.length, { timeout: 30_000 }).toBe(total);
  const counts = new Map<string, number>();
  for (const { requestModel, userId, sessionId, tags } of records) {
    const n = Number(requestModel?.slice('model-'.length));
    expect({ userId, sessionId, tags }).toEqual({
      userId: `user-${n}`,
      sessionId: `session-${n % 7}`,
      tags: { team: `team-${n % 3}` },
    });
    counts.set(userId ?? '', (counts.get(userId ?? '') ?? 0) + 1);
  }
  expect(counts.size).toBe(AT_ONCE);
  return new Set(counts.values());
}

describe('user and session are on the record of their call, with 200 at once,', () => {
  it('by the global fetch', async () => {
    await everyone(async (url, body) => (await fetch(url, { method: 'POST', body })).text(), 'json');
    expect(await recordsOfEach(AT_ONCE)).toEqual(new Set([1]));
  });

  it('by node:http with an agent at its cap', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    await everyone(
      (url, body) =>
        new Promise((resolve, reject) => {
          const request = http.request(url, { method: 'POST', agent }, (answer) => resolve(text(answer)));
          request.on('error', reject).end(body);
        }),
      'json',
    );
    expect(await recordsOfEach(AT_ONCE)).toEqual(new Set([1]));
    agent.destroy();
  });

  describe.each(Object.entries(UNDICI))('by %s', (_version, undici) => {
    it.each(['fetch', 'request'] as const)('%s with a Pool at its cap', async (way) => {
      const dispatcher = new undici.Pool(server.origin, { connections: CONNECTIONS });
      await everyone(async (url, body) => {
        const options = { method: 'POST', body, dispatcher };
        if (way === 'fetch') await (await undici.fetch(url, options)).arrayBuffer();
        else await (await undici.request(url, options)).body.arrayBuffer();
      }, 'json');
      expect(await recordsOfEach(AT_ONCE)).toEqual(new Set([1]));
      await dispatcher.close();
    });
  });

  describe.each(Object.entries(UNDICI).filter(([, { RetryAgent }]) => RetryAgent !== undefined))(
    'by %s',
    (_version, undici) => {
      const pool = () => new undici.Pool(server.origin, { connections: CONNECTIONS });
      it.each([
        ['RetryAgent', () => new undici.RetryAgent!(pool(), RETRIES)],
        ['a composed retry', () => pool().compose(undici.interceptors!.retry(RETRIES))],
      ])('request with %s over a Pool at its cap, on every attempt', async (_name, create) => {
        const dispatcher = create();
        await everyone(
          async (url, body) => (await undici.request(url, { method: 'POST', body, dispatcher })).body.arrayBuffer(),
          'flaky',
        );
        expect(await recordsOfEach(3 * AT_ONCE)).toEqual(new Set([3]));
        await dispatcher.close();
      });
    },
  );
});
