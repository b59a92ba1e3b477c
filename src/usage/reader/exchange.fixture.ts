/** Exchanges for tests, written by hand from the providers' documentation. */
import { readExchange } from '../read.ts';
import { wholeBody } from '../exchange.ts';
import type { BodyView, Exchange, ExchangeFailure } from '../exchange.ts';
import { createHostMap } from '../hosts.ts';
import type { Reading } from '../record.ts';

export interface Told {
  readonly method?: string;
  readonly url: string;
  readonly request?: unknown;
  readonly requestHeaders?: Record<string, string>;
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** An object becomes JSON, a string or bytes stay as they are; null: no body was seen. */
  readonly answer?: unknown;
  readonly complete?: boolean;
  readonly failure?: ExchangeFailure;
  readonly receivedAtMs?: number;
  readonly hosts?: Record<string, string>;
}

export function exchangeOf(told: Told): Exchange {
  const body = view(told.answer, told.complete ?? true);
  return {
    request: {
      method: told.method ?? 'POST',
      url: told.url,
      headers: told.requestHeaders ?? {},
      body: view(told.request, true),
    },
    response: { status: told.status ?? 200, headers: told.headers ?? {}, body },
    ...(told.failure === undefined ? {} : { failure: told.failure }),
    ...(told.receivedAtMs === undefined ? {} : { receivedAtMs: told.receivedAtMs }),
  };
}

/** Reads the exchange; a host that is nobody's fails the test. */
export function reading(told: Told): Reading {
  const options = told.hosts === undefined ? {} : { hosts: createHostMap({ hosts: told.hosts }) };
  const found = readExchange(exchangeOf(told), options);
  if (found === null) throw new Error(`no provider for ${told.url}`);
  return found;
}

function view(content: unknown, complete: boolean): BodyView | null {
  if (content === undefined || content === null) return null;
  if (typeof content === 'string' || content instanceof Uint8Array) return wholeBody(content, complete);
  return wholeBody(JSON.stringify(content), complete);
}

/** `data:` events; a pair is an event with a name. */
export function sse(...events: readonly unknown[]): string {
  return events
    .map((event) => {
      if (Array.isArray(event)) return `event: ${String(event[0])}\ndata: ${JSON.stringify(event[1])}\n\n`;
      return `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`;
    })
    .join('');
}

export function ndjson(...lines: readonly unknown[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** Head and tail of a body as capture holds them: what lies between is dropped. */
export function headAndTail(bytes: Uint8Array, head: number, tail: number, complete = true): BodyView {
  if (head + tail >= bytes.length) return wholeBody(bytes, complete);
  return {
    head: bytes.subarray(0, head),
    tail: bytes.subarray(bytes.length - tail),
    length: bytes.length,
    complete,
  };
}

/** One frame of application/vnd.amazon.eventstream. */
export function awsFrame(headers: Record<string, string>, payload: unknown): Uint8Array {
  const encoder = new TextEncoder();
  const named = Object.entries(headers).map(([name, value]) => {
    const [nameBytes, valueBytes] = [encoder.encode(name), encoder.encode(value)];
    return Uint8Array.of(
      nameBytes.length,
      ...nameBytes,
      7,
      valueBytes.length >> 8,
      valueBytes.length & 255,
      ...valueBytes,
    );
  });
  const body = encoder.encode(JSON.stringify(payload));
  const headersLength = named.reduce((sum, header) => sum + header.length, 0);
  const total = 16 + headersLength + body.length;
  const frame = new Uint8Array(total);
  const numbers = new DataView(frame.buffer);
  numbers.setUint32(0, total);
  numbers.setUint32(4, headersLength);
  numbers.setUint32(8, crc32(frame.subarray(0, 8)));
  let at = 12;
  for (const header of named) {
    frame.set(header, at);
    at += header.length;
  }
  frame.set(body, at);
  numbers.setUint32(total - 4, crc32(frame.subarray(0, total - 4)));
  return frame;
}

export function awsEvent(type: string, payload: unknown): Uint8Array {
  return awsFrame({ ':message-type': 'event', ':event-type': type, ':content-type': 'application/json' }, payload);
}

export function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Written apart from the reader's own, so that a mistake there shows. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}
