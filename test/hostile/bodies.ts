/** Bodies that no good sender makes, and some that only look like one. */
import { randomUUID } from 'node:crypto';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { encodeRecord, encodeRequest } from '../../src/instrumentation/emit/ledger-record.ts';
import { MAX_BODY_BYTES, MAX_JSON_BYTES, MAX_PROTOBUF_BYTES } from '../../src/ledger/receive/limits.ts';
import { mutate } from '../fuzz/mutate.ts';
import { otlpJson, usageRecord } from '../ledger/usage-record.ts';
import { ExportLogsServiceRequest } from '../ledger/otlp-proto.ts';

export type Random = () => number;

export interface Body {
  readonly bytes: Buffer;
  readonly type: string;
  /** `content-encoding`; '' for none. */
  readonly encoding: string;
}

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/x-protobuf';
const MEBIBYTE = 1024 * 1024;

export function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)]!;
}

export function noise(length: number, random: Random): Buffer {
  return Buffer.from(Uint8Array.from({ length }, () => Math.floor(random() * 256)));
}

function goodJson(random: Random): Buffer {
  const records = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
    usageRecord({ id: randomUUID(), tags: { team: 'x' }, units: { images: 1 } }),
  );
  return Buffer.from(encodeRequest(records.map((record) => encodeRecord(record))));
}

function goodProtobuf(): Buffer {
  const message = ExportLogsServiceRequest.fromObject(otlpJson([usageRecord({ id: randomUUID() })]));
  return Buffer.from(ExportLogsServiceRequest.encode(message).finish());
}

const SMALL: readonly ((random: Random) => Body)[] = [
  (random) => ({ bytes: noise(Math.floor(random() * 2000), random), type: PROTOBUF_TYPE, encoding: '' }),
  (random) => ({ bytes: noise(Math.floor(random() * 2000), random), type: JSON_TYPE, encoding: '' }),
  (random) => ({ bytes: mutate(goodProtobuf(), random), type: PROTOBUF_TYPE, encoding: '' }),
  (random) => ({ bytes: mutate(goodJson(random), random), type: JSON_TYPE, encoding: '' }),
  (random) => ({ bytes: mutate(mutate(goodJson(random), random), random), type: JSON_TYPE, encoding: '' }),
  (random) => ({ bytes: Buffer.from(pick(ODD_JSON, random)), type: JSON_TYPE, encoding: '' }),
  // What it says it is and what it is differ.
  (random) => ({ bytes: goodJson(random), type: PROTOBUF_TYPE, encoding: '' }),
  () => ({ bytes: goodProtobuf(), type: JSON_TYPE, encoding: '' }),
  (random) => ({ bytes: goodJson(random), type: pick(ODD_TYPES, random), encoding: '' }),
  (random) => ({ bytes: goodJson(random), type: JSON_TYPE, encoding: pick(ODD_ENCODINGS, random) }),
  // Compressed, and then damaged.
  (random) => ({ bytes: mutate(gzipSync(goodJson(random)), random), type: JSON_TYPE, encoding: 'gzip' }),
  (random) => ({ bytes: mutate(zstdCompressSync(goodJson(random)), random), type: JSON_TYPE, encoding: 'zstd' }),
  (random) => ({ bytes: mutate(deflateSync(goodJson(random)), random), type: JSON_TYPE, encoding: 'deflate' }),
  (random) => ({ bytes: gzipSync(gzipSync(goodJson(random))), type: JSON_TYPE, encoding: 'gzip' }),
];

const ODD_JSON = [
  '',
  'null',
  '[]',
  '"text"',
  '0',
  '{',
  '{"resourceLogs":null}',
  '{"resourceLogs":{}}',
  '{"resourceLogs":[null]}',
  '{"resourceLogs":[{"scopeLogs":[{"logRecords":[[]]}]}]}',
  '{"__proto__":{"resourceLogs":[]},"constructor":{"prototype":{"polluted":true}}}',
  '{"resourceLogs":[{"resource":{"attributes":[{"key":"__proto__","value":{"kvlistValue":{"values":[{"key":"polluted","value":{"boolValue":true}}]}}}]}}]}',
  '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"eventName":"wiretally.call"}]}]}]}',
  '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"eventName":"wiretally.call","timeUnixNano":"99999999999999999999","attributes":[]}]}]}]}',
  '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"eventName":"wiretally.call","timeUnixNano":-1,"attributes":[{"key":"wiretally.tags","value":{"stringValue":"{\\"__proto__\\":\\"x\\",\\"a\\":{}}"}}]}]}]}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  '\ufeff{"resourceLogs":[]}',
  '{"resourceLogs":[]}\0',
];
const ODD_TYPES = [
  'text/plain',
  'application/xml',
  '',
  'application/json; charset=utf-7',
  'x'.repeat(4000),
  '%00',
  '*/*',
];
const ODD_ENCODINGS = ['gzip', 'zstd', 'br', 'compress', 'gzip, gzip', 'identity', 'GZIP', 'x'.repeat(2000), 'deflate'];

