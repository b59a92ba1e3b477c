import type { UsageRecord } from '@wiretally/usage';
import { NO_TOKENS } from '@wiretally/usage';
import { describe, expect, test } from 'vitest';
import { aRecord, memorySdk } from './emit.fixture.ts';
import { INSTRUMENTS } from './instruments.ts';
import { createCallMetrics } from './metrics.ts';
import type { SemconvScheme } from './semconv.ts';

async function measure(records: readonly UsageRecord[], semconv: SemconvScheme = 'latest') {
  const sdk = memorySdk();
  const metrics = createCallMetrics(sdk.meter, { semconv });
  for (const record of records) metrics.record(record, false);
  const found = await sdk.metrics();
  return { sdk, names: found.map(({ descriptor }) => descriptor.name).toSorted(), found };
}

const MODEL = {
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o-mini',
  'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
};

describe('our own metrics', () => {
  test('count calls, tokens and cost', async () => {
    const { sdk } = await measure([aRecord(), aRecord({ errorType: '429', tokens: NO_TOKENS, costUsd: null })]);
    expect(await sdk.series('wiretally.calls')).toEqual([
      { value: 1, attributes: { ...MODEL, 'gen_ai.operation.name': 'chat', 'wiretally.service_type': 'text' } },
      {
        value: 1,
        attributes: {
          ...MODEL,
          'gen_ai.operation.name': 'chat',
          'wiretally.service_type': 'text',
          'error.type': '429',
        },
      },
    ]);
    const tokens: Record<string, number> = Object.fromEntries(
      (await sdk.series('wiretally.tokens')).map(({ value, attributes }) => [
        String(attributes['wiretally.token.type']),
        value,
      ]),
    );
    expect(tokens).toEqual({ input: 1000, output: 200, cache_read: 600, cache_write: 0, reasoning: 50 });
    expect(await sdk.series('wiretally.cost.usd')).toEqual([
      { value: 0.0005, attributes: { ...MODEL, 'gen_ai.operation.name': 'chat', 'wiretally.cost.source': 'provider' } },
    ]);
  });

  test('record nothing where usage and cost are unknown, but count that they are', async () => {
    const unknown = aRecord({
      tokens: NO_TOKENS,
      usageSource: 'missing',
      usageMissingReason: 'aborted',
      costUsd: null,
      costSource: null,
      unpricedReason: 'usage-missing',
    });
    const { sdk, names } = await measure([unknown]);
    expect(names).toEqual([
      'gen_ai.client.inference.duration',
      'wiretally.calls',
      'wiretally.calls.unknown_usage',
      'wiretally.calls.unpriced',
    ]);
    expect(await sdk.series('wiretally.calls.unknown_usage')).toMatchObject([
      { value: 1, attributes: { 'wiretally.reason': 'aborted' } },
    ]);
    expect(await sdk.series('wiretally.calls.unpriced')).toMatchObject([
      { value: 1, attributes: { 'wiretally.reason': 'usage-missing' } },
    ]);
  });

  test('leave out answers that repeat another call, and work that is free', async () => {
    const { names } = await measure([aRecord({ kind: 'restated' }), aRecord({ kind: 'free', costUsd: '0' })]);
    expect(names).toEqual([]);
  });

  test('show the limits that an answer stated, and when', async () => {
    const limit = { name: 'requests', window: 'minute', limit: 500, remaining: 499, resetSeconds: 60, resetAtMs: null };
    const { sdk } = await measure([aRecord({ rateLimits: [limit] })]);
    const attributes = {
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'wiretally.rate_limit.name': 'requests',
      'wiretally.rate_limit.window': 'minute',
    };
    expect(await sdk.series('wiretally.rate_limit.limit')).toEqual([{ value: 500, attributes }]);
    expect(await sdk.series('wiretally.rate_limit.remaining')).toEqual([{ value: 499, attributes }]);
    const answeredAt = Date.UTC(2026, 10, 22, 12, 0, 1, 750) / 1000;
    expect(await sdk.series('wiretally.rate_limit.observed.timestamp')).toEqual([{ value: answeredAt, attributes }]);
    expect(await sdk.series('wiretally.rate_limit.reset.timestamp')).toEqual([{ value: answeredAt + 60, attributes }]);
  });

  test('count what limits stated absurdly', async () => {
    const { sdk } = await measure([aRecord({ droppedLimits: 2 }), aRecord({}), aRecord({ droppedLimits: 1 })]);
    expect(await sdk.series('wiretally.rate_limit.dropped')).toEqual([
      { value: 3, attributes: { 'gen_ai.provider.name': 'openai' } },
    ]);
  });

  test('count retries where the client tells', async () => {
    const { sdk } = await measure([aRecord({ retryCount: 0 }), aRecord({ retryCount: 1 }), aRecord({ retryCount: 2 })]);
    expect(await sdk.series('wiretally.retries')).toEqual([{ value: 2, attributes: MODEL }]);
  });
});

