import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { UsageRecord } from '@wiretally/usage';
import { NO_TOKENS } from '@wiretally/usage';
import { describe, expect, test } from 'vitest';
import { aCall, anExchange, aProvider, aReading, hostsOf, memorySdk, STARTED_AT_MS, within } from './emit.fixture.ts';
import type { MemorySdk } from './emit.fixture.ts';
import { createCallObserver } from './observer.ts';
import type { ObserverOptions } from './observer.ts';

const TIMING = { durationMs: 1500, timeToFirstChunkMs: 300 };

function setUp(options: Partial<ObserverOptions> & { provider?: ReturnType<typeof aProvider>; sdk?: MemorySdk } = {}) {
  const { provider = aProvider(), sdk = memorySdk(), ...rest } = options;
  const records: UsageRecord[] = [];
  const observer = createCallObserver({
    tracer: sdk.tracer,
    meter: sdk.meter,
    hosts: hostsOf(provider),
    sink: (record) => records.push(record),
    ...rest,
  });
  return { observer, provider, records, sdk };
}

describe('the span of a call', () => {
  test('is a CLIENT span with the conventions’ attributes, from the request to the end of the answer', () => {
    const { observer, provider, sdk } = setUp();
    observer.start(aCall(provider))?.end(anExchange(), TIMING);
    const [span] = sdk.spans.getFinishedSpans();
    expect(span).toMatchObject({
      name: 'chat gpt-4o-mini',
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
    });
    expect(span?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
      'gen_ai.response.id': 'chatcmpl-1',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 200,
      'gen_ai.usage.cache_read.input_tokens': 600,
      'gen_ai.usage.cache_write.input_tokens': 0,
      'gen_ai.usage.reasoning.output_tokens': 50,
      'server.address': 'api.example.test',
      'server.port': 443,
      'http.response.status_code': 200,
      'wiretally.cost.usd': 0.0005,
    });
    const seconds = ([whole, nanos]: [number, number]): number => whole + nanos / 1e9;
    expect(seconds(span!.startTime)).toBeCloseTo(STARTED_AT_MS / 1000, 6);
    expect(seconds(span!.endTime) - seconds(span!.startTime)).toBeCloseTo(1.5, 6);
  });

  test('leaves out what the provider did not state', () => {
    const provider = aProvider(() => aReading({ tokens: NO_TOKENS, responseModel: null, usageSource: 'missing' }));
    const { observer, sdk } = setUp({ provider });
    observer.start(aCall(provider))?.end(anExchange(), TIMING);
    const attributes = sdk.spans.getFinishedSpans()[0]!.attributes;
    expect(Object.keys(attributes).filter((name) => name.startsWith('gen_ai.usage'))).toEqual([]);
    expect(attributes).not.toHaveProperty('gen_ai.response.model');
  });

  test('has the names of v1.41 where they are asked for, and both with dup', () => {
    for (const [semconv, names] of [
      ['v1.41', ['gen_ai.usage.cache_creation.input_tokens']],
      ['dup', ['gen_ai.usage.cache_creation.input_tokens', 'gen_ai.usage.cache_write.input_tokens']],
    ] as const) {
      const { observer, provider, sdk } = setUp({ semconv });
      observer.start(aCall(provider))?.end(anExchange(), TIMING);
      const found = Object.keys(sdk.spans.getFinishedSpans()[0]!.attributes).filter((name) =>
        /cache_(?:cre|wri)/.test(name),
      );
      expect(found.toSorted()).toEqual(names);
    }
  });

  test('says the provider’s error code as error.type, and no message', () => {
    const provider = aProvider(() =>
      aReading({ status: 429, errorType: 'rate_limit_exceeded', errorClass: 'rate_limit' }),
    );
    const { observer, sdk } = setUp({ provider });
    observer.start(aCall(provider))?.end(anExchange(), TIMING);
    const [span] = sdk.spans.getFinishedSpans();
    expect(span?.attributes['error.type']).toBe('rate_limit_exceeded');
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
  });

  test('of a stream that was cut has `error` as its finish reason; the record only what was stated', () => {
    const cut = { streamed: true, finishReasons: [], errorType: 'aborted', errorClass: 'aborted' } as const;
    const provider = aProvider(() => aReading(cut));
    const { observer, records, sdk } = setUp({ provider });
    observer.start(aCall(provider))?.end(anExchange(), TIMING);
    expect(sdk.spans.getFinishedSpans()[0]?.attributes['gen_ai.response.finish_reasons']).toEqual(['error']);
    expect(records[0]?.finishReasons).toEqual([]);
  });

  test('is the child of the application’s span and the parent of what runs in the call’s context', () => {
    const { observer, provider, sdk } = setUp();
    const parent = sdk.tracer.startSpan('request');
    const call = observer.start(aCall(provider, within(parent)));
    sdk.tracer.startSpan('HTTP POST', {}, call?.context).end();
    call?.end(anExchange(), TIMING);
    parent.end();
    const [http, ours, root] = sdk.spans.getFinishedSpans();
    expect(ours?.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
    expect(http?.parentSpanContext?.spanId).toBe(ours?.spanContext().spanId);
  });

  test('of a redirect hop ends without a record', () => {
    const { observer, provider, records, sdk } = setUp();
    observer.start(aCall(provider))?.discard();
    expect(sdk.spans.getFinishedSpans()).toHaveLength(1);
    expect(records).toEqual([]);
  });
});

