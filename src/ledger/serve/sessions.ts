/** Sessions: those that a client started by the API, and those that only the calls name. */
import type { Queryable } from '../report/queryable.ts';
import { ALL_SESSIONS, findSessionsWith, isEverything } from './find-sessions.ts';
import type { SessionSelection } from './find-sessions.ts';

/** A session whose end nobody tells is active while calls come. */
const IDLE_AFTER = "interval '30 minutes'";

export interface SessionRow {
  readonly sessionId: string;
  readonly active: boolean;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly lastUpdateAt: Date;
  readonly operations: number;
  readonly failed: number;
  /** Exact USD over the operations whose cost is known; null where none is. */
  readonly costUsd: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly totalTokens: number | null;
  readonly videoSeconds: number | null;
  readonly withoutCost: number;
  readonly services: readonly string[];
  readonly models: readonly string[];
}

interface Row {
  readonly [column: string]: unknown;
  readonly session_id: string;
  readonly active: boolean;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly last_update_at: Date;
  readonly operations: string;
  readonly failed: string;
  readonly cost_usd: string | null;
  readonly input_tokens: string | null;
  readonly output_tokens: string | null;
  readonly total_tokens: string | null;
  readonly video_seconds: string | null;
  readonly without_cost: string;
  readonly services: string[];
  readonly models: string[];
}

/**
 * Which sessions a page has, active ones first. Each of the four orders has an index, so that no more sessions are read
 * than the page ends at; those with calls that are not counted yet are few and put among them.
 */
const listed = (which: string, active: boolean): string => `(
    SELECT session_id, session_key, ${active} AS active, last_update FROM wiretally_private.rollup_session
    WHERE ${which} AND session_key NOT IN (SELECT session_key FROM fresh)
    ORDER BY last_update DESC, session_key LIMIT $2::bigint + $3::bigint)`;
const TOTAL = `(SELECT coalesce(sum(n), 0) FROM wiretally_private.session_counts) + (SELECT count(*) FROM fresh WHERE new)`;
const FRESH = `
  uncounted AS MATERIALIZED (
    SELECT session_id, wiretally_private.name_key(session_id) AS session_key, max(created_at) AS last_at
    FROM wiretally_private.uncounted_calls() WHERE session_id IS NOT NULL GROUP BY session_id
  ), fresh AS MATERIALIZED (
    SELECT u.session_id, session_key, s.session_key IS NULL AS new, s.started_at IS NOT NULL AS started, s.ended_at,
      greatest(s.last_update, u.last_at) AS last_update
    FROM uncounted u LEFT JOIN wiretally_private.rollup_session s USING (session_key)
  )`;
const PAGE_SQL = `
  WITH ${FRESH}, listed AS (
    ${listed('started_at IS NOT NULL AND ended_at IS NULL', true)}
    UNION ALL ${listed(`started_at IS NULL AND last_update > $1::timestamptz - ${IDLE_AFTER}`, true)}
    UNION ALL ${listed('started_at IS NOT NULL AND ended_at IS NOT NULL', false)}
    UNION ALL ${listed(`started_at IS NULL AND last_update <= $1::timestamptz - ${IDLE_AFTER}`, false)}
    UNION ALL SELECT session_id, session_key,
      CASE WHEN started THEN ended_at IS NULL ELSE last_update > $1::timestamptz - ${IDLE_AFTER} END, last_update FROM fresh
  )
  SELECT session_id, ${TOTAL} AS total FROM listed
  ORDER BY active DESC, last_update DESC, session_key LIMIT $2 OFFSET $3`;

const stated = (sum: string, unknown: string): string => `CASE WHEN ${unknown} < p.requests THEN ${sum} END`;

/** The parts of sessions (by service and model), and each call that these do not count yet. $1 is their ids. */
export const SESSION_PARTS_SQL = `
  SELECT s.session_id, p.service_type, nullif(p.model, '') AS model, p.first_used, p.last_used, p.requests, p.failed,
    ${stated('p.cost_usd', 'p.unpriced')} AS cost_usd,
    ${stated('p.input_tokens', 'p.input_unknown')} AS input_tokens,
    ${stated('p.output_tokens', 'p.output_unknown')} AS output_tokens,
    ${stated('p.total_tokens', 'p.total_unknown')} AS total_tokens,
    nullif(p.video_seconds, 0) AS video_seconds, p.unpriced
  FROM wiretally_private.rollup_session_part p JOIN wiretally_private.rollup_session s USING (session_key)
  WHERE p.session_key IN (SELECT wiretally_private.name_key(id) FROM unnest($1::text[]) AS id) AND p.requests > 0
  UNION ALL
  SELECT session_id, service_type, model, created_at, created_at, 1, (NOT success)::int, cost_usd, input_tokens,
    output_tokens, total_tokens, nullif((units ->> 'video_seconds')::numeric, 0), (cost_usd IS NULL)::int
  FROM wiretally_private.uncounted_calls() WHERE session_id = ANY ($1)`;

