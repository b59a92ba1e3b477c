/**
 * Who may ask. With a token: only who brings it. Without one, the ledger listens on this machine alone, and answers only
 * requests that name this machine as their host, so that a web page cannot reach it by a host name of its own that
 * resolves to 127.0.0.1 (DNS rebinding).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { ApiError } from './api-error.ts';

export interface AccessOptions {
  /** Needed by every request under `/api` and `/v1`; null where the ledger listens on loopback only. */
  readonly token: string | null;
  /** The listener is reachable from this machine only. */
  readonly loopback: boolean;
}

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

export function isLoopback(host: string): boolean {
  return LOOPBACK_NAMES.has(host) || /^127\.\d+\.\d+\.\d+$/.test(host) || host.endsWith('.localhost');
}

/** Health and metrics stay open: probes and scrapers seldom have credentials, and both are aggregates. */
const PROTECTED = /^\/(?:api|v1)(?:\/|$)/;

export function access(options: AccessOptions): MiddlewareHandler {
  return async (context, next) => {
    const url = new URL(context.req.url);
    if (options.loopback && !isLoopback(url.hostname)) {
      throw new ApiError(
        'forbidden',
        `This ledger answers on this machine only, and the Host header names ${JSON.stringify(url.host)}. ` +
          'Ask for localhost or 127.0.0.1, or start it with WIRETALLY_HOST and WIRETALLY_TOKEN to serve a network.',
      );
    }
    refuseForeignPages(context.req.header('origin'), url);
    if (options.token !== null && PROTECTED.test(url.pathname)) {
      const given = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
      if (given === undefined || !sameSecret(given, options.token)) {
        throw new ApiError(
          'unauthorized',
          given === undefined
            ? 'This path needs the header "Authorization: Bearer TOKEN" with the value of WIRETALLY_TOKEN.'
            : 'The bearer token is not the one that this ledger was started with (WIRETALLY_TOKEN).',
          { headers: { 'WWW-Authenticate': 'Bearer' } },
        );
      }
    }
    await next();
  };
}

/** CORS is off: a browser sends `Origin` with what a page of another site asks for, and "simple" POSTs arrive unasked. */
function refuseForeignPages(origin: string | undefined, url: URL): void {
  if (origin === undefined || origin === url.origin) return;
  throw new ApiError('forbidden', `Pages of ${JSON.stringify(origin)} may not call this ledger.`);
}

/** Compares digests, so that the time taken tells neither the length nor a prefix. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
