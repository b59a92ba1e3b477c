/** BodyView → the one or two contiguous pieces of it that are at hand. */
import type { BodyView } from '../exchange.ts';

export interface ByteSegment {
  readonly bytes: Uint8Array;
  /** Bytes before this piece are missing. */
  readonly cutStart: boolean;
  /** Bytes after this piece are missing: dropped from the middle, or never received. */
  readonly cutEnd: boolean;
}

export interface TextSegment {
  readonly text: string;
  readonly cutStart: boolean;
  readonly cutEnd: boolean;
}

/** One segment where nothing is missing in the middle, else head and tail. */
export function byteSegments(view: BodyView): ByteSegment[] {
  const { head, tail, length, complete } = view;
  const held = head.length + tail.length;
  if (!(held < length)) return [{ bytes: join(head, tail, held - length), cutStart: false, cutEnd: !complete }];
  return [
    { bytes: head, cutStart: false, cutEnd: true },
    { bytes: tail, cutStart: true, cutEnd: !complete },
  ];
}

/** Decodes UTF-8; a sequence cut at either end becomes U+FFFD, which is harmless outside of strings and inside. */
export function textSegments(segments: readonly ByteSegment[]): TextSegment[] {
  return segments.map(({ bytes, cutStart, cutEnd }) => ({ text: decoder.decode(bytes), cutStart, cutEnd }));
}

// TextDecoder drops a leading byte order mark by itself. One instance: it keeps no state without `stream: true`.
const decoder = new TextDecoder();

/** @param overlap bytes that head and tail both hold. */
function join(head: Uint8Array, tail: Uint8Array, overlap: number): Uint8Array {
  const rest = overlap > 0 ? tail.subarray(Math.min(overlap, tail.length)) : tail;
  if (rest.length === 0) return head;
  if (head.length === 0) return rest;
  const whole = new Uint8Array(head.length + rest.length);
  whole.set(head);
  whole.set(rest, head.length);
  return whole;
}
