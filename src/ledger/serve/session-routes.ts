/** Sessions: start, statistics, summary, end, export, clear, list. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { randomUUID } from 'node:crypto';
import { ALL_TIME } from '../report/period.ts';
import { onOneSnapshot } from '../report/queryable.ts';
import type { Queryable } from '../report/queryable.ts';
import { apiRouter } from './api-context.ts';
import type { ApiContext } from './api-context.ts';
import { ApiError } from './api-error.ts';
import { listOperations } from './operations.ts';
import { ErrorAnswer, filterFields, filterOf, json, periodFields, periodOf, refusals } from './schemas.ts';
import { listedSession, operationAnswer, servicesBreakdown, sessionSummary, usageStats } from './session-answers.ts';
import { clearSession } from '../store/clear-session.ts';
import { endSession, findSession, listSessions, startSession } from './sessions.ts';
import type { SessionRow } from './sessions.ts';
import {
  Breakdown,
  ListedSession,
  Operation,
  pageFields,
  SessionId,
  SessionSummary,
  time,
  UsageStats,
} from './usage-schemas.ts';

const params = z.object({ session_id: SessionId });
const answers = {
  ...refusals,
  404: { description: 'There is no such session.', content: json(ErrorAnswer) },
};
const ok = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  200: { description, content: json(schema) },
});

export const start = createRoute({
  method: 'post',
  path: '/start-session',
  summary: 'Start a session, or go on with an ended one',
  request: {
    body: {
      required: false,
      content: json(
        z.strictObject({ session_id: SessionId.optional().openapi({ description: 'Default: a new UUID.' }) }),
      ),
    },
  },
  responses: { ...ok('The session.', z.object({ session_id: z.string(), start_time: time })), ...refusals },
});

export const stats = createRoute({
  method: 'get',
  path: '/session-stats/{session_id}',
  summary: 'Live statistics of a session',
  request: { params },
  responses: { ...ok('Statistics.', UsageStats), ...answers },
});

export const summary = createRoute({
  method: 'get',
  path: '/session-summary/{session_id}',
  summary: 'What a session used and cost',
  request: { params },
  responses: { ...ok('The summary.', SessionSummary), ...answers },
});

export const end = createRoute({
  method: 'post',
  path: '/end-session/{session_id}',
  summary: 'End a session; ending it again changes nothing',
  request: { params },
  responses: { ...ok('The summary.', SessionSummary), ...answers },
});

const Export = z
  .object({
    summary: SessionSummary,
    services_breakdown: Breakdown,
    operations: z.array(Operation),
  })
  .openapi('SessionExport');

export const exported = createRoute({
  method: 'get',
  path: '/export-session/{session_id}',
  summary: 'The whole session as a JSON file',
  request: { params },
  responses: { ...ok('The file.', Export), ...answers },
});

export const clear = createRoute({
  method: 'delete',
  path: '/clear-session/{session_id}',
  summary: 'Erase the session and whom its calls were made for; sums of money and tokens stay',
  request: { params },
  responses: {
    ...ok('Done.', z.object({ session_id: z.string(), cleared_operations: z.number().int() })),
    ...answers,
  },
});

export const list = createRoute({
  method: 'get',
  path: '/sessions',
  summary: 'Sessions, active ones first; with a filter, those that have such a call, the latest first',
  request: { query: z.strictObject({ ...periodFields, ...filterFields, ...pageFields }) },
  responses: {
    ...ok(
      'A page of sessions.',
      z.object({
        sessions: z.array(ListedSession),
        total: z.number().int(),
        limit: z.number().int(),
        offset: z.number().int(),
      }),
    ),
    ...refusals,
  },
});

export const breakdown = createRoute({
  method: 'get',
  path: '/services-breakdown/{session_id}',
  summary: 'The breakdown by service alone',
  request: { params },
  responses: { ...ok('The breakdown.', Breakdown), ...answers },
});

/** An export is one answer: a session with more operations than this is better read from the database. */
const MAX_EXPORTED = 100_000;

export function sessionRoutes({ ledger, now }: ApiContext): OpenAPIHono {
  const { pool, timeZone } = ledger;
  const known = async (db: Queryable, id: string): Promise<SessionRow> => {
    const session = await findSession(db, id, now());
    if (session !== null) return session;
    throw new ApiError('not_found', `There is no session ${JSON.stringify(id)}. GET /api/usage/sessions lists them.`);
  };
  return apiRouter()
    .openapi(start, async (context) => {
      const { session_id: id = randomUUID() } = context.req.valid('json') ?? {};
      const startedAt = await startSession(pool, id, now());
      return context.json({ session_id: id, start_time: startedAt.toISOString() }, 200);
    })
    .openapi(stats, async (context) => {
      const { session_id: id } = context.req.valid('param');
      const answer = await onOneSnapshot(pool, async (db) => usageStats(db, await known(db, id)));
      return context.json(answer, 200);
    })
    .openapi(summary, async (context) => {
      const session = await known(pool, context.req.valid('param').session_id);
      return context.json(sessionSummary(session), 200);
    })
    .openapi(end, async (context) => {
      const { session_id: id } = context.req.valid('param');
      await endSession(pool, await known(pool, id), now());
      return context.json(sessionSummary(await known(pool, id)), 200);
    })
    .openapi(exported, async (context) => {
      const { session_id: id } = context.req.valid('param');
      const file = await onOneSnapshot(pool, async (db) => {
        const session = await known(db, id);
        if (session.operations > MAX_EXPORTED) {
          throw new ApiError(
            'too_large',
            `The session has ${session.operations} operations; exports end at ${MAX_EXPORTED}. Read them from the view wiretally_calls.`,
          );
        }
        const operations = await listOperations(db, {
          period: ALL_TIME,
          filter: { session: id },
          order: 'oldest',
          limit: MAX_EXPORTED,
        });
        return {
          summary: sessionSummary(session),
          services_breakdown: await servicesBreakdown(db, id),
          operations: operations.map(operationAnswer),
        };
      });
      // A session id is the client's: only what is safe in a file name stays.
      const name = id.replace(/[^\w.-]/g, '_').slice(0, 80);
      context.header('Content-Disposition', `attachment; filename="session-${name}.json"`);
      return context.json(file, 200);
    })
    .openapi(clear, async (context) => {
      const { session_id: id } = context.req.valid('param');
      await known(pool, id);
      return context.json({ session_id: id, cleared_operations: await clearSession(pool, id) }, 200);
    })
    .openapi(list, async (context) => {
      const { limit, offset, ...given } = context.req.valid('query');
      const page = { limit, offset };
      const selection = { period: periodOf(given, now(), timeZone), filter: filterOf(given) };
      const { sessions, total } = await onOneSnapshot(pool, (db) => listSessions(db, now(), page, selection));
      return context.json(
        {
          sessions: sessions.map(listedSession),
          total,
          ...page,
        },
        200,
      );
    })
    .openapi(breakdown, async (context) => {
      const { session_id: id } = context.req.valid('param');
      await known(pool, id);
      return context.json(await servicesBreakdown(pool, id), 200);
    });
}
