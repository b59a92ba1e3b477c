/** Calls that do not come to a good end, or are not read to it. */
import { noticesLoss, retriesItself, sendsTwice, STATED } from '../scenario.ts';
import type { ClientTraits, ExpectedRecords, RecordMatch, Scenario } from '../scenario.ts';
import type { ServerExchange } from '../wire/cell-server.ts';
import { breakOff } from '../wire/servers.ts';
import { ANSWER, answerError, answerJson, JSON_TYPE, sseEvents, SSE_TYPE } from './wire-answers.ts';

const UNKNOWN: RecordMatch = { input: null, output: null, usageSource: 'missing' };
const BIG = 48 * 1024 * 1024;
const BLOCK = Buffer.alloc(64 * 1024, 'z');

const each =
  (match: RecordMatch, count: ExpectedRecords['count'] = 'served') =>
  (): ExpectedRecords => ({
    count,
    each: [match],
  });
/**
 * undici's retries ask for the rest of an answer that was lost. The body of a `fetch` has been read by then: undici sends the
 * head with a length of nothing, finds the body too short, and cuts the connection itself before anything can be answered.
 */
const eachThenCut =
  (match: RecordMatch) =>
  (client: ClientTraits): ExpectedRecords => ({
    count: 'served',
    each: sendsTwice(client) === null ? [match] : [match, { ...match, status: null, usageMissingReason: 'connection' }],
  });
/** Clients that retry what never arrives do it once; got over HTTP/2 makes a request where a handshake of its own succeeds. */
const neverArrives =
  (match: RecordMatch) =>
  (client: ClientTraits): ExpectedRecords => ({
    count: client.library === 'got14-h2' ? 0 : retriesItself(client) ? [1, 2] : 1,
    each: [{ ...UNKNOWN, status: null, usageMissingReason: 'connection', ...match }],
  });
/** A tunnel that cannot be opened leaves no request inside that could be seen ending otherwise. */
const noProxy = (client: ClientTraits): string | null =>
  client.dispatcher?.endsWith('ProxyAgent') === true ? 'the proxy answers in the place of the host' : null;

/** Starts an event stream and waits. */
async function serveFirst(exchange: ServerExchange): Promise<void> {
  await exchange.body();
  exchange.res.writeHead(200, SSE_TYPE);
  await exchange.write(sseEvents(1)[0]!);
}

async function serveBig(exchange: ServerExchange): Promise<void> {
  await exchange.body();
  exchange.res.writeHead(200, JSON_TYPE);
  await exchange.write('{"padding":"');
  for (let left = BIG; left > 0; left -= BLOCK.length) if (!(await exchange.write(BLOCK))) return;
  exchange.res.end(`",${ANSWER.slice(1)}`);
}

