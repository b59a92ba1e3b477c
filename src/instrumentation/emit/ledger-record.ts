/** A usage record as an OpenTelemetry log record in OTLP's JSON encoding. */
import {
  CALL_EVENT_NAME,
  PRICE_CARD_DEFINITION_ATTRIBUTE,
  RECORD_ATTRIBUTES,
  RECORD_SCHEMA_VERSION,
  SCHEMA_VERSION_ATTRIBUTE,
} from '@wiretally/usage';
import type { UsageRecord } from '@wiretally/usage';
import { INSTRUMENTATION_NAME } from './semconv.ts';
import { VERSION } from './version.ts';

/** One record, encoded once: the queue, the spool and the request hold the same text. */
export interface EncodedRecord {
  /** JSON of the OTLP resource that it belongs to. */
  readonly resource: string;
  /** JSON of the OTLP log record. */
  readonly logRecord: string;
}

/** An attribute's text up to its value, and behind it, written once. */
interface Writer {
  readonly section: 'record' | 'tokens' | 'modifiers';
  readonly field: string;
  readonly kind: (typeof RECORD_ATTRIBUTES)[number]['kind'];
  readonly before: string;
}

/** proto3 JSON writes 64-bit integers as strings; an attribute keeps its type, also where a double is whole. */
const VALUE = {
  string: 'stringValue',
  int: 'intValue',
  double: 'doubleValue',
  boolean: 'boolValue',
  strings: 'arrayValue',
  json: 'stringValue',
} as const;

const WRITERS: readonly Writer[] = RECORD_ATTRIBUTES.map(({ section, field, kind, attribute }) => ({
  section,
  field,
  kind,
  before: `,{"key":${JSON.stringify(attribute)},"value":{"${VALUE[kind]}":`,
}));

/** INFO: an event, not a problem. Collectors before 0.120 know the event's name only as an attribute. */
const FIXED =
  `"severityNumber":9,"eventName":"${CALL_EVENT_NAME}","attributes":[` +
  `{"key":"event.name","value":{"stringValue":"${CALL_EVENT_NAME}"}},` +
  `{"key":"${SCHEMA_VERSION_ATTRIBUTE}","value":{"intValue":"${RECORD_SCHEMA_VERSION}"}}`;

/** Text by text, since building objects for `JSON.stringify` takes four times as long; the test compares the two. */
export function encodeRecord(record: UsageRecord, cardDefinition: string | null = null): EncodedRecord {
  const time = `${record.timeUnixMicros}000`;
  let text = `{"timeUnixNano":"${time}","observedTimeUnixNano":"${time}",${FIXED}`;
  for (const { section, field, kind, before } of WRITERS) {
    const from = (section === 'record' ? record : record[section]) as unknown as Readonly<Record<string, unknown>>;
    const value = from[field];
    if (value === null || value === undefined) continue;
    const written = valueText(value, kind);
    if (written !== null) text += `${before}${written}}}`;
  }
  if (cardDefinition !== null)
    text += `,{"key":"${PRICE_CARD_DEFINITION_ATTRIBUTE}","value":{"stringValue":${JSON.stringify(cardDefinition)}}}`;
  text += ']';
  if (record.traceId !== null) text += `,"traceId":${JSON.stringify(record.traceId)}`;
  if (record.spanId !== null) text += `,"spanId":${JSON.stringify(record.spanId)}`;
  return { resource: resourceJson(record), logRecord: `${text}}` };
}

/** Null for an empty list or object, which is left out. */
function valueText(value: unknown, kind: Writer['kind']): string | null {
  switch (kind) {
    case 'string':
    case 'double':
    case 'boolean':
      return JSON.stringify(value);
    case 'int':
      return `"${String(value)}"`;
    case 'strings': {
      const items = value as readonly string[];
      if (items.length === 0) return null;
      return `{"values":[${items.map((item) => `{"stringValue":${JSON.stringify(item)}}`).join(',')}]}`;
    }
    case 'json':
      return isEmpty(value as object) ? null : JSON.stringify(JSON.stringify(value));
  }
}

function isEmpty(value: object): boolean {
  for (const key in value) if (Object.hasOwn(value, key)) return false;
  return true;
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
  const attributes: { key: string; value: { stringValue: string } }[] = [];
  if (name !== null) attributes.push({ key: 'service.name', value: { stringValue: name } });
  if (version !== null) attributes.push({ key: 'service.version', value: { stringValue: version } });
  if (environment !== null)
    attributes.push({ key: 'deployment.environment.name', value: { stringValue: environment } });
  const json = JSON.stringify({ attributes });
  lastResource = { name, version, environment, json };
  return json;
}
