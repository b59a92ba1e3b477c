import type { UsageRecord } from '@wiretally/usage';
import { NO_TOKENS, RECORD_ATTRIBUTES } from '@wiretally/usage';
import { afterEach, describe, expect, test } from 'vitest';
import { aRecord, memorySdk } from './emit.fixture.ts';
import { createEmitter } from './emitter.ts';
import { forgetProcessWide } from './process-wide.ts';
import { ATTR, CACHE_WRITE_ATTR, USAGE_ATTR } from './semconv.ts';
import { serviceFromEnvironment } from './service.ts';

afterEach(() => forgetProcessWide('emitter'));

function setUp() {
  const sdk = memorySdk();
  const emitter = createEmitter({ tracer: sdk.tracer, meter: sdk.meter, sink: () => undefined });
  const emit = (record: UsageRecord): void => emitter.emit(record, sdk.tracer.startSpan('x'), false);
  return { sdk, emit };
}

const PENDING = aRecord({
  operation: 'chat',
  tokens: NO_TOKENS,
  usageSource: 'missing',
  usageMissingReason: 'pending',
  costUsd: null,
  costReportedUsd: null,
  responseId: 'resp-1',
});
const ANSWER = aRecord({ kind: 'restated', operation: 'retrieve', responseId: 'resp-1', costUsd: null });

describe('a call that is completed by a later answer', () => {
  test('gets its tokens and cost counted once, in the process that made it', async () => {
    const { sdk, emit } = setUp();
    emit(PENDING);
    emit(ANSWER);
    emit(ANSWER);
    expect(await sdk.series('wiretally.calls')).toMatchObject([{ value: 1 }]);
    const input = (await sdk.series('wiretally.tokens')).find(
      ({ attributes }) => attributes['wiretally.token.type'] === 'input',
    );
    expect(input?.value).toBe(1000);
    expect(await sdk.series('wiretally.cost.usd')).toMatchObject([{ value: 0.0005 }]);
    expect(await sdk.series('gen_ai.client.inference.usage.output_tokens')).toMatchObject([{ value: 200 }]);
  });

  test('is not counted by a process that only asks for the answer', async () => {
    const { sdk, emit } = setUp();
    emit(ANSWER);
    expect(await sdk.series('wiretally.tokens')).toEqual([]);
  });

  test('that is a batch gets the tokens of its lines, as they come, where a poll said which file has them', async () => {
    const sdk = memorySdk();
    const emitter = createEmitter({ tracer: sdk.tracer, meter: sdk.meter, sink: () => undefined });
    const emit = (record: UsageRecord): void => emitter.emit(record, sdk.tracer.startSpan('x'), false);
    const part = {
      kind: 'batch_line',
      id: 'a',
      model: 'gpt-4o-mini',
      tokens: { ...NO_TOKENS, input: 1000 },
      units: {},
    };
    const lines = aRecord({ kind: 'restated', responseId: 'file-1', tokens: NO_TOKENS, parts: [part], costUsd: null });
    emit({ ...PENDING, operation: 'batch' });
    emit({ ...PENDING, kind: 'restated', resultsId: 'file-1' });
    emitter.emitLines(lines, false);
    emit(lines);
    // Fetched again.
    emitter.emitLines(lines, false);
    emit(lines);
    expect(await sdk.series('wiretally.calls')).toMatchObject([{ value: 1 }]);
    expect(await sdk.series('wiretally.tokens')).toMatchObject([{ value: 2000 }]);
  });

  test('keeps the tokens of the answer off its span, where a sum would count them twice', () => {
    const { sdk, emit } = setUp();
    emit(ANSWER);
    const names = Object.keys(sdk.spans.getFinishedSpans()[0]!.attributes);
    expect(names.filter((name) => name.startsWith('gen_ai.usage'))).toEqual([]);
  });
});

describe('capture’s counters', () => {
  test('are metrics, by reason', async () => {
    const sdk = memorySdk();
    const capture = { seen: 5, emitted: 3, inFlight: 1, dropped: { redirect: 1 }, errors: { decode: 2 } };
    createEmitter({ tracer: sdk.tracer, meter: sdk.meter, sink: () => undefined, capture });
    expect(await sdk.series('wiretally.capture.seen')).toEqual([{ value: 5, attributes: {} }]);
    expect(await sdk.series('wiretally.capture.emitted')).toEqual([{ value: 3, attributes: {} }]);
    expect(await sdk.series('wiretally.capture.in_flight')).toEqual([{ value: 1, attributes: {} }]);
    expect(await sdk.series('wiretally.capture.dropped')).toEqual([
      { value: 1, attributes: { 'wiretally.reason': 'redirect' } },
    ]);
    expect(await sdk.series('wiretally.capture.errors')).toEqual([
      { value: 2, attributes: { 'wiretally.reason': 'decode' } },
    ]);
  });
});

describe('names', () => {
  test('that spans and the ledger record share are the same', () => {
    const ledger = new Set(RECORD_ATTRIBUTES.map(({ attribute }) => attribute));
    const onSpansOnly: string[] = [
      ATTR.tokenType,
      ATTR.tokenModality,
      // The record has milliseconds.
      ATTR.timeToFirstChunk,
      ATTR.retryCount,
      ATTR.ownTokenType,
      ATTR.reason,
      ATTR.limitName,
      ATTR.limitWindow,
      CACHE_WRITE_ATTR['v1.41'],
    ];
    const names = [...Object.values(ATTR), ...Object.values(USAGE_ATTR), ...Object.values(CACHE_WRITE_ATTR)];
    expect(names.filter((name) => !ledger.has(name)).toSorted()).toEqual(onSpansOnly.toSorted());
  });
});

describe('the service', () => {
  test('is what the standard variables say', () => {
    expect(
      serviceFromEnvironment({
        OTEL_SERVICE_NAME: 'shop',
        OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,service.version=1%2E2,deployment.environment.name=prod',
      }),
    ).toEqual({ name: 'shop', version: '1.2', environment: 'prod' });
    expect(serviceFromEnvironment({})).toEqual({ name: null, version: null, environment: null });
  });
});
