/** The decoder by hand against protobufjs, on requests made at random and on damaged ones. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLogsJson } from '../../src/ledger/receive/decode-json.ts';
import { decodeLogsProtobuf } from '../../src/ledger/receive/decode-protobuf.ts';
import { MalformedRequestError } from '../../src/ledger/receive/log-record.ts';
import type { OtlpResourceLogs } from '../../src/ledger/receive/log-record.ts';
import { ExportLogsServiceRequest } from './otlp-proto.ts';

const RUNS = Number(process.env['WIRETALLY_FUZZ_RUNS'] ?? 400);

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const bytes = fc.uint8Array({ maxLength: 20 });

const { value: anyValue } = fc.letrec<{ value: Record<string, unknown>; pair: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.record({ stringValue: text }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.oneof(fc.integer().map(BigInt), int64) }),
    fc.record({ doubleValue: fc.double() }),
    fc.record({ bytesValue: bytes }),
    fc.constant({}),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
    fc.record({ kvlistValue: fc.record({ values: fc.array(tie('pair'), { maxLength: 3 }) }) }),
  ),
  pair: fc.record({ key: text, value: tie('value') }),
}));
const attributes = fc.array(fc.record({ key: text, value: anyValue }), { maxLength: 6 });
const logRecord = fc.record({
  timeUnixNano: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  severityNumber: fc.integer({ min: 0, max: 24 }),
  severityText: text,
  body: anyValue,
  attributes,
  flags: fc.nat(),
  traceId: fc.oneof(fc.constant(new Uint8Array()), fc.uint8Array({ minLength: 16, maxLength: 16 })),
  spanId: fc.oneof(fc.constant(new Uint8Array()), fc.uint8Array({ minLength: 8, maxLength: 8 })),
  observedTimeUnixNano: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  eventName: text,
});
const request = fc.record({
  resourceLogs: fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      schemaUrl: text,
      scopeLogs: fc.array(
        fc.record({ scope: fc.record({ name: text }), logRecords: fc.array(logRecord, { maxLength: 3 }) }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 3 },
  ),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;
type Pairs = readonly { key: string; value: Record<string, unknown> }[];

/** What the request means, said independently of both decoders. */
function expected(value: Request): OtlpResourceLogs[] {
  return value.resourceLogs.map(({ resource, scopeLogs }) => ({
    resource: plainAttributes(resource.attributes as Pairs),
    records: scopeLogs.flatMap(({ logRecords }) =>
      logRecords.map((record) => ({
        timeUnixNano: record.timeUnixNano,
        eventName: record.eventName.toWellFormed(),
        attributes: plainAttributes(record.attributes as Pairs),
        traceId: Buffer.from(record.traceId).toString('hex'),
        spanId: Buffer.from(record.spanId).toString('hex'),
      })),
    ),
  }));
}

function plainAttributes(pairs: Pairs): Record<string, unknown> {
  const plain = Object.create(null) as Record<string, unknown>;
  for (const { key, value } of pairs) plain[key] = plainValue(value);
  return plain;
}

function plainValue(value: Record<string, unknown>): unknown {
  const [[kind, inner] = ['', null]] = Object.entries(value);
  switch (kind) {
    case 'intValue': {
      const integer = inner as bigint;
      return Number.isSafeInteger(Number(integer)) ? Number(integer) : String(integer);
    }
    case 'arrayValue':
      return (inner as { values: Record<string, unknown>[] }).values.map(plainValue);
    case 'kvlistValue':
      return plainAttributes((inner as { values: Pairs }).values);
    case 'bytesValue':
      return Buffer.from(inner as Uint8Array).toString('base64');
    case '':
      return null;
    default:
      return inner;
  }
}

/** For protobufjs: 64-bit numbers as text, which it converts. */
function withText(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withText);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withText(inner)]));
}

const encode = (value: Request): Uint8Array =>
  ExportLogsServiceRequest.encode(
    ExportLogsServiceRequest.fromObject(withText(value) as Record<string, unknown>),
  ).finish();

