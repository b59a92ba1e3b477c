/** A usage record as an OpenTelemetry log record in OTLP's JSON encoding. */
import {
  CALL_EVENT_NAME,
  PRICE_CARD_DEFINITION_ATTRIBUTE,
  RECORD_ATTRIBUTES,
  recordToAttributes,
} from '@wiretally/usage';
import type { AttributeValue, UsageRecord } from '@wiretally/usage';
import { INSTRUMENTATION_NAME } from './semconv.ts';
import { VERSION } from './version.ts';

/** One record, encoded once: the queue, the spool and the request hold the same text. */
export interface EncodedRecord {
  /** JSON of the OTLP resource that it belongs to. */
  readonly resource: string;
  /** JSON of the OTLP log record. */
  readonly logRecord: string;
}

type OtlpValue =
  | { stringValue: string }
  | { intValue: string }
  | { doubleValue: number }
  | { boolValue: boolean }
  | { arrayValue: { values: OtlpValue[] } };

/** INFO: an event, not a problem. */
const SEVERITY_INFO = 9;

export function encodeRecord(record: UsageRecord, cardDefinition: string | null = null): EncodedRecord {
  const attributes: { key: string; value: OtlpValue }[] = [
    // Collectors before 0.120 know the event's name only as an attribute.
    { key: 'event.name', value: { stringValue: CALL_EVENT_NAME } },
  ];
  for (const [key, value] of Object.entries(recordToAttributes(record)))
    attributes.push({ key, value: otlpValue(value, DOUBLES.has(key)) });
  if (cardDefinition !== null)
    attributes.push({ key: PRICE_CARD_DEFINITION_ATTRIBUTE, value: { stringValue: cardDefinition } });
  const timeUnixNano = `${record.timeUnixMicros}000`;
  return {
    resource: resourceJson(record),
    logRecord: JSON.stringify({
      timeUnixNano,
      observedTimeUnixNano: timeUnixNano,
      severityNumber: SEVERITY_INFO,
      eventName: CALL_EVENT_NAME,
      attributes,
      ...(record.traceId === null ? {} : { traceId: record.traceId }),
      ...(record.spanId === null ? {} : { spanId: record.spanId }),
    }),
  };
}

/** The body of an `ExportLogsServiceRequest` with these records, grouped by resource. */
export function encodeRequest(records: readonly EncodedRecord[]): string {
  const groups = Map.groupBy(records, ({ resource }) => resource);
  const scope = JSON.stringify({ name: INSTRUMENTATION_NAME, version: VERSION });
  const resourceLogs = [...groups].map(
    ([resource, group]) =>
      `{"resource":${resource},"scopeLogs":[{"scope":${scope},"logRecords":[${group.map(({ logRecord }) => logRecord).join(',')}]}]}`,
  );
  return `{"resourceLogs":[${resourceLogs.join(',')}]}`;
}

// A process has one resource, rarely two: encode it once.
let lastResource: { name: string | null; version: string | null; environment: string | null; json: string } | null =
  null;

function resourceJson(record: UsageRecord): string {
  const { serviceName: name, serviceVersion: version, environment } = record;
  if (lastResource?.name === name && lastResource.version === version && lastResource.environment === environment)
    return lastResource.json;
  const attributes: { key: string; value: OtlpValue }[] = [];
  if (name !== null) attributes.push({ key: 'service.name', value: { stringValue: name } });
  if (version !== null) attributes.push({ key: 'service.version', value: { stringValue: version } });
  if (environment !== null)
    attributes.push({ key: 'deployment.environment.name', value: { stringValue: environment } });
  const json = JSON.stringify({ attributes });
  lastResource = { name, version, environment, json };
  return json;
}

// An attribute keeps its type, also where a double happens to be whole.
const DOUBLES: ReadonlySet<string> = new Set(
  RECORD_ATTRIBUTES.filter(({ kind }) => kind === 'double').map(({ attribute }) => attribute),
);

function otlpValue(value: AttributeValue, isDouble: boolean): OtlpValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  // proto3 JSON writes 64-bit integers as strings.
  if (typeof value === 'number') return isDouble ? { doubleValue: value } : { intValue: String(value) };
  return { arrayValue: { values: value.map((item) => ({ stringValue: item })) } };
}
