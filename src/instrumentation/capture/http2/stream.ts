/** A client's stream of `node:http2`, as far as we look at it. */
import type { ClientHttp2Stream, Http2Session } from 'node:http2';
import type { Headers } from '@wiretally/usage';
import type { Attempt, RequestReader } from '../attempt.ts';
import { readHeaders } from '../headers.ts';
import type { ATTEMPT } from '../process-keys.ts';

export type Http2Request = ClientHttp2Stream & { [ATTEMPT]?: Attempt<Http2Request> | undefined };

export const http2RequestReader: RequestReader<Http2Request> = {
  headers: (stream) => withoutPseudo(stream.sentHeaders),
  // Written bytes are seen when they are written, also before there is a connection.
  unsentBody: () => null,
};

/** Without `:path`, `:status` and their like, which are no headers. */
export function withoutPseudo(headers: object): Headers {
  return readHeaders(Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':'))));
}

/**
 * undici's own sessions: its requests are seen where undici makes them. It leaves its client, which dispatches, on the
 * session under a symbol of that name.
 */
export function isUndicis(session: Http2Session | undefined): boolean {
  if (session === undefined) return false;
  return Object.getOwnPropertySymbols(session).some((symbol) => {
    if (symbol.description !== 'client') return false;
    const client = (session as unknown as Record<symbol, { dispatch?: unknown } | null | undefined>)[symbol];
    return typeof client?.dispatch === 'function';
  });
}
