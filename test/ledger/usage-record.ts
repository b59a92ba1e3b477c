/** Records for tests, written by hand. */
import { randomUUID } from 'node:crypto';
import { NO_TOKENS, NOTHING_STATED, recordToAttributes } from '@wiretally/usage';
import type { TokenCounts, UsageRecord } from '@wiretally/usage';
import type { ParsedRecord } from '../../src/ledger/ledger.ts';

/** 2026-11-20 10:15:00 UTC */
export const NOON = Date.UTC(2026, 10, 20, 10, 15) * 1000;

export function usageRecord(
  overrides: Partial<Omit<UsageRecord, 'tokens'>> & { tokens?: Partial<TokenCounts> } = {},
): UsageRecord {
  return {
    ...NOTHING_STATED,
    id: randomUUID(),
    timeUnixMicros: NOON,
    host: 'api.openai.com',
    port: 443,
    durationMs: 812.5,
    timeToFirstChunkMs: null,
    serviceName: 'shop',
    serviceVersion: '1.2.3',
    environment: 'production',
    traceId: null,
    spanId: null,
    source: 'wire',
    provider: 'openai',
    operation: 'chat',
    serviceType: 'text',
    requestModel: 'gpt-4o-mini',
    responseModel: 'gpt-4o-mini-2024-07-18',
    usageSource: 'body',
    usageMissingReason: null,
    finishReasons: ['stop'],
    status: 200,
    costCalculatedUsd: '0.0000045',
    costUsd: '0.0000045',
    costSource: 'calculated',
    priceCard: 'card',
    unpricedReason: null,
    zeroReason: null,
    userId: null,
    chatId: null,
    sessionId: null,
    tags: {},
    credential: null,
    ...overrides,
    tokens: { ...NO_TOKENS, input: 10, output: 5, total: 15, ...overrides.tokens },
  };
}

export function parsed(...records: readonly UsageRecord[]): ParsedRecord[] {
  return records.map((record) => ({ record, unknown: {} }));
}

/** A call that failed: nobody stated its usage. */
export function failedRecord(overrides: Parameters<typeof usageRecord>[0] = {}): UsageRecord {
  return usageRecord({
    status: 429,
    errorType: 'rate_limit_exceeded',
    errorClass: 'rate_limit',
    responseModel: null,
    usageSource: 'missing',
    usageMissingReason: 'error-response',
    finishReasons: [],
    costCalculatedUsd: null,
    costUsd: null,
    costSource: null,
    priceCard: null,
    unpricedReason: 'usage-missing',
    tokens: { input: null, output: null, total: null },
    ...overrides,
  });
}

/** OTLP's JSON of an export request with these records. */
export function otlpJson(records: readonly UsageRecord[]): Record<string, unknown> {
  return {
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        scopeLogs: [
          {
            logRecords: records.map((record) => ({
              timeUnixNano: `${record.timeUnixMicros}789`,
              eventName: 'wiretally.call',
              attributes: Object.entries(recordToAttributes(record)).map(([key, value]) => ({
                key,
                value: jsonValue(value),
              })),
            })),
          },
        ],
      },
    ],
  };
}

function jsonValue(value: unknown): Record<string, unknown> {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: (value as unknown[]).map(jsonValue) } };
}
