/** One POST to an OTLP/HTTP endpoint, and what its answer means for the records in it. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { LedgerEndpoint } from './endpoint.ts';

export type SendOutcome =
  | { readonly kind: 'accepted'; readonly rejected: number }
  /** Try again; `retryAfterMs` where the server said when. */
  | { readonly kind: 'retry'; readonly retryAfterMs: number | null; readonly reason: string }
  /** The server will never take this request. `tooLarge`: smaller ones it may. */
  | { readonly kind: 'refused'; readonly reason: string; readonly tooLarge: boolean };

export interface OtlpSender {
  /** Never rejects. */
  send(body: string): Promise<SendOutcome>;
  /** Whether the process is to live until an answer comes: at its end for a bounded time, not while it works. */
  hold(held: boolean): void;
  close(): void;
}

export interface SenderOptions {
  readonly timeoutMs?: number;
  readonly userAgent: string;
  readonly now?: () => number;
  /** Whether bodies are compressed; default: unless they stay on this machine, where that is work without a gain. */
  readonly compress?: boolean;
}

const GZIP_FROM_BYTES = 1024;
const MAX_ANSWER_BYTES = 64 * 1024;
const gzipAsync = promisify(gzip);
/** Records are much alike: the least effort makes them a tenth as long, in a fifth of the time of the default's. */
const GZIP_LEVEL = { level: constants.Z_BEST_SPEED };
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * node:http, not fetch: an application that replaces the global fetch or its dispatcher (a proxy for providers, a mock in
 * tests) means its own calls, not ours.
 */
export function createOtlpSender(endpoint: LedgerEndpoint, options: SenderOptions): OtlpSender {
  const { timeoutMs = 10_000, userAgent, now = Date.now, compress = !LOOPBACK.test(endpoint.url.hostname) } = options;
  const transport = endpoint.url.protocol === 'https:' ? https : http;
  const agent = new transport.Agent({ keepAlive: true, maxSockets: 2 });
  const busy = new Set<Socket>();
  let held = false;

  return {
    async send(text) {
      try {
        const plain = Buffer.from(text);
        const compressed = compress && plain.length >= GZIP_FROM_BYTES;
        const body = compressed ? await gzipAsync(plain, GZIP_LEVEL) : plain;
        return await context.with(suppressTracing(context.active()), () => post(body, compressed));
      } catch (error) {
        return { kind: 'retry', retryAfterMs: null, reason: codeOf(error) };
      }
    },
    hold(next) {
      held = next;
      for (const socket of busy) refer(socket, held);
    },
    close: () => agent.destroy(),
  };

  function post(body: Buffer, compressed: boolean): Promise<SendOutcome> {
    return new Promise((resolve, reject) => {
      const request = transport.request(
        endpoint.url,
        {
          method: 'POST',
          agent,
          headers: {
            ...endpoint.headers,
            'content-type': 'application/json',
            'content-length': body.length,
            'user-agent': userAgent,
            ...(compressed ? { 'content-encoding': 'gzip' } : {}),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size <= MAX_ANSWER_BYTES) chunks.push(chunk);
          });
          response.on('end', () => resolve(outcomeOf(response, Buffer.concat(chunks), now())));
          response.on('error', reject);
        },
      );
      request.on('socket', (socket) => {
        refer(socket, held);
        busy.add(socket);
        request.once('close', () => busy.delete(socket));
      });
      request.setTimeout(timeoutMs, () => request.destroy(new Error('timeout')));
      request.on('error', reject);
      request.end(body);
    });
  }
}

/** An answer that does not come must not keep a finished script alive. */
function refer(socket: Socket, held: boolean): void {
  if (held) socket.ref();
  else socket.unref();
}

/** As the OTLP/HTTP specification divides them: 429, 502, 503 and 504 are retryable; so are other 5xx with us. */
function outcomeOf(response: http.IncomingMessage, body: Buffer, nowMs: number): SendOutcome {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return { kind: 'accepted', rejected: rejectedCount(body) };
  const reason = `HTTP ${status}`;
  // 401, 403, 404: a token or a path that the operator will mend; records are kept until then.
  if (status === 429 || status >= 500 || status === 408 || status === 401 || status === 403 || status === 404)
    return { kind: 'retry', retryAfterMs: retryAfterMs(response.headers['retry-after'], nowMs), reason };
  return { kind: 'refused', reason, tooLarge: status === 413 };
}

/** `partialSuccess.rejectedLogRecords`: records that the server had and will not store. */
function rejectedCount(body: Buffer): number {
  try {
    const answer: unknown = JSON.parse(body.toString('utf8'));
    const partial = (answer as { partialSuccess?: { rejectedLogRecords?: unknown } } | null)?.partialSuccess;
    const count = Number(partial?.rejectedLogRecords ?? 0);
    return Number.isSafeInteger(count) && count > 0 ? count : 0;
  } catch {
    return 0;
  }
}

/** Seconds or an HTTP date. */
function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.message === 'timeout' ? 'timeout' : error.name;
}
