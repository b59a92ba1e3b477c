/**
 * The seam between capture (how a call is seen) and emit (what is said of it). Transports know only this file; emit
 * implements it. Times are `performance.timeOrigin + performance.now()` milliseconds.
 */
import type { Context } from '@opentelemetry/api';
import type { Exchange, Provider } from '@wiretally/usage';
import type { ChunkGaps } from './chunk-gaps.ts';

/** What is known when a request is created: no body yet. */
export interface CallStart {
  readonly provider: Provider;
  readonly method: string;
  readonly url: URL;
  readonly startedAtMs: number;
  /** The caller's OpenTelemetry context. */
  readonly context: Context;
}

export interface CallTiming {
  readonly durationMs: number;
  /** From the request's start to the first byte of the answer's body; null where none came. */
  readonly timeToFirstChunkMs: number | null;
  /** The times between the chunks of a stream, as they came off the wire. Absent or null where it is none. */
  readonly chunkGaps?: ChunkGaps | null;
}

/** One attempt that is under way. */
export interface ActiveCall {
  /** The caller's context with our span active: HTTP spans of other instrumentations become its children. */
  readonly context: Context;
  /** Some of a batch's results were read (`exchange.response.lines`); more may follow. Guarded by the caller: may throw. */
  lines?(exchange: Exchange, timing: CallTiming): void;
  /**
   * The caller's context once more, where the transport meets it again: instrumentation-http creates a request within a
   * span of its own, so that what was active around it shows only when the request is written.
   */
  writtenIn?(context: Context): void;
  /** Ends the attempt, exactly once. Guarded by the caller: may throw. */
  end(exchange: Exchange, timing: CallTiming): void;
  /** Ends the attempt without a record: a redirect hop, which is no attempt at billed work. Instead of `end`. */
  discard(): void;
}

export interface CallObserver {
  /** @returns null where the call is not to be recorded (tracing suppressed, `admin` paths, disabled). */
  start(call: CallStart): ActiveCall | null;
}
