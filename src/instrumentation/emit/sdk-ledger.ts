/** `ledger: 'sdk'`: records go through the application's own LoggerProvider, with whatever it exports to. */
import { logs, ROOT_CONTEXT, SeverityNumber, trace, TraceFlags } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import { CALL_EVENT_NAME, PRICE_CARD_DEFINITION_ATTRIBUTE, recordToAttributes } from '@wiretally/usage';
import type { UsageRecord } from '@wiretally/usage';
import { INSTRUMENTATION_NAME } from './semconv.ts';
import { VERSION } from './version.ts';

export function emitThroughSdk(record: UsageRecord, cardDefinition: string | null): void {
  const seconds = Math.floor(record.timeUnixMicros / 1_000_000);
  logs.getLogger(INSTRUMENTATION_NAME, VERSION).emit({
    eventName: CALL_EVENT_NAME,
    // Seconds and nanoseconds: the microsecond is part of the ledger's key and must survive.
    timestamp: [seconds, (record.timeUnixMicros % 1_000_000) * 1000],
    severityNumber: SeverityNumber.INFO,
    attributes: {
      'event.name': CALL_EVENT_NAME,
      ...(recordToAttributes(record) as Attributes),
      ...(cardDefinition === null ? {} : { [PRICE_CARD_DEFINITION_ATTRIBUTE]: cardDefinition }),
    },
    context:
      record.traceId === null || record.spanId === null
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, {
            traceId: record.traceId,
            spanId: record.spanId,
            traceFlags: TraceFlags.SAMPLED,
          }),
  });
}
