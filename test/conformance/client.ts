/**
 * The observed service: makes every recorded request with Node's own fetch. Started as
 * `node --import @wiretally/instrumentation/register client.ts`; says over IPC what it received.
 */
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { withUsageContext } from '@wiretally/instrumentation';
import { Agent, buildConnector, setGlobalDispatcher } from 'undici7';
import { readCorpus, requestBytes } from './corpus.ts';
import type { RecordedExchange } from './corpus.ts';
import { REPLAY_HEADER } from './replay-server.ts';

export interface ClientOptions {
  readonly corpus: string;
  readonly ca: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly concurrency: number;
}

export interface ClientResult {
  readonly index: number;
  readonly status: number | null;
  readonly sha256: string | null;
  readonly error: string | null;
}

// What fetch sets itself or refuses.
const NOT_SENT = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'expect',
  'upgrade',
  'te',
  'trailer',
]);

const options = JSON.parse(process.env['CONFORMANCE_CLIENT'] ?? '{}') as ClientOptions;

/** A resolver of its own: every host is the replay server, and the URL stays as it was recorded. */
const connect = buildConnector({ ca: options.ca });
setGlobalDispatcher(
  new Agent({
    connect: (target, done) =>
      connect(
        {
          ...target,
          servername: target.servername ?? target.hostname,
          hostname: '127.0.0.1',
          port: String(target.protocol === 'https:' ? options.httpsPort : options.httpPort),
        },
        done,
      ),
  }),
);

async function replay(exchange: RecordedExchange, index: number): Promise<ClientResult> {
  const headers = Object.fromEntries(
    Object.entries(exchange.request_headers).filter(([name]) => !NOT_SENT.has(name) && !name.startsWith(':')),
  );
  headers[REPLAY_HEADER] = String(index);
  const hasBody = exchange.method !== 'GET' && exchange.method !== 'HEAD';
  try {
    const response = await fetch(exchange.url, {
      method: exchange.method,
      headers,
      redirect: 'manual',
      ...(hasBody && exchange.request_body !== null ? { body: new Uint8Array(requestBytes(exchange)) } : {}),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { index, status: response.status, sha256: createHash('sha256').update(bytes).digest('hex'), error: null };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? ` (${inspect(error.cause)})` : '';
    return { index, status: null, sha256: null, error: `${String(error)}${cause}` };
  }
}

const exchanges = await readCorpus(options.corpus);
let next = 0;
await Promise.all(
  Array.from({ length: options.concurrency }, async () => {
    for (let index = next++; index < exchanges.length; index = next++) {
      const exchange = exchanges[index];
      if (exchange === undefined) break;
      // Every third call is nobody's.
      const who =
        index % 3 === 0 ? {} : { user: `user-${index % 11}`, chat: String(index % 7), session: `s-${index % 20}` };
      const tags = { replay: String(index), team: ['search', 'support', 'growth'][index % 3] ?? 'search' };
      process.send?.(await withUsageContext({ ...who, tags }, () => replay(exchange, index)));
    }
  }),
);
process.disconnect?.();
