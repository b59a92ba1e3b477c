/**
 * A service, as far as the ledger can see one: makes known records at a steady rate and delivers them with the
 * instrumentation's own exporter, again and again until the Collector has acknowledged them.
 *
 * Arguments: URL, records a second, first record's time and step in microseconds. SIGTERM: makes no more, delivers what
 * waits, says on stdout how many there were.
 */
import { createLedgerExporter } from '../../src/instrumentation/emit/ledger-exporter.ts';
import { createOtlpSender } from '../../src/instrumentation/emit/otlp-sender.ts';
import { knownRecord } from './known-records.ts';

/** Printed as JSON, at the end. */
export interface LoaderReport {
  /** Records 0 to this number − 1 were made. */
  readonly made: number;
  /** All of them were acknowledged. */
  readonly delivered: boolean;
  /** Given up by the exporter, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

const [url = '', perSecond = '200', startUnixMicros = '0', stepMicros = '1'] = process.argv.slice(2);
const series = { startUnixMicros: Number(startUnixMicros), stepMicros: Number(stepMicros) };
const TICK_MS = 50;
const DELIVER_WITHIN_MS = 120_000;

const exporter = createLedgerExporter({
  sender: createOtlpSender(
    { url: new URL('/v1/logs', url), headers: {}, source: 'fault run' },
    { userAgent: 'wiretally-fault-run', timeoutMs: 5000 },
  ),
  spool: null,
  // Nothing may be given up for want of room: what is lost is to be the fault of what is tested.
  maxQueue: 5_000_000,
  backoffMs: [100, 1000],
});

const startedAt = performance.now();
let made = 0;
const timer = setInterval(() => {
  const due = Math.floor(((performance.now() - startedAt) / 1000) * Number(perSecond));
  for (; made < due; made += 1) exporter.emit(knownRecord(series, made));
}, TICK_MS);

process.once('SIGTERM', () => {
  clearInterval(timer);
  void deliver();
});

async function deliver(): Promise<void> {
  const deadline = performance.now() + DELIVER_WITHIN_MS;
  let delivered = false;
  while (!delivered && performance.now() < deadline) {
    // It ends early when an answer does not come; then the next one may.
    delivered = await exporter.forceFlush(10_000);
    if (!delivered) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const report: LoaderReport = { made, delivered, dropped: exporter.dropped };
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
}
