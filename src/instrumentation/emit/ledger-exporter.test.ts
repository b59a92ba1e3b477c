import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { aRecord } from './emit.fixture.ts';
import { createLedgerExporter } from './ledger-exporter.ts';
import type { LedgerExporter, LedgerExporterOptions } from './ledger-exporter.ts';
import { startOtlpServer } from './otlp-server.fixture.ts';
import type { Answer, OtlpServer } from './otlp-server.fixture.ts';
import { createOtlpSender } from './otlp-sender.ts';
import { createSpool } from './spool.ts';

const undos: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of undos.splice(0).toReversed()) await undo();
});

async function server(answer?: (index: number) => Answer | null, port?: number): Promise<OtlpServer> {
  const started = await startOtlpServer(answer, port);
  undos.push(() => started.close());
  return started;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'wiretally-test-'));
  undos.push(() => rmSync(path, { recursive: true }));
  return path;
}

function exporter(url: URL, options: Partial<LedgerExporterOptions> = {}): LedgerExporter {
  const sender = createOtlpSender(
    { url, headers: { authorization: 'Bearer t' }, source: 'test' },
    // On loopback nothing would be compressed.
    { userAgent: 'test', compress: true },
  );
  const created = createLedgerExporter({ sender, spool: null, delayMs: 1, backoffMs: [1, 1], ...options });
  undos.push(() => created.shutdown(0));
  return created;
}

let serial = 0;
const id = (): string => `019b0000-0000-7000-8000-${String((serial += 1)).padStart(12, '0')}`;
function emit(to: LedgerExporter, count: number): string[] {
  const ids = Array.from({ length: count }, id);
  for (const each of ids) to.emit(aRecord({ id: each }));
  return ids;
}

describe('delivery', () => {
  test('sends what came together in one request, gzipped, with the token', async () => {
    const ledger = await server();
    const ids = emit(exporter(ledger.url, { delayMs: 20 }), 10);
    await vi.waitFor(() => expect(ledger.stored).toEqual(ids));
    expect(ledger.requests).toHaveLength(1);
    expect(ledger.requests[0]).toMatchObject({
      path: '/v1/logs',
      headers: { 'content-encoding': 'gzip', authorization: 'Bearer t', 'content-type': 'application/json' },
    });
  });

  test('does not wait once a batch is full', async () => {
    const ledger = await server();
    const ids = emit(exporter(ledger.url, { delayMs: 1_000_000, batchSize: 4 }), 4);
    await vi.waitFor(() => expect(ledger.stored).toEqual(ids));
  });

  test('sends again what was answered with 503, until it is taken', async () => {
    const ledger = await server((index) => ({ status: index < 3 ? 503 : 200 }));
    const ids = emit(exporter(ledger.url), 3);
    await vi.waitFor(() => expect(ledger.stored).toEqual(ids));
    expect(ledger.requests).toHaveLength(4);
  });

  test('waits as long as Retry-After says', async () => {
    const at: number[] = [];
    const ledger = await server((index) => {
      at.push(performance.now());
      return index === 0 ? { status: 429, headers: { 'retry-after': '0.1' } } : { status: 200 };
    });
    const ids = emit(exporter(ledger.url), 1);
    await vi.waitFor(() => expect(ledger.stored).toEqual(ids));
    expect(at[1]! - at[0]!).toBeGreaterThan(90);
  });

  test('goes on when a ledger that was down is up', async () => {
    const first = await server();
    const { port } = first.url;
    await first.close();
    const to = exporter(first.url);
    const ids = emit(to, 3);
    expect(await to.forceFlush(1_000)).toBe(false);
    const second = await server(undefined, Number(port));
    await vi.waitFor(() => expect(second.stored).toEqual(ids));
  });

  test('gives up what the ledger refuses for good, and counts it', async () => {
    const ledger = await server((index) => ({ status: index === 0 ? 400 : 200 }));
    const to = exporter(ledger.url);
    emit(to, 2);
    expect(await to.forceFlush(1_000)).toBe(true);
    const ids = emit(to, 1);
    await to.forceFlush(1_000);
    expect(ledger.stored).toEqual(ids);
    expect(to.dropped).toEqual({ refused: 2 });
  });

  test('halves what is too large for the ledger', async () => {
    const sizes: number[] = [];
    const ledger = await server((index) => ({ status: index < 2 ? 413 : 200 }));
    const to = exporter(ledger.url);
    const ids = emit(to, 8);
    await to.forceFlush(1_000);
    for (const { body } of ledger.requests) sizes.push(body.resourceLogs[0]!.scopeLogs[0]!.logRecords.length);
    expect(sizes).toEqual([8, 4, 2, 2, 2, 2]);
    expect(ledger.stored).toEqual(ids);
  });

  test('counts records that the ledger took and will not store', async () => {
    const ledger = await server(() => ({ status: 200, body: '{"partialSuccess":{"rejectedLogRecords":"2"}}' }));
    const to = exporter(ledger.url);
    emit(to, 3);
    await to.forceFlush(1_000);
    expect(to.dropped).toEqual({ rejected: 2 });
  });
});

