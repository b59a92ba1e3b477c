/**
 * Who may ask. With tokens: only who brings one whose role may. Without one, the ledger listens on this machine alone, and answers only
 * requests that name this machine as their host, so that a web page cannot reach it by a host name of its own that
 * resolves to 127.0.0.1 (DNS rebinding).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { ApiError } from './api-error.ts';
import { countFailedLogins } from './failed-logins.ts';
import { rolesFor } from './roles.ts';
import type { AccessToken } from './roles.ts';

export interface AccessOptions {
  /** Needed by every request under `/api` and `/v1`; empty where the ledger listens on loopback only. */
  readonly tokens: readonly AccessToken[];
  /** The listener is reachable from this machine only. */
  readonly loopback: boolean;
  readonly now?: (() => Date) | undefined;
}

/** What the listener knows of the sender. */
export interface Caller {
  /** Null where it is not known, as in a test. */
  readonly address: string | null;
}

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

export function isLoopback(host: string): boolean {
  return LOOPBACK_NAMES.has(host) || /^127\.\d+\.\d+\.\d+$/.test(host) || host.endsWith('.localhost');
}

/** Health and metrics stay open: probes and scrapers seldom have credentials, and both are aggregates. */
const PROTECTED = /^\/(?:api|v1)(?:\/|$)/;

export function access(options: AccessOptions): MiddlewareHandler<{ Bindings: Partial<Caller> }> {
  const { now = () => new Date() } = options;
  const failures = countFailedLogins(() => now().getTime());
  const known = options.tokens.map(({ role, token }) => ({ role, digest: digestOf(token) }));

  /** @throws ApiError unless the header has a token of a role that may. */
  const check = (authorization: string, address: string, method: string, path: string): void => {
    const given = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (given === undefined) {
      throw unauthorized('This path needs the header "Authorization: Bearer TOKEN" with a token of this ledger.');
    }
    const seconds = failures.waitSeconds(address);
    if (seconds > 0) {
      throw new ApiError(
        'too_many_requests',
        `Too many wrong tokens came from this address. Try again in ${seconds} s.`,
        { headers: { 'Retry-After': String(seconds) } },
      );
    }
    const digest = digestOf(given);
    // All are compared, so that the time taken does not tell which one is near.
    const [found] = known.filter((each) => timingSafeEqual(each.digest, digest));
    if (found === undefined) {
      failures.add(address, digest.toString('base64'));
      throw unauthorized('The bearer token is none of those that this ledger was started with.');
    }
    const roles = rolesFor(method, path);
    if (!roles.includes(found.role)) {
      throw new ApiError('forbidden', `The token is a ${found.role}'s; this takes one of: ${roles.join(', ')}.`);
    }
  };

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
    // The router's own path: it decodes, and `/%61pi` must not be another door to `/api`.
    const { method, path } = context.req;
    if (known.length > 0 && PROTECTED.test(path)) {
      // In-process callers pass no bindings.
      const address = (context.env as Partial<Caller> | undefined)?.address ?? 'unknown';
      check(context.req.header('authorization') ?? '', address, method, path);
    }
    await next();
  };
}

const unauthorized = (message: string): ApiError =>
  new ApiError('unauthorized', message, { headers: { 'WWW-Authenticate': 'Bearer' } });

/** Digests have one length, so that the time taken to compare tells neither a token's length nor a prefix. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** CORS is off: a browser sends `Origin` with what a page of another site asks for, and "simple" POSTs arrive unasked. */
function refuseForeignPages(origin: string | undefined, url: URL): void {
  if (origin === undefined || origin === url.origin) return;
  throw new ApiError('forbidden', `Pages of ${JSON.stringify(origin)} may not call this ledger.`);
}
