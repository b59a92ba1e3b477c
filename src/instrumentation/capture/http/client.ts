/** The request and answer of `node:http` and `node:https`, as far as we look at them. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Attempt, RequestReader } from '../attempt.ts';
import { readHeaders } from '../headers.ts';
import type { ATTEMPT } from '../process-keys.ts';

export type HttpRequest = ClientRequest & {
  /** The head as it was written; the only place of headers that were given as an array. */
  readonly _header?: string | null;
  [ATTEMPT]?: Attempt<HttpRequest> | undefined;
};

export type HttpResponse = IncomingMessage & {
  readonly _dumped?: boolean;
  [ATTEMPT]?: Attempt<HttpRequest> | undefined;
};

export const httpRequestReader: RequestReader<HttpRequest> = {
  headers(request) {
    const head = rawHead(request);
    return readHeaders(head ?? request.getHeaders());
  },
  // Written bytes are seen when they are written, also before there is a connection.
  unsentBody: () => null,
};

/** Scheme and host as the application wrote them; a port only where it is not the scheme's own. */
export function originOf(request: HttpRequest): string {
  const header = request.getHeader('host') ?? /\r\nhost: *([^\r\n]+)/i.exec(rawHead(request) ?? '')?.[1];
  return `${request.protocol}//${typeof header === 'string' ? header : request.host}`;
}

/** Headers that were given as an array are nowhere but in the head that Node writes. */
function rawHead(request: HttpRequest): string | null {
  const head = request['_header'];
  return typeof head === 'string' && request.getHeaderNames().length === 0 ? head.slice(head.indexOf('\r\n')) : null;
}
