/** Where finished records go. */
import type { UsageRecord } from '@wiretally/usage';
import { openedLedger, processLedger } from './ledger.ts';
import { emitThroughSdk } from './sdk-ledger.ts';
import { addToSession } from './session-usage.ts';

/** `otlp`: our own exporter with its spool. `sdk`: the application's LoggerProvider. `none`: nowhere. */
export type LedgerMode = 'otlp' | 'sdk' | 'none';

/** @param cardDefinition of the record's rate card, where it has to travel with the record. */
export type Sink = (record: UsageRecord, cardDefinition: string | null) => void;

/** @throws Error where the ledger's endpoint is no URL. */
export function createSink(mode: LedgerMode = 'otlp'): Sink {
  const deliver = deliveryOf(mode);
  return (record, cardDefinition) => {
    addToSession(record);
    deliver(record, cardDefinition);
  };
}

function deliveryOf(mode: LedgerMode): Sink {
  switch (mode) {
    case 'otlp': {
      const { exporter } = processLedger();
      return (record, cardDefinition) => exporter.emit(record, cardDefinition);
    }
    case 'sdk':
      return emitThroughSdk;
    case 'none':
      return () => undefined;
  }
}

/** Records that the ledger exporter of this process gave up, by reason. */
export function droppedRecords(): Readonly<Record<string, number>> {
  return openedLedger()?.exporter.dropped ?? {};
}