export const endings: readonly Scenario[] = [
  {
    name: 'abort-before-head',
    anyConnections: true,
    async serve(exchange) {
      await exchange.body();
    },
    async play(app) {
      const controller = new AbortController();
      const call = app.whole(app.ask({ signal: controller.signal }));
      await app.say('arrived', 1);
      controller.abort();
      await call;
    },
    records: each({ ...UNKNOWN, status: null, usageMissingReason: 'aborted', errorClass: 'aborted' }),
  },
  {
    name: 'abort-mid-body',
    anyConnections: true,
    serve: serveFirst,
    async play(app) {
      const controller = new AbortController();
      const answer = await app.open(app.ask({ stream: true, signal: controller.signal }));
      if (answer === null) return;
      await answer.reader.next();
      app.log('first');
      controller.abort();
      await app.drain(answer.reader);
    },
    records: each({ ...UNKNOWN, status: 200, usageMissingReason: 'aborted', errorClass: 'aborted' }),
  },
  {
    name: 'abort-with-reason',
    anyConnections: true,
    serve: serveFirst,
    async play(app) {
      const controller = new AbortController();
      const answer = await app.open(app.ask({ stream: true, signal: controller.signal }));
      if (answer === null) return;
      await answer.reader.next();
      controller.abort(new RangeError('the user has left'));
      await app.drain(answer.reader);
    },
    records: each({ ...UNKNOWN, status: 200, usageMissingReason: 'aborted', errorClass: 'aborted' }),
  },
  {
    // How much the server can write to an application that does not read.
    name: 'unread',
    serve: serveBig,
    async play(app) {
      const answer = await app.open(app.ask());
      await app.say('stalled');
      app.log(answer === null ? 'no answer' : 'an answer that is not read');
    },
    records: each({ ...UNKNOWN, status: 200, usageMissingReason: 'aborted' }),
  },
  {
    name: 'paused',
    serve: serveBig,
    async play(app) {
      const answer = await app.open(app.ask());
      if (answer === null) return;
      await answer.reader.next();
      await app.say('stalled');
      await app.drain(answer.reader);
    },
    records: each({ ...STATED, status: 200, usageSource: 'body' }),
  },
  {
    name: 'half-read',
    anyConnections: true,
    serve: serveBig,
    async play(app) {
      app.ignoreBytes();
      const answer = await app.open(app.ask());
      if (answer === null) return;
      await answer.reader.next();
      await answer.reader.cancel().catch((error: unknown) => app.failed(error));
      app.log('cancelled');
      await new Promise((resolve) => setTimeout(resolve, 50));
    },
    records: each({ ...UNKNOWN, status: 200, usageMissingReason: 'aborted' }),
  },
  {
    name: 'timeout',
    anyConnections: true,
    async serve(exchange) {
      await exchange.body();
    },
    play: (app) => app.whole(app.ask({ timeoutMs: 1_500 })),
    // Several libraries say only that they gave up.
    records: each({
      ...UNKNOWN,
      status: null,
      usageMissingReason: ['aborted', 'connection'],
      errorClass: ['timeout', 'aborted'],
    }),
  },
  {
    name: 'reset-mid-body',
    anyConnections: true,
    async serve(exchange) {
      await serveFirst(exchange);
      await exchange.released();
      breakOff(exchange.res, 'reset');
    },
    async play(app) {
      const answer = await app.open(app.ask({ stream: true }));
      if (answer === null) return;
      await answer.reader.next();
      app.log('first');
      await app.say('go');
      await app.drain(answer.reader);
    },
    records: eachThenCut({ ...UNKNOWN, status: 200, usageMissingReason: 'connection', errorClass: 'connection' }),
    skip: ({ library }) =>
      library === 'got14-h2' ? 'got tells the reset of a stream as an end or as an error, by chance' : null,
  },
  {
    name: 'cut',
    anyConnections: true,
    async serve(exchange) {
      await exchange.body();
      exchange.res.writeHead(200, { ...JSON_TYPE, 'content-length': '5000' });
      await exchange.write(ANSWER.slice(0, 40));
      await exchange.released();
      breakOff(exchange.res, 'end');
    },
    async play(app) {
      const answer = await app.open(app.ask());
      if (answer === null) return;
      await answer.reader.next();
      await app.say('go');
      await app.drain(answer.reader);
    },
    records: eachThenCut({
      ...UNKNOWN,
      status: 200,
      usageMissingReason: ['connection', 'truncated'],
      errorClass: 'connection',
    }),
  },
  {
    name: 'dropped-before-head',
    anyConnections: true,
    async serve(exchange) {
      await exchange.body();
      breakOff(exchange.res, 'destroy');
    },
    play: (app) => app.whole(app.ask()),
    records: each({ ...UNKNOWN, status: null, usageMissingReason: 'connection', errorClass: 'connection' }),
    skip: (client) => noticesLoss(client) ?? sendsTwice(client),
  },
  {
    name: 'refused',
    target: 'refused',
    serve: () => {},
    play: (app) => app.whole(app.ask()),
    records: neverArrives({ errorClass: 'connection' }),
    skip: noProxy,
  },
  {
    name: 'unknown-host',
    target: 'unknown-host',
    serve: () => {},
    play: (app) => app.whole(app.ask()),
    records: neverArrives({ errorClass: 'connection' }),
    skip: noProxy,
  },
  {
    name: 'untrusted',
    target: 'untrusted',
    serve: answerJson,
    play: (app) => app.whole(app.ask()),
    records: neverArrives({ errorClass: 'connection' }),
    skip: noProxy,
  },
  {
    // While the upload is under way: what comes of it must not depend on how far it is.
    name: 'early-refusal',
    anyConnections: true,
    serve(exchange) {
      exchange.res.writeHead(413, JSON_TYPE).end('{"error":{"message":"too large"}}');
    },
    async play(app) {
      const { promise: read, resolve } = Promise.withResolvers<void>();
      async function* upload(): AsyncGenerator<Buffer> {
        yield Buffer.alloc(10_000, 'x');
        await read;
        yield Buffer.alloc(10_000, 'y');
      }
      const answer = await app.open(app.ask({ body: upload() }));
      if (answer !== null) await app.drain(answer.reader);
      resolve();
    },
    records: each({ ...UNKNOWN, status: [413, null] }),
  },
  {
    name: 'error-429',
    serve: (exchange) => answerError(exchange, 429),
    play: (app) => app.whole(app.ask()),
    records: each({ ...UNKNOWN, status: 429, usageMissingReason: 'error-response', errorClass: 'rate_limit' }),
    skip: sendsTwice,
  },
  {
    name: 'error-500',
    serve: (exchange) => answerError(exchange, 500),
    play: (app) => app.whole(app.ask()),
    records: each({ ...UNKNOWN, status: 500, usageMissingReason: 'error-response', errorClass: 'server' }),
    skip: sendsTwice,
  },
  {
    name: 'exit-mid-body',
    exit: '7',
    serve: serveFirst,
    async play(app) {
      const answer = await app.open(app.ask({ stream: true }));
      if (answer !== null) await answer.reader.next();
      process.exit(7);
    },
    records: each({ ...UNKNOWN, status: 200, usageMissingReason: 'aborted' }),
  },
  {
    name: 'uncaught-mid-body',
    exit: '1',
    serve: serveFirst,
    async play(app) {
      const answer = await app.open(app.ask({ stream: true }));
      if (answer !== null) await answer.reader.next();
      setImmediate(() => {
        throw new Error('the application is broken');
      });
      await new Promise(() => {});
    },
    records: each({ ...UNKNOWN, status: 200, usageMissingReason: 'aborted' }),
  },
];
