/** Serves recorded answers over real HTTP and HTTPS: encoded again where the recording was, cut at random places. */
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Authority } from './authority.ts';
import { responseBytes } from './corpus.ts';
import type { RecordedExchange } from './corpus.ts';
import { cutAtRandom, seededRandom } from '../random.ts';

/** The request header that tells the server which recording to play: several can share one URL. */
export const REPLAY_HEADER = 'x-replay-index';

const NOT_REPLAYED = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'trailer', 'upgrade']);
const ENCODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gzipSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  zstd: (bytes) => zstdCompressSync(bytes),
};

export interface ReplayServer {
  readonly httpPort: number;
  readonly httpsPort: number;
  close(): Promise<void>;
}

export async function startReplayServer(
  exchanges: readonly RecordedExchange[],
  authority: Authority,
  seed: number,
): Promise<ReplayServer> {
  const play = (request: IncomingMessage, response: ServerResponse): void => {
    const index = Number(request.headers[REPLAY_HEADER]);
    const exchange = exchanges[index];
    request.resume();
    request.on('end', () => {
      if (exchange === undefined) response.writeHead(599).end();
      else answer(exchange, response, seededRandom(seed ^ (index * 2_654_435_761))).catch(() => response.destroy());
    });
  };
  const http = createHttpServer(play);
  const https = createHttpsServer({ cert: authority.cert, key: authority.key }, play);
  const [httpPort, httpsPort] = await Promise.all([listen(http), listen(https)]);
  return {
    httpPort,
    httpsPort,
    close: async () => {
      http.closeAllConnections();
      https.closeAllConnections();
      await Promise.all([http, https].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function answer(exchange: RecordedExchange, response: ServerResponse, random: () => number): Promise<void> {
  let bytes: Buffer = responseBytes(exchange);
  for (const [name, value] of Object.entries(exchange.response_headers)) {
    if (NOT_REPLAYED.has(name)) continue;
    if (name === 'content-encoding') {
      const encode = ENCODERS[value.trim().toLowerCase()];
      if (encode === undefined) continue;
      bytes = encode(bytes);
    }
    response.setHeader(name, value);
  }
  response.writeHead(exchange.status);
  for (const piece of cutAtRandom(bytes, random)) {
    response.write(piece);
    // A turn of the loop between pieces, so that most leave as reads of their own.
    await new Promise((resolve) => setImmediate(resolve));
  }
  response.end();
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
