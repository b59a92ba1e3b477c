/** A batch's result file of any length, over the wire: every line is in a record, and nothing else is held. */
import { createServer } from 'node:http';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import * as zlib from 'node:zlib';
import { metrics, trace } from '@opentelemetry/api';
import { createHostMap } from '@wiretally/usage';
import type { UsageRecord } from '@wiretally/usage';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Capture } from '../../src/instrumentation/capture/capture.ts';
import type { CaptureLimits } from '../../src/instrumentation/capture/limits.ts';
import { enableTransports } from '../../src/instrumentation/capture/transports.ts';
import { createCallObserver } from '../../src/instrumentation/emit/observer.ts';

const LINES = 5000;
const line = (index: number, text: string): string =>
  JSON.stringify({
    id: `batch_req_${index}`,
    custom_id: `request-${index}`,
    response: {
      status_code: 200,
      body: {
        id: `chatcmpl-${index}`,
        model: 'gpt-4o-mini-2024-07-18',
        choices: [{ message: { content: text } }],
        usage: { prompt_tokens: index, completion_tokens: 1, total_tokens: index + 1 },
      },
    },
    error: null,
  });
/** About 3 MB; the tenth line alone is longer than what is kept of a line. */
const FILE = Buffer.from(
  Array.from({ length: LINES }, (_, index) =>
    line(index, index === 9 ? '"usage":{"prompt_tokens":7},é\n'.repeat(5000) : `ü${'x'.repeat(index % 700)}`),
  ).join('\n'),
);

let server: Server;
let origin = '';
let cleanUp: (() => void) | null = null;
beforeAll(async () => {
  server = createServer((req, res) => {
    const { searchParams } = new URL(req.url ?? '/', 'http://server');
    const gzip = searchParams.has('gzip');
    const body = gzip ? zlib.gzipSync(FILE) : FILE;
    const length = Number(searchParams.get('bytes') ?? body.length);
    res.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': body.length,
      ...(gzip && { 'content-encoding': 'gzip' }),
    });
    // Odd pieces, so that lines and characters are cut.
    const write = (at: number): void => {
      if (at >= length) {
        if (length < body.length) res.socket?.end();
        else res.end();
        return;
      }
      res.write(body.subarray(at, Math.min(at + 7919, length)), () => write(at + 7919));
    };
    write(0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});
afterEach(() => {
  cleanUp?.();
  cleanUp = null;
});

async function fetched(
  query: string,
  limits: Partial<CaptureLimits> = {},
  get = async (url: string): Promise<number> => (await (await fetch(url)).arrayBuffer()).byteLength,
): Promise<{ records: UsageRecord[]; size: number; faults: unknown }> {
  const records: UsageRecord[] = [];
  const hosts = createHostMap({ hosts: { [new URL(origin).host]: 'openai' } });
  const observer = createCallObserver({
    tracer: trace.getTracer('test'),
    meter: metrics.getMeter('test'),
    sink: (record) => records.push(record),
    hosts,
  });
  const capture = new Capture({ hosts, observer, limits });
  cleanUp = enableTransports(capture);
  const size = await get(`${origin}/v1/files/file-1/content?${query}`).catch(() => 0);
  while (capture.counters.inFlight > 0) await new Promise((resolve) => setImmediate(resolve));
  await capture.settled();
  return { records, size, faults: capture.counters.errors };
}

const linesOf = (records: readonly UsageRecord[]): unknown[] =>
  records.flatMap(({ parts }) => parts.map(({ id, tokens }) => [id, tokens.input]));
const dropped = (records: readonly UsageRecord[]): number =>
  records.reduce((sum, { droppedLines = 0 }) => sum + droppedLines, 0);
const EXPECTED = Array.from({ length: LINES }, (_, index) => [`request-${index}`, index]);

const nodeGet = (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    http.get(url, (res) => {
      let size = 0;
      res.on('data', (chunk: Buffer) => (size += chunk.length));
      res.on('end', () => resolve(size));
      res.on('error', reject);
    });
  });

describe('a batch’s result file', () => {
  it.each([
    ['plain, with fetch', '', undefined],
    ['gzip, with fetch', 'gzip', undefined],
    ['plain, with node:http', '', nodeGet],
    ['gzip, with node:http', 'gzip', nodeGet],
  ])('is read to its last line, whatever its length: %s', async (_, query, get) => {
    const { records, size, faults } = await fetched(query, {}, get);
    expect(size).toBe(query === 'gzip' && get === nodeGet ? zlib.gzipSync(FILE).length : FILE.length);
    expect(linesOf(records)).toEqual(EXPECTED);
    expect(faults).toEqual({});
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
    for (const record of records) {
      expect(record).toMatchObject({ kind: 'restated', operation: 'batch', responseId: 'file-1', costUsd: null });
      // What the ledger takes of one record.
      expect(JSON.stringify(record.parts).length).toBeLessThan(50_000);
      expect(record).not.toHaveProperty('droppedLines');
    }
  });

  it('that was cut gives the lines that came, and says that some did not', async () => {
    const { records } = await fetched('bytes=1000000');
    const lines = linesOf(records);
    expect(lines.length).toBeGreaterThan(1000);
    expect(lines).toEqual(EXPECTED.slice(0, lines.length));
    expect(dropped(records)).toBe(1);
  });

  it('with more lines than the limit says how many were left out', async () => {
    const { records } = await fetched('', { resultLines: 1200 });
    expect(linesOf(records)).toEqual(EXPECTED.slice(0, 1200));
    expect(dropped(records)).toBe(LINES - 1200);
  });
});
