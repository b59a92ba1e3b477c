/** Where finished records go. */
import type { UsageRecord } from '@wiretally/usage';
import { openedLedger, processLedger } from './ledger.ts';
import { emitThroughSdk } from './sdk-ledger.ts';
import { addToSession } from './session-usage.ts';

/** `otlp`: our own exporter with its spool. `sdk`: the application's LoggerProvider. `none`: nowhere. */
export type LedgerMode = 'otlp' | 'sdk' | 'none';

/** @throws Error where the ledger's endpoint is no URL. */
export function createSink(mode: LedgerMode = 'otlp'): (record: UsageRecord) => void {
  const deliver = deliveryOf(mode);
  return (record) => {
    addToSession(record);
    deliver(record);
  };
}

function deliveryOf(mode: LedgerMode): (record: UsageRecord) => void {
  switch (mode) {
    case 'otlp': {
      const { exporter } = processLedger();
      return (record) => exporter.emit(record);
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
