import type { UsageRecord } from '@wiretally/usage';
import { expect, test } from 'vitest';
import { aRecord, memorySdk } from './emit.fixture.ts';
import { createCallMetrics } from './metrics.ts';

const limit = (remaining: number): Partial<UsageRecord> => ({
  rateLimits: [{ name: 'requests', window: 'minute', limit: 500, remaining, resetSeconds: null, resetAtMs: null }],
});

test('sums, last values and histograms hold every call, however often they are collected', async () => {
  const sdk = memorySdk();
  const metrics = createCallMetrics(sdk.meter, { semconv: 'latest' });
  const calls = [1, 2, 3].flatMap((round) => Array.from({ length: round * 3 }, (_, index) => ({ round, index })));
  let collected = 0;
  for (const { round, index } of calls) {
    metrics.record(aRecord({ durationMs: 100 * round, ...limit(400 - index), operation: 'chat' }), false);
    // Another operation of the same model, and a restated answer: the same gauge, of which the last value counts.
    metrics.record(aRecord({ ...limit(300 - index), operation: 'text_completion' }), false);
    metrics.record(aRecord({ ...limit(200 - index), kind: 'restated' }), false);
    if (index !== round * 3 - 1) continue;
    collected += round * 3;
    expect((await sdk.series('wiretally.calls')).map(({ value }) => value)).toEqual([collected, collected]);
    expect((await sdk.series('wiretally.rate_limit.remaining')).map(({ value }) => value)).toEqual([200 - index]);
  }
  const durations = await sdk.series('gen_ai.client.inference.duration');
  const ofChat = durations.find(({ attributes }) => attributes['gen_ai.operation.name'] === 'chat');
  expect(ofChat?.value).toBeCloseTo(3 * 0.1 + 6 * 0.2 + 9 * 0.3, 9);
});

test('values of histograms are not kept for a collection that never comes', async () => {
  const sdk = memorySdk();
  const recorded: number[] = [];
  const meter = new Proxy(sdk.meter, {
    get(target, name) {
      if (name === 'createHistogram') return () => ({ record: (value: number) => recorded.push(value) });
      const found: unknown = Reflect.get(target, name);
      return typeof found === 'function' ? (found.bind(target) as unknown) : found;
    },
  });
  const metrics = createCallMetrics(meter, { semconv: 'latest' });
  for (let call = 0; call < 1000; call += 1) metrics.record(aRecord(), false);
  // Duration, input and output tokens; what waits is less than a batch.
  expect(3000 - recorded.length).toBeLessThan(512);
});
