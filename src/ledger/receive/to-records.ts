/** Log records → usage records. Those of other events are counted, not kept. */
import { attributesToRecord, CALL_EVENT_NAME, PRICE_CARD_DEFINITION_ATTRIBUTE } from '@wiretally/usage';
import type { ParsedRecord } from '../store/ingest-types.ts';
import type { OtlpLogRecord, OtlpResourceLogs } from './log-record.ts';

export interface Calls {
  readonly records: readonly ParsedRecord[];
  readonly ignored: number;
}

export function toRecords(decoded: readonly OtlpResourceLogs[]): Calls {
  const records: ParsedRecord[] = [];
  let ignored = 0;
  for (const { resource, records: logRecords } of decoded) {
    const service = {
      serviceName: text(resource['service.name']),
      serviceVersion: text(resource['service.version']),
      environment: text(resource['deployment.environment.name']),
    };
    for (const logRecord of logRecords) {
      if (isCall(logRecord)) records.push(toRecord(logRecord, service));
      else ignored += 1;
    }
  }
  return { records, ignored };
}

/** The field came in 2025; older senders and processors have the attribute. */
function isCall(logRecord: OtlpLogRecord): boolean {
  return logRecord.eventName === CALL_EVENT_NAME || logRecord.attributes['event.name'] === CALL_EVENT_NAME;
}

function toRecord(
  logRecord: OtlpLogRecord,
  service: { serviceName: string | null; serviceVersion: string | null; environment: string | null },
): ParsedRecord {
  const { record, unknown } = attributesToRecord(logRecord.attributes, {
    ...service,
    // The time is part of the unique key, so it is the record's own, cut to microseconds in whole numbers: rounded
    // through a double it could differ between two deliveries.
    timeUnixMicros: Number(logRecord.timeUnixNano / 1000n),
    traceId: logRecord.traceId || null,
    spanId: logRecord.spanId || null,
  });
  delete unknown['event.name'];
  const cardDefinition = text(unknown[PRICE_CARD_DEFINITION_ATTRIBUTE]);
  delete unknown[PRICE_CARD_DEFINITION_ATTRIBUTE];
  return { record, unknown, cardDefinition };
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