describe('the conventions’ metrics', () => {
  const conventional = (names: readonly string[]): string[] => names.filter((name) => name.startsWith('gen_ai.'));

  test('have the latest names by default', async () => {
    const { names, sdk } = await measure([aRecord({ streamed: true })]);
    expect(conventional(names)).toEqual([
      'gen_ai.client.inference.duration',
      'gen_ai.client.inference.operation.input_tokens',
      'gen_ai.client.inference.operation.output_tokens',
      'gen_ai.client.inference.time_to_first_chunk',
      'gen_ai.client.inference.usage.cache_read.input_tokens',
      'gen_ai.client.inference.usage.cache_write.input_tokens',
      'gen_ai.client.inference.usage.input_tokens',
      'gen_ai.client.inference.usage.output_tokens',
      'gen_ai.client.inference.usage.reasoning.output_tokens',
    ]);
    expect(await sdk.series('gen_ai.client.inference.duration')).toEqual([
      {
        value: 1.5,
        attributes: {
          ...MODEL,
          'gen_ai.operation.name': 'chat',
          'server.address': 'api.example.test',
          'server.port': 443,
        },
      },
    ]);
  });

  test('have the names of v1.41 where asked for', async () => {
    const { names, sdk } = await measure([aRecord({ streamed: true })], 'v1.41');
    expect(conventional(names)).toEqual([
      'gen_ai.client.operation.duration',
      'gen_ai.client.operation.time_to_first_chunk',
      'gen_ai.client.token.usage',
    ]);
    const usage = await sdk.series('gen_ai.client.token.usage');
    expect(usage.map(({ value, attributes }) => [attributes['gen_ai.token.type'], value])).toEqual([
      ['input', 1000],
      ['output', 200],
    ]);
  });

  test('have both with dup', async () => {
    const { names } = await measure([aRecord({ streamed: true })], 'dup');
    expect(conventional(names)).toHaveLength(12);
  });

  test('keep the old duration for what is not inference, once', async () => {
    for (const semconv of ['latest', 'v1.41', 'dup'] as const) {
      const { names, sdk } = await measure([aRecord({ operation: 'embeddings' })], semconv);
      expect(names).not.toContain('gen_ai.client.inference.duration');
      expect(await sdk.series('gen_ai.client.operation.duration')).toMatchObject([{ value: 1.5 }]);
    }
  });

  test('split tokens by modality as far as the provider does', async () => {
    const tokens = { ...NO_TOKENS, input: 100, inputAudio: 30, inputImage: 20, output: 10 };
    const { sdk } = await measure([aRecord({ tokens })]);
    const split = async (name: string): Promise<Record<string, number>> =>
      Object.fromEntries(
        (await sdk.series(name)).map(({ value, attributes }) => [String(attributes['gen_ai.token.modality']), value]),
      );
    expect(await split('gen_ai.client.inference.usage.input_tokens')).toEqual({ audio: 30, image: 20, text: 50 });
    expect(await split('gen_ai.client.inference.usage.output_tokens')).toEqual({ unknown: 10 });
  });

  test('report billable tokens where they differ from those that were processed', async () => {
    const { sdk } = await measure([aRecord({ tokens: { ...NO_TOKENS, input: 100, billedInput: 40 } })]);
    expect(await sdk.series('gen_ai.client.inference.usage.input_tokens')).toMatchObject([{ value: 40 }]);
  });

  test('have the buckets of the conventions', async () => {
    const { found } = await measure([aRecord()]);
    const boundaries = (name: string): unknown =>
      (
        found.find(({ descriptor }) => descriptor.name === name)?.dataPoints[0]?.value as
          { buckets?: object } | undefined
      )?.buckets;
    expect(boundaries('gen_ai.client.inference.duration')).toMatchObject({
      boundaries: Array.from({ length: 14 }, (_, n) => expect.closeTo(0.01 * 2 ** n, 9) as number),
    });
    expect(boundaries('gen_ai.client.inference.operation.input_tokens')).toMatchObject({
      boundaries: Array.from({ length: 14 }, (_, n) => 4 ** n),
    });
  });
});

