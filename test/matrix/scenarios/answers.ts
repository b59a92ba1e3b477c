/** Answers that come whole, in every shape in which they come. */
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import { once, retriesItself, STATED, STREAMED, WHOLE } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import type { ServerExchange } from '../wire/cell-server.ts';
import { giveHints } from '../wire/servers.ts';
import { JSON_TYPE, ANSWER, answerJson, sseEvents, SSE_TYPE } from './wire-answers.ts';

const big = Buffer.alloc(8 * 1024 * 1024, 'upload ');

/** A request body whose end is JSON, so that it is worth reading. */
const PIECES = Array.from({ length: 40 }, (_, i) => Buffer.alloc(10_000, `${i} `));

async function answerHash(exchange: ServerExchange): Promise<void> {
  const body = await exchange.body();
  const hash = createHash('sha256').update(body).digest('hex');
  exchange.res.writeHead(200, { ...JSON_TYPE, 'x-received': `${body.length} ${hash}` }).end(ANSWER);
}

function encoded(name: string, encode: (bytes: Buffer) => Buffer): Scenario {
  return {
    name,
    async serve(exchange) {
      await exchange.body();
      exchange.res.writeHead(200, { ...SSE_TYPE, 'content-encoding': name });
      const bytes = encode(Buffer.from(sseEvents(200).join('')));
      for (let at = 0; at < bytes.length; at += 1_000) {
        await exchange.write(bytes.subarray(at, at + 1_000));
        await turn();
      }
      exchange.res.end();
    },
    async play(app) {
      const answer = await app.open(app.ask({ stream: true }));
      if (answer !== null) await app.drain(answer.reader);
    },
    records: once(STREAMED),
  };
}

export const answers: readonly Scenario[] = [
  { name: 'json', serve: answerJson, play: (app) => app.whole(app.ask()), records: once(WHOLE) },
  {
    name: 'sse-1000',
    async serve(exchange) {
      await exchange.body();
      exchange.res.writeHead(200, SSE_TYPE);
      for (const event of sseEvents(1_000)) await exchange.write(event);
      exchange.res.end();
    },
    async play(app) {
      const answer = await app.open(app.ask({ stream: true }));
      if (answer !== null) await app.drain(answer.reader);
    },
    records: once(STREAMED),
  },
  {
    // Each piece is sent when the one before has been read: whoever holds one back stands still for ever.
    name: 'chunk-by-chunk',
    async serve(exchange) {
      await exchange.body();
      exchange.res.writeHead(200, SSE_TYPE);
      exchange.res.flushHeaders();
      for (const event of sseEvents(12)) {
        await exchange.released();
        await exchange.write(event);
      }
      await exchange.released();
      exchange.res.end();
    },
    async play(app) {
      const answer = await app.open(app.ask({ stream: true }));
      if (answer === null) return;
      await app.say('go');
      for (let chunk = await answer.reader.next(); chunk !== null; chunk = await answer.reader.next()) {
        app.log('read');
        await app.say('go');
      }
      app.log('end of body');
    },
    records: once(STREAMED),
  },
  encoded('gzip', (bytes) => zlib.gzipSync(bytes)),
  encoded('br', (bytes) => zlib.brotliCompressSync(bytes)),
  encoded('zstd', (bytes) => zlib.zstdCompressSync(bytes)),
  {
    name: 'big-upload',
    serve: answerHash,
    play: (app) => app.whole(app.ask({ body: big })),
    records: once(WHOLE),
  },
  {
    name: 'streamed-upload',
    serve: answerHash,
    play: (app) => app.whole(app.ask({ body: PIECES })),
    records: once(WHOLE),
  },
  {
    name: 'early-hints',
    async serve(exchange) {
      await exchange.body();
      giveHints(exchange.res);
      await turn();
      await turn();
      exchange.res.writeHead(200, JSON_TYPE).end(ANSWER);
    },
    play: (app) => app.whole(app.ask()),
    // Retries of undici 6 and 7 take the hints for the answer, and fail at the answer.
    records: (client) => ({
      count: 'served',
      each: [retriesItself(client) ? { status: [200, null] } : WHOLE],
    }),
  },
  {
    name: 'head',
    serve: (exchange) => void exchange.res.writeHead(200, { ...JSON_TYPE, 'content-length': '500' }).end(),
    play: (app) => app.whole({ method: 'HEAD', url: app.url(), headers: {} }),
    // No provider bills a HEAD: whether it is on record does not matter, that it ends does.
    records: () => ({ count: [0, 1], each: [{ status: 200, input: null, output: null }] }),
  },
  {
    name: 'no-content',
    async serve(exchange) {
      await exchange.body();
      exchange.res.writeHead(204).end();
    },
    play: (app) => app.whole(app.ask()),
    records: once({ status: 204, input: null, output: null, usageSource: 'missing' }),
  },
  {
    name: 'trailers',
    async serve(exchange) {
      await exchange.body();
      exchange.res.writeHead(200, { ...JSON_TYPE, trailer: 'x-checksum' });
      await exchange.write(ANSWER);
      exchange.res.addTrailers({ 'x-checksum': 'abc' });
      exchange.res.end();
    },
    async play(app) {
      const answer = await app.open(app.ask());
      if (answer === null) return;
      await app.drain(answer.reader);
      await turn();
      app.log(`trailers ${JSON.stringify(answer.opened.trailers?.())}`);
    },
    records: once(WHOLE),
  },
  {
    name: 'not-json',
    async serve(exchange) {
      await exchange.body();
      exchange.res.writeHead(200, JSON_TYPE).end('<html>not what it says</html>');
    },
    play: (app) => app.whole(app.ask()),
    records: once({ status: 200, input: null, output: null, usageMissingReason: 'not-parsable' }),
  },
  {
    name: 'wrong-content-type',
    async serve(exchange) {
      await exchange.body();
      exchange.res.writeHead(200, { 'content-type': 'text/plain' }).end(ANSWER);
    },
    play: (app) => app.whole(app.ask()),
    records: once({ ...STATED, status: 200 }),
  },
];
