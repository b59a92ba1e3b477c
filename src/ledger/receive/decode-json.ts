/** ExportLogsServiceRequest in OTLP's JSON. Field names are lowerCamelCase; unknown fields are ignored. */
import { isObject, jsonAttributes } from './any-value.ts';
import { jsonExcess } from './json-excess.ts';
import { MAX_JSON_DEPTH, MAX_JSON_VALUES, MAX_RECORDS, TooLargeError } from './limits.ts';
import { MalformedRequestError } from './log-record.ts';
import type { OtlpLogRecord, OtlpResourceLogs } from './log-record.ts';

/** @throws MalformedRequestError, TooLargeError */
export function decodeLogsJson(body: Uint8Array, maxValues: number = MAX_JSON_VALUES): OtlpResourceLogs[] {
  const excess = jsonExcess(body, MAX_JSON_DEPTH, maxValues);
  if (excess === 'depth') throw new MalformedRequestError(`the body nests deeper than ${MAX_JSON_DEPTH} levels`);
  if (excess === 'values') throw new TooLargeError(`the body holds more than ${maxValues} values`);
  let request: unknown;
  try {
    request = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new MalformedRequestError('the body is not JSON in UTF-8', { cause });
  }
  if (!isObject(request)) throw new MalformedRequestError('the body is not an ExportLogsServiceRequest');
  let records = 0;
  return list(request, 'resourceLogs').map((resourceLogs) => {
    const { resource } = resourceLogs;
    return {
      resource: isObject(resource) ? jsonAttributes(resource['attributes']) : {},
      records: list(resourceLogs, 'scopeLogs').flatMap((scopeLogs) => {
        const logRecords = list(scopeLogs, 'logRecords');
        records += logRecords.length;
        if (records > MAX_RECORDS) throw new TooLargeError(`the body holds more than ${MAX_RECORDS} records`);
        return logRecords.map(logRecord);
      }),
    };
  });
}

function list(parent: Record<string, unknown>, name: string): Record<string, unknown>[] {
  const value = parent[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(isObject)) throw new MalformedRequestError(`${name} is not a list`);
  return value;
}

function logRecord(record: Record<string, unknown>): OtlpLogRecord {
  return {
    timeUnixNano: nanoseconds(record['timeUnixNano']),
    eventName: typeof record['eventName'] === 'string' ? record['eventName'] : '',
    attributes: jsonAttributes(record['attributes']),
    traceId: hex(record['traceId']),
    spanId: hex(record['spanId']),
  };
}

function nanoseconds(value: unknown): bigint {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return BigInt(value);
  // A number has lost its nanoseconds already; what is left is what every repetition of the request says.
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? BigInt(value) : 0n;
}

/** OTLP's JSON differs from protobuf's here: hex, not base64. */
function hex(value: unknown): string {
  return typeof value === 'string' && /^[0-9a-f]+$/i.test(value) ? value.toLowerCase() : '';
}