describe('the protobuf decoder', () => {
  it('reads what protobufjs wrote', () => {
    fc.assert(
      fc.property(request, (value) => {
        expect(decodeLogsProtobuf(encode(value))).toEqual(expected(value));
      }),
      { numRuns: RUNS },
    );
  });

  it('reads a damaged request to some answer, or refuses it in words', () => {
    fc.assert(
      fc.property(request, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), (value, hits) => {
        const damaged = Uint8Array.from(encode(value));
        for (const [place, byte] of hits) if (damaged.length > 0) damaged[place % damaged.length] = byte;
        try {
          decodeLogsProtobuf(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedRequestError);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('refuses a request that was cut exactly where protobufjs does', () => {
    fc.assert(
      fc.property(request, fc.nat(), (value, place) => {
        const whole = encode(value);
        fc.pre(whole.length > 0);
        const cut = whole.subarray(0, place % whole.length);
        let theirs = true;
        try {
          ExportLogsServiceRequest.decode(cut);
        } catch {
          theirs = false;
        }
        if (theirs) expect(() => decodeLogsProtobuf(cut)).not.toThrow();
        else expect(() => decodeLogsProtobuf(cut)).toThrow(MalformedRequestError);
      }),
      { numRuns: RUNS },
    );
  });

  it('reads random bytes to an answer or an error of its own', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (random) => {
        try {
          decodeLogsProtobuf(random);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedRequestError);
        }
      }),
      { numRuns: RUNS * 5 },
    );
  });

  it('does not follow values nested deeper than anybody needs', () => {
    let value: Record<string, unknown> = { stringValue: 'deep' };
    for (let depth = 0; depth < 25; depth += 1) value = { arrayValue: { values: [value] } };
    const body = ExportLogsServiceRequest.encode(
      ExportLogsServiceRequest.fromObject({
        resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes: [{ key: 'a', value }] }] }] }],
      }),
    ).finish();
    const [{ records } = { records: [] }] = decodeLogsProtobuf(body);
    expect(JSON.stringify(records[0]?.attributes).length).toBeLessThan(100);
  });
});

describe('the JSON decoder', () => {
  it('reads the same from JSON as from protobuf', () => {
    fc.assert(
      fc.property(request, (value) => {
        expect(decodeLogsJson(Buffer.from(JSON.stringify(toJson(value))))).toEqual(
          expected(value).map((group) => ({
            ...group,
            resource: jsonable(group.resource),
            records: group.records.map((record) => ({ ...record, attributes: jsonable(record.attributes) })),
          })),
        );
      }),
      { numRuns: RUNS },
    );
  });

  it('refuses what is no request, in words', () => {
    for (const body of ['', '[', 'null', '[]', '"x"', '{"resourceLogs":{}}', '{"resourceLogs":[1]}', '\uFFFE{}'])
      expect(() => decodeLogsJson(Buffer.from(body)), body).toThrow(MalformedRequestError);
    expect(() => decodeLogsJson(Uint8Array.from([0x7b, 0xff, 0x7d]))).toThrow(MalformedRequestError);
  });

  it('takes 64-bit numbers as text and as numbers', () => {
    const body = (timeUnixNano: unknown, intValue: unknown): Uint8Array =>
      Buffer.from(
        JSON.stringify({
          resourceLogs: [
            { scopeLogs: [{ logRecords: [{ timeUnixNano, attributes: [{ key: 'n', value: { intValue } }] }] }] },
          ],
        }),
      );
    const read = (time: unknown, integer: unknown) => decodeLogsJson(body(time, integer))[0]!.records[0]!;
    expect(read('1795000000123456789', '12')).toMatchObject({
      timeUnixNano: 1_795_000_000_123_456_789n,
      attributes: { n: 12 },
    });
    expect(read(1_795_000_000_000_000_000, 12)).toMatchObject({
      timeUnixNano: 1_795_000_000_000_000_000n,
      attributes: { n: 12 },
    });
    expect(read('soon', 'many')).toMatchObject({ timeUnixNano: 0n, attributes: { n: null } });
  });
});

/** OTLP's JSON: ids in hex, bytes in base64, 64-bit numbers as text. */
function toJson(value: unknown, key = ''): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString(key === 'bytesValue' ? 'base64' : 'hex');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => toJson(item));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toJson(inner, name)]));
}

/** JSON has neither NaN nor infinities nor -0: they arrive as null and 0. */
function jsonable(value: Record<string, unknown>): Record<string, unknown> {
  const plain = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
  return Object.assign(Object.create(null) as object, plain) as Record<string, unknown>;
}