describe('memory', () => {
  test('is bounded without a spool: what does not fit is given up and counted, and later records go out', async () => {
    const ledger = await server((index) => ({ status: index === 0 ? 503 : 200 }));
    const to = exporter(ledger.url, { maxQueue: 5, backoffMs: [1_000_000, 1_000_000] });
    const kept = emit(to, 8).slice(0, 5);
    expect(await to.forceFlush(1_000)).toBe(false);
    expect(to.dropped).toEqual({ 'queue-full': 3 });
    expect(await to.forceFlush(1_000)).toBe(true);
    const later = emit(to, 1);
    await to.forceFlush(1_000);
    expect(ledger.stored).toEqual([...kept, ...later]);
  });

  test('overflows to the spool, and nothing is lost when the ledger is back', async () => {
    const directory = folder();
    let up = false;
    const ledger = await server(() => ({ status: up ? 200 : 503 }));
    const spool = createSpool({ directory, segmentBytes: 8_000 });
    const to = exporter(ledger.url, { spool, maxQueue: 10, batchSize: 4, backoffMs: [1_000_000, 1_000_000] });
    const ids = emit(to, 100);
    expect(await to.forceFlush(1_000)).toBe(false);
    up = true;
    expect(await to.forceFlush(10_000)).toBe(true);
    expect(ledger.stored.toSorted()).toEqual(ids.toSorted());
    expect(to.dropped).toEqual({});
  });
});

describe('forceFlush', () => {
  test('ends in time where the ledger does not answer', async () => {
    const ledger = await server(() => null);
    const to = exporter(ledger.url);
    emit(to, 1);
    expect(await to.forceFlush(50)).toBe(false);
  });

  test('is true where nothing waits', async () => {
    const ledger = await server();
    expect(await exporter(ledger.url).forceFlush(50)).toBe(true);
    expect(ledger.requests).toEqual([]);
  });

  test('waits for the request that is under way', async () => {
    const ledger = await server();
    const to = exporter(ledger.url, { batchSize: 2 });
    const ids = emit(to, 5);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await to.forceFlush(1_000)).toBe(true);
    expect(ledger.stored).toEqual(ids);
  });
});

describe('the spool of an exporter', () => {
  test('is empty when all is acknowledged', async () => {
    const directory = folder();
    const ledger = await server();
    const to = exporter(ledger.url, { spool: createSpool({ directory, segmentBytes: 4_000 }) });
    emit(to, 20);
    await to.shutdown(1_000);
    expect(ledger.stored).toHaveLength(20);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('keeps what was not acknowledged at shutdown', async () => {
    const directory = folder();
    const ledger = await server(() => ({ status: 503 }));
    const to = exporter(ledger.url, { spool: createSpool({ directory }) });
    emit(to, 3);
    await to.shutdown(100);
    expect(readdirSync(directory)).toHaveLength(1);
  });
});
