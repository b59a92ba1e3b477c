import type { UsageRecord } from '@wiretally/usage';
import { NO_TOKENS } from '@wiretally/usage';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { withUsageContext } from '../usage-context.ts';
import { memorySdk } from './emit.fixture.ts';
import type { MemorySdk } from './emit.fixture.ts';
import { createEmitter } from './emitter.ts';
import { forgetProcessWide } from './process-wide.ts';
import { logRequest, recordUsage } from './record-in-code.ts';
import { addToSession, getSessionTokenUsage } from './session-usage.ts';

let sdk: MemorySdk;
let records: UsageRecord[];
beforeEach(() => {
  sdk = memorySdk();
  records = [];
  const sink = (record: UsageRecord): void => {
    addToSession(record);
    records.push(record);
  };
  createEmitter({ tracer: sdk.tracer, meter: sdk.meter, sink });
});
afterEach(() => forgetProcessWide('emitter'));

describe('recordUsage', () => {
  test('gives a record with its cost, a span and metrics', async () => {
    const record = recordUsage({
      sessionId: 's-1',
      modelName: 'gemini-2.0-flash',
      serviceType: 'text',
      operationType: 'generate',
      inputTokens: 1000,
      outputTokens: 500,
      responseTimeMs: 800,
    });
    expect(records).toEqual([record]);
    expect(record).toMatchObject({
      source: 'code',
      kind: 'call',
      provider: 'gcp.gemini',
      operation: 'chat',
      requestModel: 'gemini-2.0-flash',
      sessionId: 's-1',
      usageSource: 'request',
      durationMs: 800,
      costSource: 'calculated',
    });
    // Published price: $0.10 and $0.40 a million tokens.
    expect(Number(record?.costUsd)).toBeCloseTo(0.0003, 12);
    expect(record?.tokens).toEqual({ ...NO_TOKENS, input: 1000, output: 500, total: 1500 });
    expect(sdk.spans.getFinishedSpans()[0]?.name).toBe('chat gemini-2.0-flash');
    expect(await sdk.series('wiretally.calls')).toMatchObject([{ value: 1 }]);
  });

  test('keeps the units of images, video, sound and text to speech', () => {
    recordUsage({ modelName: 'imagen-4.0-generate-001', serviceType: 'image', images: 2 });
    recordUsage({ modelName: 'veo-3.0-generate-001', serviceType: 'video', durationSeconds: 8 });
    recordUsage({ modelName: 'whisper-1', serviceType: 'transcription', durationSeconds: 60 });
    recordUsage({ modelName: 'tts-1', serviceType: 'speech', characters: 100 });
    expect(records.map(({ provider, operation, units }) => [provider, operation, units])).toEqual([
      ['gcp.gemini', 'image', { images: 2 }],
      ['gcp.gemini', 'video', { video_seconds: 8 }],
      ['openai', 'transcription', { audio_seconds: 60 }],
      ['openai', 'speech', { characters: 100 }],
    ]);
  });

  test('counts what is not stated as unknown, not as 0', () => {
    recordUsage({ modelName: 'gpt-4o', inputTokens: Number.NaN, outputTokens: -1 });
    expect(records[0]).toMatchObject({
      tokens: NO_TOKENS,
      usageSource: 'missing',
      usageMissingReason: 'not-stated',
      costUsd: null,
    });
  });

  test('takes the caller from around it, and a record id that makes a retry safe', () => {
    const recordId = '018F3A6B-7C1D-7E2F-8A3B-4C5D6E7F8091';
    const at = new Date(Date.UTC(2026, 10, 22));
    withUsageContext({ user: 'u', tags: { team: 'a' } }, () => {
      recordUsage({ modelName: 'gpt-4o', inputTokens: 1, recordId, at, tags: { feature: 'f' } });
      recordUsage({ modelName: 'gpt-4o', inputTokens: 1, recordId, at });
    });
    expect(records[0]).toMatchObject({
      id: recordId.toLowerCase(),
      timeUnixMicros: at.getTime() * 1000,
      userId: 'u',
      tags: { team: 'a', feature: 'f' },
    });
    expect([records[1]?.id, records[1]?.timeUnixMicros]).toEqual([records[0]?.id, records[0]?.timeUnixMicros]);
  });

  test.each([
    ['openai/gpt-4o', undefined, 'openai', 'gpt-4o'],
    ['gpt-4o', undefined, 'openai', 'gpt-4o'],
    ['claude-sonnet-4-5', undefined, 'anthropic', 'claude-sonnet-4-5'],
    ['llama-3.3-70b-versatile', 'groq', 'groq', 'llama-3.3-70b-versatile'],
    ['gpt-oss-120b', undefined, 'unknown', 'gpt-oss-120b'],
  ])('takes %s (%s) for the model of %s', (modelName, stated, provider, model) => {
    recordUsage({ modelName, provider: stated, inputTokens: 1 });
    expect(records[0]).toMatchObject({ provider, requestModel: model });
  });

  test('never throws', () => {
    expect(recordUsage({ modelName: 'gpt-4o', at: new Date(Number.NaN) })).toBeNull();
    expect(recordUsage(null as never)).toBeNull();
    createEmitter({
      tracer: sdk.tracer,
      meter: sdk.meter,
      sink: () => {
        throw new Error('broken sink');
      },
    });
    expect(recordUsage({ modelName: 'gpt-4o', inputTokens: 1 })).toBeNull();
  });
});

describe('logRequest', () => {
  test('records a success and a failure, and never the message', () => {
    vi.setSystemTime(Date.UTC(2026, 10, 22));
    logRequest('gpt-4o', 42, true, 10, 5, 700);
    logRequest('gpt-4o', 42, false, null, null, 90, 'prompt "secret plan" was refused');
    vi.useRealTimers();
    expect(records[0]).toMatchObject({
      userId: '42',
      errorType: null,
      durationMs: 700,
      tokens: { input: 10, output: 5 },
    });
    expect(records[0]?.timeUnixMicros).toBe((Date.UTC(2026, 10, 22) - 700) * 1000);
    expect(records[1]).toMatchObject({ errorType: 'error', usageMissingReason: 'error-response' });
    expect(JSON.stringify(records)).not.toContain('secret');
  });
});

describe('getSessionTokenUsage', () => {
  test('sums the calls of this process and says how many it lacks', () => {
    const before = getSessionTokenUsage();
    recordUsage({ modelName: 'gemini-2.0-flash', inputTokens: 1000, outputTokens: 500 });
    recordUsage({ modelName: 'gemini-2.0-flash', success: false });
    const after = getSessionTokenUsage();
    expect(after.requests - before.requests).toBe(2);
    expect(after.totalTokens - before.totalTokens).toBe(1500);
    expect(after.estimatedCost - before.estimatedCost).toBeCloseTo(0.0003, 12);
    expect(after.requestsWithoutUsage - before.requestsWithoutUsage).toBe(1);
    expect(after.startedAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });
});
