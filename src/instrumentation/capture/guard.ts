/** The one guard around every callback: the application must not feel what goes wrong in ours. */
import { diag } from '@opentelemetry/api';
import type { CaptureCounters, FaultPlace } from './counters.ts';

const logger = diag.createComponentLogger({ namespace: '@wiretally/instrumentation' });

/** Counts a failure of ours by place and logs the first of each place. Never throws. */
export function reportFault(counters: CaptureCounters, place: FaultPlace, error: unknown): void {
  const earlier = counters.errors[place] ?? 0;
  counters.errors[place] = earlier + 1;
  if (earlier > 0) return;
  try {
    logger.error(
      `capture failed in "${place}"; the application is not affected, the call's record may lack what was to be read ` +
        `there. Logged once, counted in wiretally.capture.errors`,
      error,
    );
  } catch {
    // A logger that throws is no reason to disturb the application.
  }
}

/**
 * Calls `callback(subject, a, b)` and swallows what it throws. Arguments instead of a closure: this runs for every chunk.
 *
 * @returns undefined where it failed.
 */
export function guard<S, A, B, R>(
  counters: CaptureCounters,
  place: FaultPlace,
  callback: (subject: S, a: A, b: B) => R,
  subject: S,
  a: A,
  b: B,
): R | undefined {
  try {
    return callback(subject, a, b);
  } catch (error) {
    reportFault(counters, place, error);
    return undefined;
  }
}
