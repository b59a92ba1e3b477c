/**
 * application/vnd.amazon.eventstream:
 *
 *     frame  = u32be totalLength | u32be headersLength | u32be preludeCrc | headers | payload | u32be messageCrc
 *     header = u8 nameLength | name | u8 type (7 = string) | u16be valueLength | value
 */
import type { ByteSegment } from '../body/segments.ts';

export interface AwsFrame {
  /** `:event-type`, or `:exception-type` where `isException`. */
  readonly type: string | null;
  readonly isException: boolean;
  /** JSON text. */
  readonly payload: string;
}

const PRELUDE = 12;
const OVERHEAD = 16;
/** A frame's payload is at most 24 MB, its headers 128 KB (smithy's event stream codec). */
const MAX_FRAME = 24 * 1024 * 1024 + 128 * 1024 + OVERHEAD;
const MAX_HEADERS = 128 * 1024;
const STRING_TYPE = 7;

const decoder = new TextDecoder();

/** Does a body begin with a frame? Its prelude carries a checksum. */
export function looksLikeAwsEventStream(bytes: Uint8Array): boolean {
  return bytes.length >= PRELUDE && bytes[0] === 0 && frameLength(bytes, 0) !== null;
}

/** The whole frames of a piece. Where its beginning is missing, the first prelude whose checksum fits is the start. */
export function awsFrames(segment: ByteSegment): AwsFrame[] {
  const { bytes } = segment;
  const frames: AwsFrame[] = [];
  let at = segment.cutStart ? findFrame(bytes, 0) : 0;
  while (at >= 0 && at + PRELUDE <= bytes.length) {
    const length = frameLength(bytes, at);
    if (length === null) {
      // Damaged: go on at the next frame that can be recognised.
      at = findFrame(bytes, at + 1);
      continue;
    }
    if (at + length > bytes.length) break;
    frames.push(readFrame(bytes, at, length));
    at += length;
  }
  return frames;
}

function findFrame(bytes: Uint8Array, from: number): number {
  for (let at = from; at + PRELUDE <= bytes.length; at++) {
    // Frames are shorter than 32 MB, so the first byte is 0 or 1: skip all others without arithmetic.
    if ((bytes[at] ?? 255) <= 1 && frameLength(bytes, at) !== null) return at;
  }
  return -1;
}

function frameLength(bytes: Uint8Array, at: number): number | null {
  const total = u32(bytes, at);
  const headers = u32(bytes, at + 4);
  if (total < OVERHEAD || total > MAX_FRAME || headers > MAX_HEADERS || headers > total - OVERHEAD) return null;
  return crc32(bytes, at, at + 8) === u32(bytes, at + 8) ? total : null;
}

function readFrame(bytes: Uint8Array, at: number, length: number): AwsFrame {
  const headersEnd = at + PRELUDE + u32(bytes, at + 4);
  let eventType: string | null = null;
  let exceptionType: string | null = null;
  for (let header = at + PRELUDE; header < headersEnd;) {
    const nameEnd = header + 1 + (bytes[header] ?? 0);
    if (nameEnd + 3 > headersEnd || bytes[nameEnd] !== STRING_TYPE) break;
    const valueEnd = nameEnd + 3 + (((bytes[nameEnd + 1] ?? 0) << 8) | (bytes[nameEnd + 2] ?? 0));
    if (valueEnd > headersEnd) break;
    const name = decoder.decode(bytes.subarray(header + 1, nameEnd));
    const value = (): string => decoder.decode(bytes.subarray(nameEnd + 3, valueEnd));
    if (name === ':event-type') eventType = value();
    else if (name === ':exception-type' || name === ':error-code') exceptionType = value();
    header = valueEnd;
  }
  const payload = decoder.decode(bytes.subarray(headersEnd, at + length - 4));
  return { type: exceptionType ?? eventType, isException: exceptionType !== null, payload };
}

function u32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
  );
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** CRC-32 (IEEE) of `bytes[from, to)`; 8 bytes in practice. */
function crc32(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffffffff;
  for (let at = from; at < to; at++) crc = (CRC_TABLE[(crc ^ (bytes[at] ?? 0)) & 255] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
