/** OTLP/HTTP without the HTTP: one request's body in, its answer out. gRPC is the Collector's work. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LedgerError } from '../ledger-error.ts';
import type { Logger } from '../logger.ts';
import type { Counters } from '../store/stats.ts';
import type { Store } from '../store/store.ts';
import { failure, success } from './answers.ts';
import type { Encoding } from './answers.ts';
import { decodeCalls } from './decode-calls.ts';
import { decompress, UnsupportedEncodingError } from './decompress.ts';
import { createGate } from './gate.ts';
import { createLargeBodies } from './large-bodies.ts';
import {
  MAX_BODY_BYTES,
  MAX_BYTES_HERE,
  MAX_DECODING,
  MAX_JSON_BYTES,
  MAX_PARTS_HERE,
  MAX_PROTOBUF_BYTES,
  MAX_WAITING_BYTES,
  TooLargeError,
} from './limits.ts';
import { MalformedRequestError } from './log-record.ts';
import type { Calls } from './to-records.ts';

export type OtlpSignal = 'logs' | 'metrics' | 'traces';

/** What the HTTP layer sends back as it is. */
export interface OtlpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Receiver {
  /** Larger bodies are refused with 413; the HTTP layer need not read further. */
  readonly maxBodyBytes: number;
  /** One OTLP/HTTP request, its body read whole. Answers after COMMIT. Never throws. */
  receiveOtlp(
    signal: OtlpSignal,
    contentType: string | null | undefined,
    contentEncoding: string | null | undefined,
    body: Uint8Array,
  ): Promise<OtlpAnswer>;
}

const RETRY_AFTER = { 'retry-after': '2' };

export function createReceiver(store: Store, counters: Counters, logger: Logger): Receiver {
  const gate = createGate(MAX_DECODING, MAX_WAITING_BYTES);
  const oneByOne = createGate(1, Infinity);
  const largeOneByOne = createGate(1, Infinity);
  const largeBodies = createLargeBodies();

  const decode = async (encoding: Encoding, contentEncoding: string, body: Uint8Array): Promise<Calls> => {
    const maxBytes = encoding === 'json' ? MAX_JSON_BYTES : MAX_PROTOBUF_BYTES;
    const bytes = await decompress(body, contentEncoding, maxBytes);
    const small = bytes.length > MAX_BYTES_HERE ? null : await oneByOne(0, () => decodeHere(encoding, bytes));
    // The caller's bytes stay the caller's.
    return small ?? (await largeOneByOne(0, () => largeBodies.decode(encoding, bytes === body ? body.slice() : bytes)));
  };

  const receiveLogs = async (encoding: Encoding, contentEncoding: string, body: Uint8Array): Promise<OtlpAnswer> => {
    const { records, ignored } = await gate(body.length, () => decode(encoding, contentEncoding, body));
    const result = await store.ingest(records);
    counters.ignoredLogRecords += ignored;
    return success(encoding, 'logs', result.rejected, result.reasons.join('; '));
  };

  return {
    maxBodyBytes: MAX_BODY_BYTES,
    async receiveOtlp(signal, contentType, contentEncoding, body) {
      const encoding = encodingOf(contentType);
      if (encoding === null) {
        return failure(
          'json',
          415,
          `content-type ${contentType ?? '(none)'} is not supported; send application/x-protobuf or application/json`,
        );
      }
      try {
        if (body.length > MAX_BODY_BYTES) throw new TooLargeError(`the body is larger than ${MAX_BODY_BYTES} bytes`);
        if (signal === 'logs') {
          return await receiveLogs(encoding, (contentEncoding ?? '').trim().toLowerCase(), body);
        }
        // Accepted, so that a sender with one endpoint for all is not in trouble; kept by others.
        if (signal === 'metrics') counters.metricsRequests += 1;
        else counters.tracesRequests += 1;
        return success(encoding, signal, 0, '');
      } catch (error) {
        return answerTo(error, encoding, logger);
      }
    },
  };
}

/** @returns null where it would keep others waiting */
async function decodeHere(encoding: Encoding, bytes: Uint8Array): Promise<Calls | null> {
  // Between two bodies everybody else has a turn.
  await nextTurn();
  try {
    return decodeCalls(encoding, bytes, MAX_PARTS_HERE);
  } catch (error) {
    if (error instanceof TooLargeError) return null;
    throw error;
  }
}

function encodingOf(contentType: string | null | undefined): Encoding | null {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') return 'json';
  return type === 'application/x-protobuf' || type === 'application/protobuf' ? 'protobuf' : null;
}

function answerTo(error: unknown, encoding: Encoding, logger: Logger): OtlpAnswer {
  if (error instanceof MalformedRequestError) return failure(encoding, 400, error.message);
  if (error instanceof TooLargeError) return failure(encoding, 413, error.message);
  if (error instanceof UnsupportedEncodingError) return failure(encoding, 415, error.message);
  // 429 and 503 are what senders repeat.
  if (error instanceof LedgerError) return failure(encoding, 503, error.message, RETRY_AFTER);
  logger.error({ error }, 'an OTLP request failed');
  return failure(encoding, 503, 'the ledger failed; its log says why', RETRY_AFTER);
}
