import { describe, expect, it } from 'vitest';
import { attributesToRecord, NO_MODIFIERS, NO_TOKENS, RECORD_ATTRIBUTES, recordToAttributes } from './index.ts';
import type { UsageRecord } from './index.ts';

const envelope = {
  timeUnixMicros: 1_795_000_000_123_456,
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  serviceName: 'checkout',
  serviceVersion: '1.2.3',
  environment: 'test',
};

const full: UsageRecord = {
  ...envelope,
  id: '019aab00-0000-7000-8000-000000000001',
  source: 'wire',
  kind: 'call',
  provider: 'openai',
  upstreamProvider: 'azure',
  operation: 'chat',
  serviceType: 'text',
  streamed: true,
  requestModel: 'gpt-4o',
  responseModel: 'gpt-4o-2024-08-06',
  host: 'api.openai.com',
  port: 443,
  tokens: { ...NO_TOKENS, input: 10, output: 0, total: 10 },
  units: { images: 2 },
  parts: [{ kind: 'message', model: 'x', tokens: NO_TOKENS, units: {} }],
  modifiers: { ...NO_MODIFIERS, serviceTier: 'flex', audio: false },
  usageSource: 'body',
  usageMissingReason: 'truncated',
  finishReasons: ['stop'],
  status: 200,
  errorType: '429',
  errorClass: 'rate_limit',
  responseId: 'chatcmpl-1',
  requestId: 'req_1',
  rateLimits: [
    {
      name: 'requests',
      window: 'minute',
      limit: 500,
      remaining: 499,
      resetSeconds: 0.12,
      resetAtMs: 1_795_000_000_243,
    },
  ],
  retryAfterSeconds: 1.5,
  retryCount: 1,
  attemptGroup: 'g',
  costReportedUsd: '0.001',
  costCalculatedUsd: '0.0010000001',
  costUpstreamUsd: '0.0009',
  costUsd: '0.001',
  costSource: 'provider',
  priceCard: 'abc',
  unpricedReason: 'model-unknown',
  zeroReason: 'free-model',
  durationMs: 12.5,
  timeToFirstChunkMs: 3.25,
  requestUser: 'u',
  userId: 'user-1',
  chatId: 'chat-1',
  sessionId: 'session-1',
  tags: { team: 'search' },
  credential: '1a2b',
};

describe('the ledger wire format', () => {
  it('gives back every field that was put in', () => {
    const { record, unknown } = attributesToRecord(recordToAttributes(full), envelope);
    expect(record).toEqual(full);
    expect(unknown).toEqual({});
  });

  it('names no attribute twice', () => {
    const names = RECORD_ATTRIBUTES.map((mapping) => mapping.attribute);
    expect(new Set(names).size).toBe(names.length);
  });

  it('leaves out values of the wrong type and keeps attributes of later schemas apart', () => {
    const { record, unknown } = attributesToRecord(
      { 'gen_ai.usage.input_tokens': '10', 'wiretally.tags': '{broken', 'wiretally.later': 1 },
      envelope,
    );
    expect(record.tokens.input).toBeNull();
    expect(record.tags).toEqual({});
    expect(unknown).toEqual({ 'wiretally.later': 1 });
  });
});
