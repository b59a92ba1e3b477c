/** Bodies that would keep the main thread busy are decoded beside it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeCalls } from '../../src/ledger/receive/decode-calls.ts';
import { createLargeBodies } from '../../src/ledger/receive/large-bodies.ts';
import type { LargeBodies } from '../../src/ledger/receive/large-bodies.ts';
import { MAX_PARTS_HERE } from '../../src/ledger/receive/limits.ts';
import { ExportLogsServiceRequest } from './otlp-proto.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { otlpJson, usageRecord } from './usage-record.ts';

/** Two thousand records with a tag that looks like a prototype, and attributes of a schema to come. */
const REQUEST = otlpJson(
  Array.from({ length: 2000 }, (_, index) =>
    usageRecord({ tags: { team: `team-${index % 3}`, constructor: 'x' }, units: { images: index } }),
  ),
);
const JSON_BODY = Buffer.from(JSON.stringify(REQUEST));
const PROTOBUF_BODY = Buffer.from(
  ExportLogsServiceRequest.encode(ExportLogsServiceRequest.fromObject(REQUEST)).finish(),
);
/** Ten megabytes that become fifty of objects. */
const CROWD = Buffer.from(`{"resourceLogs":[],"x":[${'{"a":[],"b":"yyyyyyyyyyyy"},'.repeat(370_000)}0]}`);
const SMALL_BODY = Buffer.from(JSON.stringify(otlpJson([usageRecord()])));

describe('a large body', () => {
  const large = createLargeBodies();
  it.each([
    ['json', JSON_BODY],
    ['protobuf', PROTOBUF_BODY],
  ] as const)('becomes the same as a small one: %s', async (encoding, body) => {
    const found = await large.decode(encoding, Uint8Array.from(body));
    expect(found.records).toHaveLength(2000);
    expect(found).toEqual(plain(decodeCalls(encoding, body)));
  });

  it('leaves the main thread to others', async () => {
    let turns = 0;
    const state = { done: false };
    const turning = (async () => {
      while (!state.done) {
        await nextTurn();
        turns += 1;
      }
    })();
    await large.decode('json', Uint8Array.from(CROWD));
    state.done = true;
    await turning;
    expect(turns).toBeGreaterThan(100);
  });

  it('is refused in the words of the main thread', async () => {
    const said = async (work: () => unknown): Promise<unknown> => {
      try {
        await work();
      } catch (error) {
        return error instanceof Error ? [error.name, error.message] : error;
      }
      return null;
    };
    for (const [encoding, body] of [
      ['json', '{"resourceLogs":7'],
      ['protobuf', '\0\0'],
      ['json', `{"resourceLogs":[${'0,'.repeat(1_600_000)}0]}`],
    ] as const) {
      const here = await said(() => decodeCalls(encoding, Buffer.from(body)));
      expect(here).not.toBeNull();
      expect(await said(() => large.decode(encoding, Buffer.from(body)))).toEqual(here);
    }
  });

  it('that needs too much memory is refused, and the next one is not', async () => {
    const small = createLargeBodies({ maxMebibytes: 16 });
    await expect(small.decode('json', Uint8Array.from(CROWD))).rejects.toMatchObject({ name: 'TooLargeError' });
    expect((await small.decode('json', SMALL_BODY)).records).toHaveLength(1);
  });

  it('finds a new thread when the last one has ended for want of work', async () => {
    const hasty: LargeBodies = createLargeBodies({ idleMs: 0 });
    for (let round = 0; round < 3; round += 1) {
      expect((await hasty.decode('protobuf', Uint8Array.from(PROTOBUF_BODY))).records).toHaveLength(2000);
      await nextTurn();
    }
  });
});

describe('a request of four thousand records', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  it('is stored whichever way it was decoded', async () => {
    const ledger = await server.open();
    const body = Buffer.from(
      JSON.stringify(otlpJson(Array.from({ length: 4000 }, () => usageRecord({ tags: { team: 'x' } })))),
    );
    expect(() => decodeCalls('json', body, MAX_PARTS_HERE)).toThrow(/smaller batches/);
    const answer = await ledger.receiver.receiveOtlp('logs', 'application/json', null, body);
    expect(answer.status).toBe(200);
    expect(await ledger.audit()).toMatchObject({ calls: 4000, differences: [] });
  });
});

/** Prototypes do not travel between threads. */
function plain<T>(value: T): T {
  return structuredClone(value);
}
