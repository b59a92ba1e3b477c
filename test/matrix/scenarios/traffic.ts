/** More than one request, and whose they are. */
import { once, STATED, WHOLE } from '../scenario.ts';
import type { ClientTraits, Scenario } from '../scenario.ts';
import { ANSWER, answerError, answerJson, JSON_TYPE } from './wire-answers.ts';

/** Clients that follow redirects unless told otherwise. */
const follows = ({ library, way }: ClientTraits): boolean =>
  library !== 'http' && !(library.startsWith('undici') && way !== 'fetch');

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
    records: (client) => ({
      count: 'served',
      each: [
        { status: 503, input: null, errorClass: ['server', 'overloaded'] },
        // The body of a `fetch` cannot be sent twice: undici fails in the second attempt.
        ...(client.dispatcher === 'RetryAgent' && client.way === 'fetch' ? [{ status: null }] : []),
        WHOLE,
      ],
    }),
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
