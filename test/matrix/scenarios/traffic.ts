/** More than one request, and whose they are. */
import { noticesLoss, once, sendsTwice, STATED, WHOLE } from '../scenario.ts';
import type { ClientTraits, Scenario } from '../scenario.ts';
import { breakOff } from '../wire/servers.ts';
import { ANSWER, answerError, answerJson, JSON_TYPE } from './wire-answers.ts';

/** Clients that follow redirects unless told otherwise. */
const follows = ({ library, way, dispatcher }: ClientTraits): boolean =>
  library.startsWith('undici') ? way === 'fetch' || dispatcher === 'composed' : !PLAIN.has(library);
const PLAIN = new Set(['http', 'http2', 'smithy', 'smithy-h2']);
const upgrades = ({ library, way }: ClientTraits): boolean => library === 'http' || way === 'request';

export const traffic: readonly Scenario[] = [
  {
    name: 'redirect',
    async serve(exchange) {
      await exchange.body();
      if (exchange.nth === 1) exchange.res.writeHead(307, { location: exchange.path }).end();
      else exchange.res.writeHead(200, JSON_TYPE).end(ANSWER);
    },
    play: (app) => app.whole(app.ask()),
    // A hop is not a record.
    records: (client) => ({ count: follows(client) ? [0, 1] : 0, each: [WHOLE] }),
  },
  {
    name: 'retry',
    serve: (exchange) => (exchange.nth === 1 ? answerError(exchange, 503) : answerJson(exchange)),
    async play(app) {
      await app.whole(app.ask({ retry: true }));
      await app.whole(app.ask());
    },
    records: () => ({
      count: 'served',
      each: [{ status: 503, input: null, errorClass: ['server', 'overloaded'] }, WHOLE],
    }),
    skip: sendsTwice,
  },
  {
    name: 'kept-alive',
    serve: answerJson,
    async play(app) {
      for (let i = 0; i < 5; i += 1) await app.whole(app.ask());
    },
    records: once(WHOLE),
  },
  {
    // The connection that the first call left behind is cut within the second.
    name: 'lost-when-reused',
    async serve(exchange) {
      await exchange.body();
      if (exchange.nth === 2) breakOff(exchange.res, 'destroy');
      else await answerJson(exchange);
    },
    async play(app) {
      for (let i = 0; i < 3; i += 1) await app.whole(app.ask());
    },
    records: () => ({
      count: 'served',
      each: [WHOLE, { status: null, input: null, errorClass: 'connection' }, WHOLE],
    }),
    skip: (client) => noticesLoss(client) ?? sendsTwice(client),
  },
  {
    // To something that nobody knows: bytes go both ways, and no record tells of them.
    name: 'upgraded',
    serve: (exchange) => answerError(exchange, 426),
    async upgrade({ socket }) {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nhello');
      socket.pipe(socket);
    },
    async play(app) {
      const upgraded = await app.client.upgrade?.({ ...app.ask(), body: undefined }, 'echo');
      if (upgraded === undefined) return;
      const { headers, socket } = upgraded;
      for (const [name, value] of Object.entries(headers)) app.log(`${name}: ${String(value)}`);
      app.log(socket.constructor.name);
      const said = 'said twice '.repeat(5_000);
      socket.end(said);
      let length = 0;
      for await (const chunk of socket) {
        length += (chunk as Buffer).length;
        app.got(chunk as Buffer);
      }
      app.log(`${length} bytes came back`);
    },
    records: () => ({ count: [0, 1], each: [{ status: 101, input: null, output: null }] }),
    skip: (client) => (upgrades(client) && !client.h2 ? null : 'the client upgrades nothing'),
  },
  {
    name: 'concurrent-64',
    serve: answerJson,
    async play(app) {
      const answers = await Promise.all(
        Array.from({ length: 64 }, async () => {
          const { status, text } = await app.client.whole(app.ask());
          return `${status} ${text.length}`;
        }),
      );
      app.log(answers.join());
    },
    records: once(WHOLE),
  },
  {
    name: 'not-an-ai-host',
    target: 'not-mapped',
    serve: answerJson,
    play: (app) => app.whole(app.ask()),
    records: () => ({ count: 0, each: [] }),
  },
  {
    name: 'suppressed',
    serve: answerJson,
    async play(app) {
      const { context } = await import('@opentelemetry/api');
      const { suppressTracing } = await import('@opentelemetry/core');
      await context.with(suppressTracing(context.active()), () => app.whole(app.ask()));
    },
    records: () => ({ count: 0, each: [] }),
  },
  {
    name: 'broken-observer',
    serve: answerJson,
    play: (app) => app.whole(app.ask()),
    brokenObserver: true,
    records: () => ({ count: 0, each: [] }),
  },
  {
    // Most requests wait for a connection and are sent by whoever lets one go.
    name: 'users-at-the-cap',
    connections: 2,
    serve: answerJson,
    async play(app) {
      const { withUsageContext } = await import('@wiretally/instrumentation');
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, n) =>
          withUsageContext({ user: `user-${n}`, session: `session-${n}` }, async () => {
            const { status } = await app.client.whole(app.ask({ model: `model-${n}` }));
            return status;
          }),
        ),
      );
      app.log(answers.join());
    },
    records: () => ({
      count: 30,
      each: [{ ...STATED, status: 200 }],
      together: (records) =>
        records
          .filter(({ requestModel, userId, sessionId }) => {
            const n = requestModel?.slice('model-'.length);
            return userId !== `user-${n}` || sessionId !== `session-${n}`;
          })
          .map(({ requestModel, userId }) => `the call of ${requestModel} is recorded for ${userId}`),
    }),
  },
];
