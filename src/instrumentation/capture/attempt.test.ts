import { ROOT_CONTEXT } from '@opentelemetry/api';
import { createHostMap } from '@wiretally/usage';
import type { Exchange } from '@wiretally/usage';
import { describe, expect, it } from 'vitest';
import type { CallTiming } from '../call-observer.ts';
import { Capture } from './capture.ts';
import type { CaptureLimits } from './limits.ts';
import type { Attempt } from './attempt.ts';

const HOST = 'api.openai.com';

interface Given {
  readonly keepContent?: boolean;
  readonly limits?: Partial<CaptureLimits> | undefined;
  /** Where exchanges go that ended. */
  readonly exchanges?: Exchange[];
}

function setUp({ exchanges = [], ...options }: Given = {}) {
  let now = 1_000;
  const timings: CallTiming[] = [];
  const observer = {
    start: () => ({
      context: ROOT_CONTEXT,
      end: (exchange: Exchange, timing: CallTiming) => {
        exchanges.push(exchange);
        timings.push(timing);
      },
      discard: () => undefined,
    }),
  };
  const capture = new Capture({ hosts: createHostMap({}), observer, now: () => now, ...options });
  const begin = (): Attempt => {
    const reader = { headers: () => ({}), unsentBody: () => null };
    const url = new URL(`https://${HOST}/v1/chat/completions`);
    return capture.begin(capture.match(`https://${HOST}`)!, {}, reader, 'POST', url)!;
  };
  const after = (milliseconds: number): void => {
    now += milliseconds;
  };
  return { begin, after, timings };
}

const chunk = new TextEncoder().encode('data: {}\n\n');

describe('the chunks of an answer', () => {
  it('are timed from one to the next where it is a stream', () => {
    const { begin, after, timings } = setUp();
    const attempt = begin();
    after(100);
    attempt.answer(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    for (const gap of [50, 15, 15, 700]) {
      after(gap);
      attempt.received(chunk);
    }
    attempt.end(null);
    attempt.deliver();
    expect(timings[0]).toMatchObject({ durationMs: 880, timeToFirstChunkMs: 150 });
    expect(timings[0]?.chunkGaps).toMatchObject({ count: 3, min: 0.015, max: 0.7 });
    expect(timings[0]?.chunkGaps?.sum).toBeCloseTo(0.73, 9);
  });

  it('are timed anew where the request was sent again', () => {
    const { begin, after, timings } = setUp();
    const attempt = begin();
    for (let sent = 0; sent < 2; sent += 1) {
      attempt.sending();
      attempt.answer(200, { 'content-type': 'text/event-stream' });
      attempt.received(chunk);
      after(10);
      attempt.received(chunk);
    }
    attempt.end(null);
    attempt.deliver();
    expect(timings[0]?.chunkGaps?.count).toBe(1);
  });

  it('are not timed where it is none', () => {
    const { begin, timings } = setUp();
    const attempt = begin();
    attempt.answer(200, { 'content-type': 'application/json' });
    attempt.received(chunk);
    attempt.received(chunk);
    attempt.end(null);
    attempt.deliver();
    expect(timings[0]?.chunkGaps).toBeNull();
  });
});

describe('the beginning of a body that is kept', () => {
  const keptOf = (options: { keepContent: boolean; limits?: Partial<CaptureLimits> }, at = 0): number[] => {
    const exchanges: Exchange[] = [];
    const { begin } = setUp({ ...options, exchanges });
    const attempts = Array.from({ length: at + 1 }, () => begin());
    const attempt = attempts[at]!;
    attempt.sent(new Uint8Array(1_000_000));
    attempt.answer(200, { 'content-type': 'text/event-stream' });
    attempt.received(new Uint8Array(1_000_000));
    attempt.end(null);
    attempt.deliver();
    const [{ request, response } = { request: undefined, response: undefined }] = exchanges;
    return [request?.body?.head.length ?? 0, response?.body?.head.length ?? 0].map((bytes) => bytes / 1024);
  };

  it('is short, and longer where messages are captured, up to a bound of exchanges at a time', () => {
    expect(keptOf({ keepContent: false })).toEqual([32, 4]);
    expect(keptOf({ keepContent: true })).toEqual([256, 256]);
    expect(keptOf({ keepContent: true, limits: { contentInFlight: 2 } }, 1)).toEqual([256, 256]);
    expect(keptOf({ keepContent: true, limits: { contentInFlight: 2 } }, 2)).toEqual([32, 4]);
  });
});
