/** A real server whose answers are told by the address: what the wire can do to a client. */
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import * as zlib from 'node:zlib';

export interface TestServer {
  readonly origin: string;
  /** `host:port` */
  readonly host: string;
  /** What was received, in order. */
  readonly received: { method: string; path: string; headers: http.IncomingHttpHeaders; body: Buffer }[];
  /** Bytes of `/big` that the kernel or the client took so far. */
  written(): number;
  close(): Promise<void>;
}

export const USAGE = '{"id":"r1","usage":{"input_tokens":12,"output_tokens":34}}';

/** Many events and, last, the one that counts. */
export function events(count: number): string {
  let text = '';
  for (let i = 0; i < count; i += 1) text += `data: {"delta":"word ${i} ${'x'.repeat(i % 90)}"}\n\n`;
  return `${text}data: ${USAGE}\n\ndata: [DONE]\n\n`;
}

const ENCODERS: Record<string, (bytes: Buffer) => Buffer> = {
  gzip: (bytes) => zlib.gzipSync(bytes),
  deflate: (bytes) => zlib.deflateSync(bytes),
  'deflate-raw': (bytes) => zlib.deflateRawSync(bytes),
  br: (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
  zstd: (bytes) => zlib.zstdCompressSync(bytes),
};

/** Numbers that look like chance and are the same each time. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export async function startServer(): Promise<TestServer> {
  const received: TestServer['received'] = [];
  let written = 0;
  const flaky = new Map<string, number>();

  async function answer(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://server');
    const chunks: Buffer[] = [];
    if (url.pathname === '/early') {
      res.writeHead(413, { 'content-type': 'application/json', connection: 'close' }).end('{"error":"too large"}');
      return;
    }
    for await (const chunk of req) chunks.push(chunk as Buffer);
    received.push({ method: req.method ?? '', path: req.url ?? '', headers: req.headers, body: Buffer.concat(chunks) });
    const size = Number(url.searchParams.get('size') ?? 1000);
    // A path that is billed, for tests with real readers: `/v1/chat/completions?do=stall`.
    const billed = url.pathname === '/v1/chat/completions';
    switch (billed ? `/${url.searchParams.get('do') ?? 'json'}` : url.pathname) {
      case '/json':
        res.writeHead(Number(url.searchParams.get('status') ?? 200), {
          'content-type': 'application/json',
          'x-request-id': 'req-1',
          'set-cookie': ['a=1', 'b=2'],
        });
        res.end(USAGE);
        return;
      case '/sse': {
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const event of events(size).split(/(?<=\n\n)/)) {
          if (!res.write(event)) await once(res, 'drain');
        }
        res.end();
        return;
      }
      case '/encoded': {
        const encoding = url.searchParams.get('encoding') ?? 'gzip';
        const plain = Buffer.from(
          url.searchParams.has('sse') ? events(size) : `{"x":"${'y'.repeat(size)}",${USAGE.slice(1)}`,
        );
        const bytes = ENCODERS[encoding]!(plain);
        res.writeHead(200, {
          'content-type': url.searchParams.has('sse') ? 'text/event-stream' : 'application/json',
          'content-encoding': encoding === 'deflate-raw' ? 'deflate' : encoding,
        });
        const random = seeded(Number(url.searchParams.get('seed') ?? 1));
        for (let at = 0; at < bytes.length;) {
          const length = 1 + Math.floor(random() * (bytes.length / 7));
          res.write(bytes.subarray(at, at + length));
          at += length;
          await turn();
        }
        res.end();
        return;
      }
      case '/lies':
        res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('this is no gzip');
        return;
      case '/text':
        res.writeHead(200, { 'content-type': 'application/json' }).end('<html>not what it says</html>');
        return;
      case '/untyped':
        res.writeHead(200).end(USAGE);
        return;
      case '/empty':
        res.writeHead(204).end();
        return;
      case '/hints':
        res.writeEarlyHints({ link: '</style.css>; rel=preload' });
        res.writeHead(200, { 'content-type': 'application/json' }).end(USAGE);
        return;
      case '/hints-only':
        res.writeEarlyHints({ link: '</style.css>; rel=preload' });
        await turn();
        res.socket?.destroy();
        return;
      case '/redirect':
        res.writeHead(307, { location: '/json' }).end();
        return;
      case '/cut':
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        res.write('data: {"delta":"half"}\n\n');
        await turn();
        res.socket?.destroy();
        return;
      case '/short':
        res.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        res.write('{"half":');
        await turn();
        res.socket?.end();
        return;
      case '/hang':
        return;
      case '/stall':
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        res.write('data: {"delta":"first"}\n\n');
        return;
      case '/drop':
        res.socket?.destroy();
        return;
      case '/flaky': {
        const tries = (flaky.get(url.search) ?? 0) + 1;
        flaky.set(url.search, tries);
        if (tries < 3) res.writeHead(503, { 'content-type': 'application/json' }).end('{"error":"busy"}');
        else res.writeHead(200, { 'content-type': 'application/json' }).end(USAGE);
        return;
      }
      case '/big': {
        res.writeHead(200, { 'content-type': 'application/octet-stream' });
        const block = Buffer.alloc(64 * 1024, 'z');
        for (let left = size; left > 0 && !res.destroyed; left -= block.length) {
          written += Math.min(left, block.length);
          if (!res.write(block.subarray(0, left))) await drainedOrClosed(res);
        }
        res.end(USAGE);
        return;
      }
      default:
        res.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"code":"not_found"}}');
    }
  }

  const server = http.createServer((req, res) => {
    answer(req, res).catch(() => res.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${host}`,
    host,
    received,
    written: () => written,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function drainedOrClosed(res: http.ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      res.off('drain', done);
      res.off('close', done);
      resolve();
    };
    res.on('drain', done);
    res.on('close', done);
  });
}
