/** The readers alone, without a network, held to the naive truth over the development corpus. */
import { describe, expect, it } from 'vitest';
import { priceReading, readExchange, wholeBody } from '@wiretally/usage';
import type { BodyView, Exchange, Reading } from '@wiretally/usage';
import { answeredAtMs } from './answered-at.ts';
import { compare } from './compare.ts';
import { defaultCorpusFile, readCorpus, requestBytes, responseBytes } from './corpus.ts';
import type { RecordedExchange } from './corpus.ts';
import { isKnown, tableProblems } from './known-differences.ts';
import { outputRecord } from './output.ts';

const file = defaultCorpusFile();

describe.skipIf(file === null)('readers over the development corpus (skipped where it is absent)', async () => {
  const exchanges = file === null ? [] : await readCorpus(file);

  it('read every stated usage exactly, and price it within a thousandth of a stated cost', () => {
    const read = exchanges.filter((exchange) => new URL(exchange.url).hostname !== 'localhost');
    const found = read.flatMap((exchange) => {
      const reading = readExchange(exchangeOf(exchange, wholeBody));
      const record = reading === null || reading.kind === 'admin' ? null : output(reading, answeredAtMs(exchange));
      return compare(exchange, record).differences;
    });
    expect(tableProblems(new Set(read.map(({ id }) => id)), found)).toEqual([]);
    const differences = found
      .filter((difference) => !isKnown(difference))
      .map(({ id, provider, operation, field, expected, actual }) => ({
        id,
        provider,
        operation,
        field,
        expected,
        actual,
      }));
    expect(differences).toEqual([]);
  });

  it('read the same from head and tail as from the whole body', () => {
    const differing = exchanges.filter((exchange) => {
      const whole = readExchange(exchangeOf(exchange, wholeBody));
      const ends = readExchange(exchangeOf(exchange, headAndTail));
      return JSON.stringify(whole) !== JSON.stringify(ends);
    });
    expect(differing.map(({ id, provider, operation }) => ({ id, provider, operation }))).toEqual([]);
  });
});

function exchangeOf(exchange: RecordedExchange, view: (bytes: Buffer) => BodyView): Exchange {
  return {
    request: {
      method: exchange.method,
      url: exchange.url,
      headers: exchange.request_headers,
      body: view(requestBytes(exchange)),
    },
    response: { status: exchange.status, headers: exchange.response_headers, body: view(responseBytes(exchange)) },
    receivedAtMs: 1_795_000_000_000,
  };
}

/** What capture keeps of a long body. */
function headAndTail(bytes: Buffer): BodyView {
  const head = bytes.subarray(0, 4096);
  const tail = bytes.subarray(Math.max(head.length, bytes.length - 32_768));
  return { head, tail, length: bytes.length, complete: true };
}

function output(reading: Reading, atMs: number | null): ReturnType<typeof outputRecord> {
  const pricing = priceReading(reading, { atMs: 1_795_000_000_000 });
  return outputRecord(
    {
      ...reading,
      ...pricing,
      id: '',
      timeUnixMicros: 0,
      host: '',
      port: null,
      durationMs: null,
      timeToFirstChunkMs: null,
      serviceName: null,
      serviceVersion: null,
      environment: null,
      traceId: null,
      spanId: null,
      source: 'wire',
      userId: null,
      chatId: null,
      sessionId: null,
      tags: {},
      credential: null,
    },
    atMs,
  );
}