/** $1 is the ids, $2 is now. */
const SESSIONS_SQL = `
  WITH used AS (
    SELECT session_id,
      min(first_used) AS first_at,
      max(last_used) AS last_at,
      sum(requests) AS operations,
      sum(failed) AS failed,
      trim_scale(sum(cost_usd)) AS cost_usd,
      sum(input_tokens) AS input_tokens,
      sum(output_tokens) AS output_tokens,
      sum(total_tokens) AS total_tokens,
      sum(video_seconds) AS video_seconds,
      sum(unpriced) AS without_cost,
      array_agg(DISTINCT service_type ORDER BY service_type) AS services,
      coalesce(array_agg(DISTINCT model ORDER BY model) FILTER (WHERE model IS NOT NULL), '{}') AS models
    FROM (${SESSION_PARTS_SQL}) AS part
    GROUP BY session_id
  ), started AS (
    SELECT session_id, started_at, ended_at FROM wiretally_private.sessions WHERE session_id = ANY ($1)
  )
  SELECT session_id,
    CASE
      WHEN started.session_id IS NULL THEN last_at > $2::timestamptz - ${IDLE_AFTER}
      ELSE ended_at IS NULL
    END AS active,
    least(started_at, first_at) AS started_at,
    ended_at,
    greatest(ended_at, last_at, started_at) AS last_update_at,
    coalesce(operations, 0) AS operations,
    coalesce(failed, 0) AS failed,
    cost_usd, input_tokens, output_tokens, total_tokens, video_seconds,
    coalesce(without_cost, 0) AS without_cost,
    coalesce(services, '{}') AS services,
    coalesce(models, '{}') AS models
  FROM used FULL JOIN started USING (session_id)`;

/** @param selection sessions that have such a call; what is told of them is told of all their calls */
export async function listSessions(
  db: Queryable,
  now: Date,
  page: { readonly limit: number; readonly offset: number },
  selection: SessionSelection = ALL_SESSIONS,
): Promise<{ readonly sessions: SessionRow[]; readonly total: number }> {
  if (!isEverything(selection)) {
    const { ids, total } = await findSessionsWith(db, selection, page);
    return { sessions: await readSessions(db, ids, now), total };
  }
  const values = [now, page.limit, page.offset];
  const found = await db.query<{ session_id: string; total: string }>(PAGE_SQL, values);
  const ids = found.rows.map(({ session_id: id }) => id);
  // A page beyond the end has no row that could tell.
  const total = found.rows[0]?.total ?? (page.offset === 0 ? 0 : await countSessions(db));
  return { sessions: await readSessions(db, ids, now), total: Number(total) };
}

/** In the order of the ids. */
async function readSessions(db: Queryable, ids: readonly string[], now: Date): Promise<SessionRow[]> {
  const { rows } = await db.query<Row>(SESSIONS_SQL, [ids, now]);
  const byId = new Map(rows.map((row) => [row.session_id, sessionRow(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

async function countSessions(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: string }>(`WITH ${FRESH} SELECT ${TOTAL} AS count`);
  return Number(rows[0]?.count ?? 0);
}

/** @returns null where nobody started it and no call names it. */
export async function findSession(db: Queryable, sessionId: string, now: Date): Promise<SessionRow | null> {
  const { rows } = await db.query<Row>(SESSIONS_SQL, [[sessionId], now]);
  const [row] = rows;
  return row === undefined ? null : sessionRow(row);
}

function sessionRow(row: Row): SessionRow {
  const sum = (value: string | null): number | null => (value === null ? null : Number(value));
  return {
    sessionId: row.session_id,
    active: row.active,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    lastUpdateAt: row.last_update_at,
    operations: Number(row.operations),
    failed: Number(row.failed),
    costUsd: row.cost_usd,
    inputTokens: sum(row.input_tokens),
    outputTokens: sum(row.output_tokens),
    totalTokens: sum(row.total_tokens),
    videoSeconds: sum(row.video_seconds),
    withoutCost: Number(row.without_cost),
    services: row.services,
    models: row.models,
  };
}

/** A session that was ended goes on when it is started again. */
export async function startSession(db: Queryable, sessionId: string, now: Date): Promise<Date> {
  const { rows } = await db.query<{ started_at: Date }>(
    `INSERT INTO wiretally_private.sessions AS s (session_id, started_at) VALUES ($1, $2)
     ON CONFLICT (session_id) DO UPDATE SET ended_at = NULL
     RETURNING s.started_at`,
    [sessionId, now],
  );
  return rows[0]?.started_at ?? now;
}

/** Ending twice keeps the first end. */
export async function endSession(db: Queryable, session: SessionRow, now: Date): Promise<void> {
  await db.query(
    `INSERT INTO wiretally_private.sessions AS s (session_id, started_at, ended_at) VALUES ($1, $2, $3)
     ON CONFLICT (session_id) DO UPDATE SET ended_at = coalesce(s.ended_at, excluded.ended_at)`,
    [session.sessionId, session.startedAt, now],
  );
}
