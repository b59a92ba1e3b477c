/** Sessions: those that a client started by the API, and those that only the calls name. */
import type { Queryable } from '../report/queryable.ts';

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

const ACTIVE = `CASE
      WHEN started.session_id IS NULL THEN last_at > $1::timestamptz - ${IDLE_AFTER}
      ELSE ended_at IS NULL
    END`;
const LAST_UPDATE = 'greatest(ended_at, last_at, started_at)';

/** Which sessions a page has, active ones first: of all, only times are read; sums are made of those of the page. */
const PAGE_SQL = `
  WITH used AS (
    SELECT session_id, max(created_at) AS last_at FROM wiretally_private.calls
    WHERE kind = 'call' AND session_id IS NOT NULL GROUP BY session_id
  ), started AS (
    SELECT session_id, started_at, ended_at FROM wiretally_private.sessions
  )
  SELECT session_id, count(*) OVER () AS total FROM used FULL JOIN started USING (session_id)
  ORDER BY ${ACTIVE} DESC, ${LAST_UPDATE} DESC, session_id LIMIT $2 OFFSET $3`;

/** $1 is now, $2 the ids. */
const SESSIONS_SQL = `
  WITH used AS (
    SELECT session_id,
      min(created_at) AS first_at,
      max(created_at) AS last_at,
      count(*) AS operations,
      count(*) FILTER (WHERE NOT success) AS failed,
      sum(cost_usd) AS cost_usd,
      sum(input_tokens) AS input_tokens,
      sum(output_tokens) AS output_tokens,
      sum(total_tokens) AS total_tokens,
      sum((units ->> 'video_seconds')::numeric) AS video_seconds,
      count(*) FILTER (WHERE cost_usd IS NULL) AS without_cost,
      array_agg(DISTINCT service_type ORDER BY service_type) AS services,
      coalesce(array_agg(DISTINCT model ORDER BY model) FILTER (WHERE model IS NOT NULL), '{}') AS models
    FROM wiretally_private.calls
    WHERE kind = 'call' AND session_id = ANY ($2)
    GROUP BY session_id
  ), started AS (
    SELECT session_id, started_at, ended_at FROM wiretally_private.sessions WHERE session_id = ANY ($2)
  )
  SELECT session_id,
    ${ACTIVE} AS active,
    least(started_at, first_at) AS started_at,
    ended_at,
    ${LAST_UPDATE} AS last_update_at,
    coalesce(operations, 0) AS operations,
    coalesce(failed, 0) AS failed,
    cost_usd, input_tokens, output_tokens, total_tokens, video_seconds,
    coalesce(without_cost, 0) AS without_cost,
    coalesce(services, '{}') AS services,
    coalesce(models, '{}') AS models
  FROM used FULL JOIN started USING (session_id)`;

export async function listSessions(
  db: Queryable,
  now: Date,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ readonly sessions: SessionRow[]; readonly total: number }> {
  const values = [now, page.limit, page.offset];
  const found = await db.query<{ session_id: string; total: string }>(PAGE_SQL, values);
  const ids = found.rows.map(({ session_id: id }) => id);
  const { rows } = await db.query<Row>(SESSIONS_SQL, [now, ids]);
  const byId = new Map(rows.map((row) => [row.session_id, sessionRow(row)]));
  // A page beyond the end has no row that could tell.
  const total = found.rows[0]?.total ?? (page.offset === 0 ? 0 : await countSessions(db));
  return { sessions: ids.flatMap((id) => byId.get(id) ?? []), total: Number(total) };
}

async function countSessions(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: string }>(
    `SELECT count(*) FROM (
       SELECT session_id FROM wiretally_private.calls WHERE kind = 'call' AND session_id IS NOT NULL
       UNION SELECT session_id FROM wiretally_private.sessions
     ) AS ids`,
  );
  return Number(rows[0]?.count ?? 0);
}

/** @returns null where nobody started it and no call names it. */
export async function findSession(db: Queryable, sessionId: string, now: Date): Promise<SessionRow | null> {
  const { rows } = await db.query<Row>(SESSIONS_SQL, [now, [sessionId]]);
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
