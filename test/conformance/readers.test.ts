/** The readers alone, without a network, held to the naive truth over the development corpus. */
import { describe, expect, it, vi } from 'vitest';
import { priceReading, readExchange, wholeBody } from '@wiretally/usage';
import type { BodyView, Exchange, Reading, TokenCounts } from '@wiretally/usage';
import { answeredAtMs } from './answered-at.ts';
import { compare } from './compare.ts';
import { defaultCorpusFile, readCorpus, requestBytes, responseBytes } from './corpus.ts';
import type { RecordedExchange } from './corpus.ts';
import { isKnown, tableProblems } from './known-differences.ts';
import { outputRecord } from './output.ts';
import { seededRandom } from '../random.ts';

/** Dialects name the events that are worth parsing; here all may be parsed instead. */
const parsing = vi.hoisted(() => ({ everyEvent: false }));
vi.mock(import('../../src/usage/framing/body-parts.ts'), async (original) => {
  const { bodyParts } = await original();
  return { bodyParts: (view, wants, ...more) => bodyParts(view, parsing.everyEvent ? null : wants, ...more) };
});

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

  it('read the same as if every event were parsed', () => {
    const reading = (exchange: RecordedExchange): string =>
      JSON.stringify(readExchange(exchangeOf(exchange, wholeBody)));
    const selective = exchanges.map(reading);
    parsing.everyEvent = true;
    const everything = exchanges.map(reading);
    parsing.everyEvent = false;
    expect(exchanges.filter((_, index) => selective[index] !== everything[index]).map(({ id }) => id)).toEqual([]);
  });

  it('read the same wherever a body is cut in two, and from any head and tail of more than capture keeps', () => {
    const random = seededRandom(20_261_122);
    const upTo = (end: number): number => Math.floor(random() * (end + 1));
    const differing = exchanges.flatMap((exchange) => {
      const whole = JSON.stringify(readExchange(exchangeOf(exchange, wholeBody)));
      const cuts = exchange.streaming ? 24 : 4;
      return Array.from({ length: cuts }, (_, round) => {
        const response = responseBytes(exchange);
        const at = upTo(response.length);
        const view = round % 2 === 0 ? cutAt(response, at) : endsOf(response, 4096 + upTo(8192), 32_768 + upTo(8192));
        const read = JSON.stringify(readExchange({ ...exchangeOf(exchange, wholeBody), ...answerOf(exchange, view) }));
        return read === whole ? [] : [{ id: exchange.id, round, at }];
      }).flat();
    });
    expect(differing).toEqual([]);
  });

  it('never call a count final that is not, however little is kept of a body', () => {
    const random = seededRandom(4);
    const wrong = exchanges
      .filter(({ streaming }) => streaming)
      .flatMap((exchange) => {
        const whole = readExchange(exchangeOf(exchange, wholeBody));
        return Array.from({ length: 24 }, () => {
          const view = endsOf(responseBytes(exchange), Math.floor(random() * 3000), Math.floor(random() * 3000));
          const read = readExchange({ ...exchangeOf(exchange, wholeBody), ...answerOf(exchange, view) });
          const final = read?.usageSource === 'stream-final' || read?.usageSource === 'body';
          const stated = Object.entries(read?.tokens ?? {}).filter(([, count]) => count !== null);
          const right = stated.every(([name, count]) => whole?.tokens[name as keyof TokenCounts] === count);
          return final && !right ? [{ id: exchange.id, head: view.head.length, tail: view.tail.length }] : [];
        }).flat();
      });
    expect(wrong).toEqual([]);
  });
});

function cutAt(bytes: Buffer, at: number): BodyView {
  return { head: bytes.subarray(0, at), tail: bytes.subarray(at), length: bytes.length, complete: true };
}

function endsOf(bytes: Buffer, headBytes: number, tailBytes: number): BodyView {
  const head = bytes.subarray(0, headBytes);
  const tail = bytes.subarray(Math.max(head.length, bytes.length - tailBytes));
  return { head, tail, length: bytes.length, complete: true };
}

function answerOf(exchange: RecordedExchange, body: BodyView): Pick<Exchange, 'response'> {
  return { response: { status: exchange.status, headers: exchange.response_headers, body } };
}

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

/** What capture keeps of a long stream. */
function headAndTail(bytes: Buffer): BodyView {
  return endsOf(bytes, 4096, 32_768);
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
