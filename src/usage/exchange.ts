/** One HTTP exchange as seen on the wire, decoded (no content-encoding), possibly only head and tail of its bodies. */
import type { UsagePart } from './record.ts';

/**
 * A body of which the beginning and the end are held. Where `head.length + tail.length === length` nothing is missing
 * between the two; where it is smaller, the middle was dropped to bound memory.
 */
export interface BodyView {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  /** Decoded length seen, in bytes. */
  readonly length: number;
  /** False where the body was cut: aborted, reset, or its decoder failed before the end. */
  readonly complete: boolean;
}

/** Lower-case names; repeated headers joined with `, `. */
export type Headers = Readonly<Record<string, string>>;

export interface ExchangeRequest {
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
  readonly headers: Headers;
  /** Null where there was none or it could not be seen. */
  readonly body: BodyView | null;
}

export interface ExchangeResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: BodyView | null;
  /** A batch's results of which each line was read as it came (`Provider.results`), so that its length does not matter. */
  readonly lines?: ResultLines;
}

export interface ResultLines {
  readonly parts: readonly UsagePart[];
  /** How many lines were results. */
  readonly read: number;
  /** How many lines were left out, at least: beyond the limit, or the body was cut. */
  readonly dropped: number;
}

/** Why an exchange ended without (all of) an answer. */
export interface ExchangeFailure {
  readonly class: 'aborted' | 'timeout' | 'connection';
  /** The runtime's code, e.g. `ECONNREFUSED`, `UND_ERR_HEADERS_TIMEOUT`; never a message. */
  readonly code: string | null;
}

export interface Exchange {
  readonly request: ExchangeRequest;
  readonly response: ExchangeResponse | null;
  readonly failure?: ExchangeFailure | null;
  /** Epoch milliseconds at which the answer's head arrived; limits' resets count from it. Absent: resets stay relative. */
  readonly receivedAtMs?: number;
  /**
   * True where no body was kept because too many exchanges were under way: missing usage has the reason `overload`
   * (`readExchange` says so for every provider).
   */
  readonly overload?: boolean;
}

/** A body of which all bytes are at hand. */
export function wholeBody(bytes: Uint8Array | string, complete = true): BodyView {
  const head = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  return { head, tail: new Uint8Array(0), length: head.length, complete };
}