describe('another instrumentation’s inference span', () => {
  test('is enriched instead of doubled, and what it said stays', () => {
    const { observer, provider, records, sdk } = setUp();
    const theirs = sdk.tracer.startSpan('chat', {
      attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'theirs' },
    });
    const call = observer.start(aCall(provider, within(theirs)));
    call?.end(anExchange(), TIMING);
    expect(sdk.spans.getFinishedSpans()).toEqual([]);
    theirs.end();
    const [span] = sdk.spans.getFinishedSpans();
    expect(span?.name).toBe('chat');
    expect(span?.attributes).toMatchObject({ 'gen_ai.request.model': 'theirs', 'gen_ai.usage.input_tokens': 1000 });
    expect(records[0]?.spanId).toBe(theirs.spanContext().spanId);
  });

  test('leaves the conventions’ metrics to that instrumentation; ours are recorded', async () => {
    const { observer, provider, sdk } = setUp();
    const theirs = sdk.tracer.startSpan('chat', { attributes: { 'gen_ai.operation.name': 'chat' } });
    observer.start(aCall(provider, within(theirs)))?.end(anExchange(), TIMING);
    const names = (await sdk.metrics()).map(({ descriptor }) => descriptor.name);
    expect(names.filter((name) => name.startsWith('gen_ai.'))).toEqual([]);
    expect(names).toContain('wiretally.cost.usd');
  });

  test('of an agent is a parent, not the same call', () => {
    const { observer, provider, sdk } = setUp();
    const agent = sdk.tracer.startSpan('invoke_agent', { attributes: { 'gen_ai.operation.name': 'invoke_agent' } });
    observer.start(aCall(provider, within(agent)))?.end(anExchange(), TIMING);
    expect(sdk.spans.getFinishedSpans().map(({ name }) => name)).toEqual(['chat gpt-4o-mini']);
  });

  test('that has ended meanwhile is left alone', () => {
    const { observer, provider, records, sdk } = setUp();
    const theirs = sdk.tracer.startSpan('chat', { attributes: { 'gen_ai.operation.name': 'chat' } });
    const call = observer.start(aCall(provider, within(theirs)));
    theirs.end();
    call?.end(anExchange(), TIMING);
    expect(sdk.spans.getFinishedSpans()[0]?.attributes).not.toHaveProperty('gen_ai.usage.input_tokens');
    expect(records).toHaveLength(1);
  });
});