export function smallBody(random: Random): Body {
  return pick(SMALL, random)(random);
}

/** Small on the wire, huge once unpacked; made once, since making them takes seconds. */
export function makeBombs(): readonly Body[] {
  const zeros = Buffer.alloc(256 * MEBIBYTE);
  const packed = (bytes: Buffer, type: string): Body[] => [
    { bytes: gzipSync(bytes, { level: 1 }), type, encoding: 'gzip' },
    { bytes: zstdCompressSync(bytes), type, encoding: 'zstd' },
  ];
  return [
    ...packed(zeros, PROTOBUF_TYPE),
    ...packed(zeros, JSON_TYPE),
    { bytes: deflateSync(zeros, { level: 1 }), type: JSON_TYPE, encoding: 'deflate' },
    ...protobufCrowds(MAX_PROTOBUF_BYTES - MEBIBYTE).flatMap((bytes) => packed(bytes, PROTOBUF_TYPE)),
    ...jsonCrowds(MAX_JSON_BYTES - MEBIBYTE).flatMap((bytes) => packed(bytes, JSON_TYPE)),
  ];
}

/** As many messages as go into a body that is still taken, of each kind that becomes an object when it is read. */
function protobufCrowds(bytes: number): Buffer[] {
  const inRecord = (attribute: Buffer): Buffer => protobufField(1, protobufField(2, protobufField(2, attribute)));
  const inValue = (value: Buffer): Buffer => inRecord(protobufField(6, protobufField(2, value)));
  return [
    repeated('\x0a\x00', bytes), // resources
    protobufField(1, repeated('\x12\x00', bytes)), // scopes
    protobufField(1, protobufField(2, repeated('\x12\x00', bytes))), // records
    protobufField(1, protobufField(1, repeated('\x0a\x00', bytes))), // attributes of a resource
    inRecord(repeated('\x32\x00', bytes)), // attributes of a record
    inRecord(repeated('\x0a\x00', bytes)), // fields that nobody knows
    inValue(protobufField(5, repeated('\x0a\x00', bytes))), // values of an array
    inValue(protobufField(5, repeated('\x0a\x02\x2a\x00', bytes))), // arrays of an array
    inValue(protobufField(6, repeated('\x0a\x00', bytes))), // pairs of a list
  ];
}

function jsonCrowds(bytes: number): Buffer[] {
  const list = (open: string, item: string, close: string): Buffer =>
    Buffer.concat([Buffer.from(open), repeated(`${item},`, bytes), Buffer.from(`${item}${close}`)]);
  const records = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[';
  const call = `${records}{"eventName":"wiretally.call","attributes":[`;
  return [
    list('{"resourceLogs":[', '{}', ']}'),
    list(records, '{}', ']}]}]}'),
    list(records, '{"eventName":"wiretally.call"}', ']}]}]}'),
    list(call, '{"key":"a","value":{}}', ']}]}]}]}'),
    list(`${call}{"key":"a","value":{"arrayValue":{"values":[`, '{}', ']}}}]}]}]}]}'),
    list('{"resourceLogs":[],"x":[', '0', ']}'),
    list('{"resourceLogs":[],"x":[', '[]', ']}'),
    Buffer.concat([repeated('[', bytes / 2), repeated(']', bytes / 2)]),
  ];
}

/** Without compression: as large as the ledger takes, and larger. */
export function largeBodies(): readonly Body[] {
  const [resources = Buffer.alloc(0)] = protobufCrowds(MAX_BODY_BYTES - MEBIBYTE);
  const [objects = Buffer.alloc(0)] = jsonCrowds(MAX_BODY_BYTES - MEBIBYTE);
  return [
    { bytes: resources, type: PROTOBUF_TYPE, encoding: '' },
    { bytes: objects, type: JSON_TYPE, encoding: '' },
    { bytes: Buffer.alloc(2 * MAX_BODY_BYTES, ' '), type: JSON_TYPE, encoding: '' },
  ];
}

function repeated(piece: string, bytes: number): Buffer {
  return Buffer.alloc(bytes - (bytes % piece.length), piece, 'latin1');
}

function protobufField(number: number, value: Buffer): Buffer {
  const head: number[] = [number * 8 + 2];
  for (let rest = value.length; ; rest = Math.floor(rest / 128)) {
    head.push(rest < 128 ? rest : (rest % 128) | 0x80);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from(head), value]);
}
