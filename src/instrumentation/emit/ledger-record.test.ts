import { attributesToRecord, NO_TOKENS, recordToAttributes } from '@wiretally/usage';
import { describe, expect, test } from 'vitest';
import { aRecord } from './emit.fixture.ts';
import { encodeRecord, encodeRequest } from './ledger-record.ts';
import type { OtlpLogRecord, OtlpLogs } from './otlp-server.fixture.ts';
import { logRecordsOf } from './otlp-server.fixture.ts';

function valueOf(value: Readonly<Record<string, unknown>>): unknown {
  if ('intValue' in value) return Number(value['intValue']);
  if ('arrayValue' in value) {
    const { values } = value['arrayValue'] as { values: Record<string, unknown>[] };
    return values.map((item) => item['stringValue']);
  }
  return Object.values(value)[0];
}

describe('the ledger’s log record', () => {
  test('carries the whole record there and back', () => {
    const record = aRecord({
      units: { images: 2 },
      rateLimits: [{ name: 'tokens', window: 'minute', limit: 10, remaining: 5, resetSeconds: 1.5, resetAtMs: null }],
      durationMs: 1500,
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
    });
    const log = JSON.parse(encodeRecord(record).logRecord) as OtlpLogRecord;
    const attributes = Object.fromEntries(log.attributes.map(({ key, value }) => [key, valueOf(value)]));
    expect(attributes['event.name']).toBe('wiretally.call');
    const { record: back } = attributesToRecord(attributes, {
      timeUnixMicros: Number(BigInt(log.timeUnixNano) / 1000n),
      traceId: log.traceId ?? null,
      spanId: log.spanId ?? null,
      serviceName: 'shop',
      serviceVersion: '1.2.3',
      environment: 'test',
    });
    expect(back).toEqual(record);
  });

  test('is an event, with integers as strings and whole doubles as doubles', () => {
    const log = JSON.parse(encodeRecord(aRecord({ durationMs: 2 })).logRecord) as OtlpLogRecord;
    expect(log.eventName).toBe('wiretally.call');
    const value = (key: string): unknown => log.attributes.find((attribute) => attribute.key === key)?.value;
    expect(value('gen_ai.usage.input_tokens')).toEqual({ intValue: '1000' });
    expect(value('wiretally.duration_ms')).toEqual({ doubleValue: 2 });
    expect(value('gen_ai.response.finish_reasons')).toEqual({ arrayValue: { values: [{ stringValue: 'stop' }] } });
  });

  test('states the same attributes as any other log record of a call', () => {
    const quoted = { finishReasons: ['a "quoted" reason', 'stop\n'], userId: 'Zoë \u2028 \\', tags: { 'a"b': 'c' } };
    const limits = [
      { name: 'tokens', window: null, limit: 1, remaining: 0, resetSeconds: null, resetAtMs: 1_795_350_000_000 },
    ];
    for (const record of [
      aRecord(),
      aRecord({ ...quoted, rateLimits: limits, units: { images: 2 }, retryCount: 0, durationMs: 0.1 + 0.2 }),
      aRecord({ finishReasons: [], tags: {}, units: {}, parts: [], tokens: NO_TOKENS, status: null, streamed: true }),
    ]) {
      const log = JSON.parse(encodeRecord(record, '{"card":"x"}').logRecord) as OtlpLogRecord;
      expect(Object.fromEntries(log.attributes.map(({ key, value }) => [key, valueOf(value)]))).toEqual({
        ...recordToAttributes(record),
        'event.name': 'wiretally.call',
        'wiretally.cost.price_card_definition': '{"card":"x"}',
      });
    }
  });

  test('of several services goes out under each one’s resource', () => {
    const records = ['a', 'b', 'a'].map((serviceName) => encodeRecord(aRecord({ serviceName })));
    const body = JSON.parse(encodeRequest(records)) as OtlpLogs;
    expect(body.resourceLogs.map(({ scopeLogs }) => scopeLogs[0]?.logRecords.length)).toEqual([2, 1]);
    expect(body.resourceLogs[1]?.resource.attributes).toContainEqual({
      key: 'service.name',
      value: { stringValue: 'b' },
    });
    expect(logRecordsOf(body)).toHaveLength(3);
  });
});
