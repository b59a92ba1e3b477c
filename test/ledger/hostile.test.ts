/** Small requests that would become large here. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createGate } from '../../src/ledger/receive/gate.ts';
import { jsonExcess } from '../../src/ledger/receive/json-excess.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { otlpJson, usageRecord } from './usage-record.ts';

let server: TestServer;
let ledger: Ledger;
beforeAll(async () => {
  server = await startTestServer();
  ledger = await server.open();
});
afterAll(() => server.close());

const statusOf = async (type: 'json' | 'x-protobuf', body: Buffer): Promise<number> =>
  (await ledger.receiver.receiveOtlp('logs', `application/${type}`, 'gzip', gzipSync(body, { level: 1 }))).status;

/** A protobuf field of that number around what is within. */
function within(field: number, body: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = body.length; ; rest >>>= 7) {
    if (rest < 128) {
      length.push(rest);
      break;
    }
    length.push((rest & 127) | 128);
  }
  return Buffer.concat([Buffer.from([field * 8 + 2, ...length]), body]);
}
/** So many empty messages. */
const empty = (field: number, count: number): Buffer => Buffer.alloc(count * 2, Buffer.from([field * 8 + 2, 0]));

describe('a request that asks for more than it may', () => {
  it('is refused before it becomes memory: decompressed size, nesting, values, records, resources, messages', async () => {
    const statuses = [
      await statusOf('x-protobuf', Buffer.alloc(33 * 1024 * 1024)),
      await statusOf('json', Buffer.alloc(17 * 1024 * 1024, ' ')),
      await statusOf('json', Buffer.alloc(8 * 1024 * 1024, '[')),
      await statusOf('json', Buffer.from('{"resourceLogs":'.repeat(65))),
      // 1,000,000 objects
      await statusOf('json', Buffer.from(`{"resourceLogs":[${'{},'.repeat(1_000_000)}{}]}`)),
      // Many log records, resources, array elements of two bytes each
      await statusOf('x-protobuf', within(1, within(2, empty(2, 2_000_000)))),
      await statusOf('x-protobuf', empty(1, 20_001)),
      await statusOf('x-protobuf', within(1, within(1, within(1, within(2, within(5, empty(1, 4_000_001))))))),
    ];
    expect(statuses).toEqual([413, 413, 400, 400, 413, 413, 413, 413]);
    expect(ledger.stats.received).toBe(0);
  });

  it('does not hinder the next one', async () => {
    expect(await statusOf('json', Buffer.from(JSON.stringify(otlpJson([usageRecord()]))))).toBe(200);
  });
});

describe('the depth of JSON', () => {
  it('does not count brackets in strings', () => {
    const deep = (text: string): boolean => jsonExcess(Buffer.from(text), 2, 100) === 'depth';
    expect(deep('[[1]]')).toBe(false);
    expect(deep('[[[1]]]')).toBe(true);
    expect(deep(String.raw`{"a":["[[[[", "\"[[[", "\\"]}`)).toBe(false);
    expect(deep(String.raw`{"a":["\\", [1]]}`)).toBe(true);
    expect(deep('"[[[[')).toBe(false);
  });
});

describe('a gate', () => {
  it('lets so many in at once, so many bytes wait in order, and frees the place of work that failed', async () => {
    const gate = createGate(1, 20);
    const order: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      order.push(name);
      await Promise.resolve();
      if (name === 'bad') throw new Error(name);
    };
    const results = await Promise.allSettled([
      gate(9, work('bad')),
      gate(9, work('a')),
      gate(9, work('b')),
      gate(9, work('c')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'rejected']);
    expect(order).toEqual(['bad', 'a', 'b']);
    await gate(99, work('d'));
    expect(order.at(-1)).toBe('d');
  });
});
