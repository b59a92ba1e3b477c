/** What capture did, as plain numbers: metrics read them when they are collected, the hot path only adds. */

/** Where a callback of ours failed. A closed list, so that it can be a metric attribute. */
export type FaultPlace =
  | 'create'
  | 'observer'
  | 'context'
  | 'request-body'
  | 'response-head'
  | 'response-body'
  | 'decode'
  | 'end'
  | 'enable'
  | 'redaction';

/** Why an exchange that was seen became no record; of a session each turn is an exchange. */
export type DropReason = 'redirect' | 'session' | 'failed';

/**
 * `seen` = `emitted` + all of `dropped` + `inFlight`, at any moment. Exchanges with other hosts are not seen.
 */
export interface CaptureCounters {
  seen: number;
  emitted: number;
  inFlight: number;
  /** Exchanges of which no body was kept, since too many were under way; they are emitted all the same. */
  overloaded: number;
  readonly dropped: Record<DropReason, number>;
  readonly errors: Partial<Record<FaultPlace, number>>;
}

export function createCounters(): CaptureCounters {
  return {
    seen: 0,
    emitted: 0,
    inFlight: 0,
    overloaded: 0,
    dropped: { redirect: 0, session: 0, failed: 0 },
    errors: {},
  };
}
