/** OTLP/HTTP as senders and the Collector speak it. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Ledger, OtlpAnswer } from '../../src/ledger/ledger.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { ExportLogsServiceRequest, ExportLogsServiceResponse, Status } from './otlp-proto.ts';
import { NOON, otlpJson, usageRecord } from './usage-record.ts';

let server: TestServer;
let ledger: Ledger;
beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(async () => {
  ledger = await server.open();
});
afterAll(() => server.close());

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/x-protobuf';
const asJson = (request: unknown): Uint8Array => Buffer.from(JSON.stringify(request));
const asProtobuf = (request: Record<string, unknown>): Uint8Array =>
  ExportLogsServiceRequest.encode(ExportLogsServiceRequest.fromObject(request)).finish();
const textOf = (answer: OtlpAnswer): string => Buffer.from(answer.body).toString();
const storedRow = async (): Promise<Record<string, unknown>> => {
  const { rows } = await ledger.pool.query<Record<string, unknown>>(
    'select *, (extract(epoch from created_at) * 1000000)::bigint as micros from wiretally_private.calls',
  );
  expect(rows).toHaveLength(1);
  return rows[0]!;
};

describe('a logs request', () => {
  it('is stored with all its fields, the time cut to microseconds, in either encoding and compression', async () => {
    const record = usageRecord({
      provider: 'gcp.gemini',
      tokens: { input: 1200, output: 34, total: 1234, cacheRead: 1000, reasoning: 20, inputAudio: 7 },
      units: { images: 2, video_seconds: 4.5 },
      parts: [{ kind: 'message', model: 'm', tokens: usageRecord().tokens, units: {} }],
      rateLimits: [
        { name: 'tokens', window: 'minute', limit: 60_000, remaining: 59_000, resetSeconds: 1.5, resetAtMs: null },
      ],
      tags: { team: 'search' },
      userId: 'u1',
      sessionId: 's1',
      retryAfterSeconds: 0.25,
      timeUnixMicros: NOON + 123_456,
    });
    const request = otlpJson([record]);
    const answers = [
      await ledger.receiver.receiveOtlp('logs', JSON_TYPE, null, asJson(request)),
      await ledger.receiver.receiveOtlp('logs', `${JSON_TYPE}; charset=utf-8`, 'gzip', gzipSync(asJson(request))),
      await ledger.receiver.receiveOtlp('logs', PROTOBUF_TYPE, '', asProtobuf(request)),
      await ledger.receiver.receiveOtlp('logs', PROTOBUF_TYPE, 'zstd', zstdCompressSync(asProtobuf(request))),
      await ledger.receiver.receiveOtlp('logs', PROTOBUF_TYPE, 'GZIP', gzipSync(asProtobuf(request))),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(answers.map(({ contentType }) => contentType)).toEqual([
      JSON_TYPE,
      JSON_TYPE,
      PROTOBUF_TYPE,
      PROTOBUF_TYPE,
      PROTOBUF_TYPE,
    ]);
    expect(textOf(answers[0]!)).toBe('{}');
    expect(answers[2]!.body).toHaveLength(0);
    // The same call five times: each way says the same time and id, so it is there once.
    expect(ledger.stats).toMatchObject({ received: 5, stored: 1, duplicate: 4 });
    expect(await storedRow()).toMatchObject({
      id: record.id,
      micros: String(NOON + 123_456),
      provider: 'gcp.gemini',
      model: 'gpt-4o-mini',
      service_name: 'shop',
      input_tokens: '1200',
      reasoning_tokens: '20',
      cache_write_tokens: null,
      token_details: { inputAudio: 7 },
      units: { images: 2, video_seconds: 4.5 },
      parts: [{ kind: 'message', model: 'm' }],
      rate_limits: [{ name: 'tokens', remaining: 59_000, resetSeconds: 1.5 }],
      tags: { team: 'search' },
      finish_reasons: ['stop'],
      cost_usd: '0.0000045',
      duration_us: '812500',
      user_id: 'u1',
      session_id: 's1',
      retry_after_seconds: 0.25,
      success: true,
      attributes: null,
    });
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('keeps attributes of a later schema, and takes the event name from an attribute too', async () => {
    const request = otlpJson([usageRecord()]) as {
      resourceLogs: { scopeLogs: { logRecords: { eventName?: string; attributes: object[] }[] }[] }[];
    };
    const [logRecord] = request.resourceLogs[0]!.scopeLogs[0]!.logRecords;
    delete logRecord!.eventName;
    logRecord!.attributes.push(
      { key: 'event.name', value: { stringValue: 'wiretally.call' } },
      { key: 'wiretally.of_tomorrow', value: { kvlistValue: { values: [{ key: 'a', value: { intValue: '1' } }] } } },
    );
    await ledger.receiver.receiveOtlp('logs', JSON_TYPE, null, asJson(request));
    expect((await storedRow())['attributes']).toEqual({ 'wiretally.of_tomorrow': { a: 1 } });
  });

  it('of other events is accepted, counted and not stored', async () => {
    const request = {
      resourceLogs: [
        { scopeLogs: [{ logRecords: [{ body: { stringValue: 'hello' } }, { eventName: 'something.else' }] }] },
      ],
    };
    const answer = await ledger.receiver.receiveOtlp('logs', PROTOBUF_TYPE, null, asProtobuf(request));
    expect(answer.status).toBe(200);
    expect(ledger.stats).toMatchObject({ received: 0, ignoredLogRecords: 2 });
  });

  it('that holds records which cannot be stored says how many, and why, in partial success', async () => {
    const request = otlpJson([usageRecord(), usageRecord({ id: 'x' }), usageRecord({ provider: '' })]);
    const json = await ledger.receiver.receiveOtlp('logs', JSON_TYPE, null, asJson(request));
    expect(json.status).toBe(200);
    expect(JSON.parse(textOf(json))).toEqual({
      partialSuccess: {
        rejectedLogRecords: '2',
        errorMessage: 'wiretally.record.id is not a UUID; gen_ai.provider.name is missing',
      },
    });
    const protobuf = await ledger.receiver.receiveOtlp('logs', PROTOBUF_TYPE, null, asProtobuf(request));
    const decoded = ExportLogsServiceResponse.toObject(ExportLogsServiceResponse.decode(protobuf.body), {
      longs: Number,
    });
    expect(decoded).toMatchObject({ partialSuccess: { rejectedLogRecords: 2 } });
    expect(ledger.stats).toMatchObject({ stored: 1, duplicate: 1, rejected: 4 });
  });

  it('is refused for good only when it cannot be decoded', async () => {
    const bad: readonly (readonly [number, string | null, string | null, Uint8Array])[] = [
      [400, JSON_TYPE, null, Buffer.from('{')],
      [400, PROTOBUF_TYPE, null, Buffer.from('hello')],
      [400, PROTOBUF_TYPE, 'gzip', Buffer.from('hello')],
      [413, PROTOBUF_TYPE, 'gzip', gzipSync(Buffer.alloc(70 * 1024 * 1024))],
      [413, JSON_TYPE, null, Buffer.alloc(ledger.receiver.maxBodyBytes + 1)],
      [415, PROTOBUF_TYPE, 'br', Buffer.from('hello')],
      [415, 'text/plain', null, Buffer.from('hello')],
      [415, null, null, Buffer.from('hello')],
    ];
    for (const [status, type, encoding, body] of bad) {
      const answer = await ledger.receiver.receiveOtlp('logs', type, encoding, body);
      expect(answer.status, `${type} ${encoding}`).toBe(status);
      const message =
        answer.contentType === JSON_TYPE
          ? (JSON.parse(textOf(answer)) as { message: string }).message
          : (Status.toObject(Status.decode(answer.body)) as { message: string }).message;
      expect(message).toMatch(/\w{3}/);
    }
    expect(ledger.stats.received).toBe(0);
  });

  it('is answered 503 with Retry-After while the database is away, and stored when it is sent again', async () => {
    const away = await server.open();
    const request = asJson(otlpJson([usageRecord()]));
    await away.pool.query('alter table wiretally_private.rollup_hour rename to away');
    const refused = await away.receiver.receiveOtlp('logs', JSON_TYPE, null, request);
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
    await away.pool.query('alter table wiretally_private.away rename to rollup_hour');
    expect((await away.receiver.receiveOtlp('logs', JSON_TYPE, null, request)).status).toBe(200);
    expect(away.stats).toMatchObject({ stored: 1, duplicate: 0 });
  });
});

describe('metrics and traces', () => {
  it('are accepted and counted', async () => {
    const metrics = await ledger.receiver.receiveOtlp('metrics', PROTOBUF_TYPE, null, new Uint8Array());
    const traces = await ledger.receiver.receiveOtlp('traces', JSON_TYPE, null, Buffer.from('{}'));
    expect([metrics.status, textOf(metrics), traces.status, textOf(traces)]).toEqual([200, '', 200, '{}']);
    expect(ledger.stats).toMatchObject({ metricsRequests: 1, tracesRequests: 1, received: 0 });
  });
});
