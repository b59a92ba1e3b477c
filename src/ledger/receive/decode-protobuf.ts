/**
 * ExportLogsServiceRequest in protobuf, by hand: no maintained npm library decodes OTLP requests, and general ones take
 * two to five times as long a record. Field numbers: opentelemetry-proto 1.x, logs/v1/logs.proto, common.proto.
 * A message of unexpected wire type is an unknown field, and skipped.
 */
import { MAX_MESSAGES, MAX_RECORDS, TooLargeError } from './limits.ts';
import type { OtlpLogRecord, OtlpResourceLogs } from './log-record.ts';
import { BYTES, FIXED64, ProtobufReader, VARINT } from './protobuf-reader.ts';

const MAX_DEPTH = 16;

const field = (number: number, wireType: number): number => number * 8 + wireType;

type Attributes = Record<string, unknown>;

/** @throws MalformedRequestError, TooLargeError */
export function decodeLogsProtobuf(body: Uint8Array, maxMessages: number = MAX_MESSAGES): OtlpResourceLogs[] {
  const reader = new ProtobufReader(body, maxMessages);
  const found: OtlpResourceLogs[] = [];
  eachField(reader, body.length, (tag, limit) => {
    if (tag !== field(1, BYTES)) return false;
    if (found.length >= MAX_RECORDS) throw new TooLargeError(`the body holds more than ${MAX_RECORDS} resources`);
    found.push(resourceLogs(reader, reader.message(limit)));
    return true;
  });
  return found;
}

/** `read` consumes a field it knows and says so; others are skipped. */
function eachField(reader: ProtobufReader, end: number, read: (tag: number, limit: number) => boolean): void {
  while (reader.position < end) {
    const tag = reader.tag();
    if (!read(tag, end)) reader.skip(tag, end);
  }
}

function resourceLogs(reader: ProtobufReader, end: number): OtlpResourceLogs {
  const resource = emptyAttributes();
  const records: OtlpLogRecord[] = [];
  eachField(reader, end, (tag, limit) => {
    if (tag === field(1, BYTES)) readResource(reader, reader.message(limit), resource);
    else if (tag === field(2, BYTES)) scopeLogs(reader, reader.message(limit), records);
    else return false;
    return true;
  });
  return { resource, records };
}

function readResource(reader: ProtobufReader, end: number, attributes: Attributes): void {
  eachField(reader, end, (tag, limit) => {
    if (tag !== field(1, BYTES)) return false;
    keyValue(reader, reader.message(limit), attributes, 0);
    return true;
  });
}

function scopeLogs(reader: ProtobufReader, end: number, records: OtlpLogRecord[]): void {
  eachField(reader, end, (tag, limit) => {
    if (tag !== field(2, BYTES)) return false;
    records.push(logRecord(reader, reader.record(limit)));
    return true;
  });
}

function logRecord(reader: ProtobufReader, end: number): OtlpLogRecord {
  let timeUnixNano = 0n;
  let eventName = '';
  let traceId = '';
  let spanId = '';
  const attributes = emptyAttributes();
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === field(6, BYTES)) keyValue(reader, reader.message(end), attributes, 0);
    else if (tag === field(1, FIXED64)) timeUnixNano = reader.fixed64(end);
    else if (tag === field(9, BYTES)) traceId = reader.hex(end);
    else if (tag === field(10, BYTES)) spanId = reader.hex(end);
    else if (tag === field(12, BYTES)) eventName = reader.text(end);
    else reader.skip(tag, end);
  }
  return { timeUnixNano, eventName, attributes, traceId, spanId };
}

function keyValue(reader: ProtobufReader, end: number, attributes: Attributes, depth: number): void {
  let key = '';
  let value: unknown = null;
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === field(1, BYTES)) key = reader.name(end);
    else if (tag === field(2, BYTES)) value = anyValue(reader, reader.message(end), depth);
    else reader.skip(tag, end);
  }
  attributes[key] = value;
}

function anyValue(reader: ProtobufReader, end: number, depth: number): unknown {
  let value: unknown = null;
  if (depth > MAX_DEPTH) {
    reader.position = end;
    return value;
  }
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === field(1, BYTES)) value = reader.text(end);
    else if (tag === field(2, VARINT)) value = reader.int64() !== 0;
    else if (tag === field(3, VARINT)) value = reader.int64();
    else if (tag === field(4, FIXED64)) value = reader.double(end);
    else if (tag === field(5, BYTES)) value = arrayValue(reader, reader.message(end), depth + 1);
    else if (tag === field(6, BYTES)) value = keyValueList(reader, reader.message(end), depth + 1);
    else if (tag === field(7, BYTES)) value = reader.base64(end);
    else reader.skip(tag, end);
  }
  return value;
}

function arrayValue(reader: ProtobufReader, end: number, depth: number): unknown[] {
  const values: unknown[] = [];
  eachField(reader, end, (tag, limit) => {
    if (tag !== field(1, BYTES)) return false;
    values.push(anyValue(reader, reader.message(limit), depth));
    return true;
  });
  return values;
}

function keyValueList(reader: ProtobufReader, end: number, depth: number): Attributes {
  const attributes = emptyAttributes();
  eachField(reader, end, (tag, limit) => {
    if (tag !== field(1, BYTES)) return false;
    keyValue(reader, reader.message(limit), attributes, depth);
    return true;
  });
  return attributes;
}

/** Without a prototype: names come from outside. */
function emptyAttributes(): Attributes {
  return Object.create(null) as Attributes;
}
