/** The server of one cell as a listener: HTTP/1.1 or HTTP/2, with TLS or without. */
import * as http from 'node:http';
import * as http2 from 'node:http2';
import * as https from 'node:https';
import type * as net from 'node:net';

export interface Tls {
  readonly cert: string;
  readonly key: string;
}

export type Handler = (req: http.IncomingMessage, res: http.ServerResponse) => void;

/** Requests and answers of HTTP/2 have the methods of HTTP/1.1, of which the types know nothing. */
type Http2Handler = (req: http2.Http2ServerRequest, res: http2.Http2ServerResponse) => void;

export function createCellServer(tls: Tls | null, h2: boolean, handler: Handler): net.Server {
  if (h2) {
    const http2Handler = handler as unknown as Http2Handler;
    const server =
      tls === null
        ? http2.createServer(http2Handler)
        : // A client that knows HTTP/1.1 alone is served, too: what a client speaks is its own choice.
          http2.createSecureServer({ ...tls, allowHTTP1: true }, http2Handler);
    server.on('sessionError', () => {});
    return server;
  }
  const server = tls === null ? http.createServer(handler) : https.createServer(tls, handler);
  // Otherwise a slow machine decides whether a connection is still there when it is used again.
  server.keepAliveTimeout = 0;
  return server;
}

/** The stream of HTTP/2 under an answer; null over HTTP/1.1. */
export function streamOf(res: http.ServerResponse): http2.ServerHttp2Stream | null {
  return (res as unknown as { readonly stream?: http2.ServerHttp2Stream }).stream ?? null;
}

export function isClosed(res: http.ServerResponse): boolean {
  return streamOf(res)?.destroyed ?? res.destroyed;
}

/**
 * Ends what is under a request in the middle: `reset` without a word, which over HTTP/2 concerns the stream alone; `end`
 * with an orderly end of the connection; `destroy` with none.
 */
export function breakOff(res: http.ServerResponse, how: 'reset' | 'end' | 'destroy'): void {
  const stream = streamOf(res);
  if (stream === null) {
    if (how === 'reset') res.socket?.resetAndDestroy();
    else if (how === 'end') res.socket?.end();
    else res.socket?.destroy();
    return;
  }
  if (how === 'reset') stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  else stream.session?.destroy();
}

/** 103, then in a turn of its own 102. */
export function giveHints(res: http.ServerResponse): void {
  res.writeEarlyHints({ link: '</a>; rel=preload' });
  setImmediate(() => {
    const stream = streamOf(res);
    if (stream === null) res.writeProcessing();
    else stream.additionalHeaders({ ':status': 102 });
  });
}
