/** Capture's own counters as metrics, read when metrics are collected. */
import type { Meter, ObservableResult } from '@opentelemetry/api';
import { ATTR, METRIC } from './semconv.ts';

/** What capture counts, as plain numbers. */
export interface CaptureCounts {
  readonly seen: number;
  readonly emitted: number;
  readonly inFlight: number;
  readonly dropped: Readonly<Record<string, number | undefined>>;
  readonly errors: Readonly<Record<string, number | undefined>>;
}

/**
 * @param records what the ledger exporter gave up, by reason: added to what capture dropped.
 */
export function observeCapture(
  meter: Meter,
  capture: CaptureCounts,
  records: () => Readonly<Record<string, number>>,
): void {
  const unit = '{exchange}';
  meter
    .createObservableCounter(METRIC.captureSeen, { unit, description: 'Exchanges with AI hosts that were seen.' })
    .addCallback((result) => result.observe(capture.seen));
  meter
    .createObservableCounter(METRIC.captureEmitted, {
      unit,
      description: 'Exchanges that were handed on to be emitted.',
    })
    .addCallback((result) => result.observe(capture.emitted));
  meter
    .createObservableCounter(METRIC.captureDropped, { unit, description: 'Exchanges or records that were given up.' })
    .addCallback((result) => observeReasons(result, { ...capture.dropped, ...records() }));
  meter
    .createObservableCounter(METRIC.captureErrors, { unit, description: 'Failures of the instrumentation itself.' })
    .addCallback((result) => observeReasons(result, capture.errors));
  meter
    .createObservableGauge(METRIC.captureInFlight, { unit, description: 'Exchanges under way.' })
    .addCallback((result) => result.observe(capture.inFlight));
}

function observeReasons(result: ObservableResult, reasons: Readonly<Record<string, number | undefined>>): void {
  for (const [reason, count] of Object.entries(reasons)) {
    if (count !== undefined) result.observe(count, { [ATTR.reason]: reason });
  }
}