describe('what is observed', () => {
  test('nothing in a context in which tracing is suppressed: that is an exporter at work', () => {
    const { observer, provider } = setUp();
    expect(observer.start(aCall(provider, suppressTracing(ROOT_CONTEXT)))).toBeNull();
  });

  test('no admin requests, unless asked for', () => {
    const provider = aProvider(() => aReading({ kind: 'admin', operation: 'admin' }), 'admin');
    expect(setUp({ provider }).observer.start(aCall(provider))).toBeNull();
    const { observer, records } = setUp({ provider, includeAdmin: true });
    observer.start(aCall(provider))?.end(anExchange(), TIMING);
    expect(records[0]?.kind).toBe('admin');
  });

  test('no record of a request that only its answer shows to be management', () => {
    const provider = aProvider(() => aReading({ kind: 'admin', operation: 'admin' }), 'restated');
    const { observer, records } = setUp({ provider });
    observer.start(aCall(provider))?.end(anExchange(), TIMING);
    expect(records).toEqual([]);
  });

  test('a call whose span is not sampled still gives its record and its metrics', async () => {
    const { observer, provider, records, sdk } = setUp({ sdk: memorySdk({ sampled: false }) });
    observer.start(aCall(provider))?.end(anExchange(), TIMING);
    expect(sdk.spans.getFinishedSpans()).toEqual([]);
    expect(records).toHaveLength(1);
    expect(records[0]?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(await sdk.series('wiretally.calls')).toMatchObject([{ value: 1 }]);
  });

  test('a reader that throws still leaves a record that says so', () => {
    const provider = aProvider(() => {
      throw new Error('broken reader');
    });
    const { observer, records } = setUp({ provider });
    observer.start(aCall(provider))?.end(anExchange({ response: { status: 503, headers: {}, body: null } }), TIMING);
    expect(records[0]).toMatchObject({
      usageSource: 'missing',
      usageMissingReason: 'reader-failed',
      status: 503,
      errorType: '503',
      tokens: NO_TOKENS,
      costUsd: null,
    });
  });
});

describe('the record', () => {
  test('has a UUIDv7 and the microsecond of the request’s start', () => {
    const { observer, provider, records } = setUp();
    const call = { ...aCall(provider), startedAtMs: STARTED_AT_MS + 0.1239 };
    observer.start(call)?.end(anExchange(), TIMING);
    expect(records[0]?.timeUnixMicros).toBe(STARTED_AT_MS * 1000 + 123);
    expect(records[0]?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(records[0]!.id.replace('-', '').slice(0, 12), 16)).toBe(STARTED_AT_MS);
  });

  test('carries the ids of the span', () => {
    const { observer, provider, records, sdk } = setUp();
    observer.start(aCall(provider))?.end(anExchange(), TIMING);
    const ids = sdk.spans.getFinishedSpans()[0]!.spanContext();
    expect(records[0]).toMatchObject({ traceId: ids.traceId, spanId: ids.spanId });
  });

  test('names the user of the request’s own field where the application named none', () => {
    const provider = aProvider(() => aReading({ requestUser: 'from-request' }));
    const { observer, records } = setUp({ provider });
    observer.start(aCall(provider))?.end(anExchange(), TIMING);
    expect(records[0]?.userId).toBe('from-request');
  });

  test('has no trace of the API key, and a salted hash of it only with a salt', () => {
    const plain = setUp();
    plain.observer.start(aCall(plain.provider))?.end(anExchange(), TIMING);
    expect(plain.records[0]?.credential).toBeNull();
    expect(JSON.stringify(plain.records)).not.toContain('secret');

    const hashed = ['one', 'one', 'two'].map((credentialSalt) => {
      const { observer, provider, records } = setUp({ credentialSalt });
      observer.start(aCall(provider))?.end(anExchange(), TIMING);
      return records[0]?.credential;
    });
    expect(hashed[0]).toMatch(/^[0-9a-f]{12}$/);
    expect(hashed[1]).toBe(hashed[0]);
    expect(hashed[2]).not.toBe(hashed[0]);
  });

  test('says which service it is, from the SDK’s resource', () => {
    const { observer, provider, records } = setUp({ service: { name: 'shop', version: '1.0.0' } });
    observer.start(aCall(provider))?.end(anExchange(), TIMING);
    expect(records[0]).toMatchObject({ serviceName: 'shop', serviceVersion: '1.0.0' });
  });

  test('stays small whatever an answer says', () => {
    const long = 'x'.repeat(1_000_000);
    const hostile = {
      responseModel: long,
      responseId: long,
      errorType: long,
      finishReasons: Array.from({ length: 1000 }, () => long),
    };
    const provider = aProvider(() => aReading(hostile));
    const { observer, records } = setUp({ provider });
    observer.start(aCall(provider))?.end(anExchange(), TIMING);
    expect(JSON.stringify(records).length).toBeLessThan(100_000);
  });

  test('of which the ledger could not take hold still ends its span', () => {
    const sink = (): void => {
      throw new Error('broken sink');
    };
    const { observer, provider, sdk } = setUp({ sink });
    expect(() => observer.start(aCall(provider))?.end(anExchange(), TIMING)).toThrow('broken sink');
    expect(sdk.spans.getFinishedSpans()).toHaveLength(1);
  });

  test('reaches the ledger also where a span processor throws', () => {
    const { observer, provider, records, sdk } = setUp();
    const call = observer.start(aCall(provider));
    const span = trace.getSpan(call!.context)!;
    span.end = () => {
      throw new Error('broken processor');
    };
    expect(() => call?.end(anExchange(), TIMING)).toThrow('broken processor');
    expect(records).toHaveLength(1);
    expect(sdk.spans.getFinishedSpans()).toEqual([]);
  });
});