describe('broken numbers', () => {
  test('are left out, since a sum would keep them for ever', async () => {
    const broken = aRecord({ tokens: { ...NO_TOKENS, input: Number.NaN, output: -5 }, costUsd: 'much' });
    const { sdk } = await measure([broken, aRecord()]);
    const tokens = await sdk.series('wiretally.tokens');
    expect(tokens.find(({ attributes }) => attributes['wiretally.token.type'] === 'input')?.value).toBe(1000);
    expect(tokens.find(({ attributes }) => attributes['wiretally.token.type'] === 'output')?.value).toBe(200);
    expect(await sdk.series('wiretally.cost.usd')).toMatchObject([{ value: 0.0005 }]);
  });
});

describe('units', () => {
  test('are those that leave the names in Prometheus as they are: braces, or seconds', () => {
    for (const { name, unit } of INSTRUMENTS) expect(unit, name).toMatch(/^(?:s|\{\w+\})$/);
  });
});

describe('cardinality', () => {
  test('stays bounded with 10,000 names of models, hosts and errors', async () => {
    const { found } = await measure(
      Array.from({ length: 10_000 }, (_, n) =>
        aRecord({ requestModel: `model-${n}`, responseModel: null, host: `host-${n}.test`, errorType: `error-${n}` }),
      ),
    );
    for (const { descriptor, dataPoints } of found) {
      expect(dataPoints.length, descriptor.name).toBeLessThanOrEqual(201 * 5);
    }
    const calls = found.find(({ descriptor }) => descriptor.name === 'wiretally.calls');
    const values = new Set(calls?.dataPoints.map(({ attributes }) => attributes['gen_ai.request.model']));
    expect(values).toContain('model-0');
    expect(values).toContain('other');
    expect(values.size).toBe(201);
  });

  test('is the allow-list’s where one is given', async () => {
    const sdk = memorySdk();
    const metrics = createCallMetrics(sdk.meter, { semconv: 'latest', models: ['gpt-4o'] });
    metrics.record(aRecord({ requestModel: 'gpt-4o' }), false);
    metrics.record(aRecord({ requestModel: 'gpt-5' }), false);
    const models = (await sdk.series('wiretally.calls')).map(({ attributes }) => attributes['gen_ai.request.model']);
    expect(models).toEqual(['gpt-4o', 'other']);
  });

  test('no metric names a person, a conversation or a tag', () => {
    const personal = /user|session|conversation|chat|tag/;
    for (const { name, attributes } of INSTRUMENTS) {
      expect(
        attributes.filter((attribute) => personal.test(attribute)),
        name,
      ).toEqual([]);
    }
  });
});
