/** Which sessions have a call that is asked for. */
import { callConditions, StatementValues } from '../report/call-conditions.ts';
import type { UsageFilter } from '../report/call-conditions.ts';
import { ALL_TIME } from '../report/period.ts';
import type { Period } from '../report/period.ts';
import type { Queryable } from '../report/queryable.ts';

export interface SessionSelection {
  readonly period: Period;
  readonly filter: UsageFilter;
}

export const ALL_SESSIONS: SessionSelection = { period: ALL_TIME, filter: {} };

/** Nothing is asked for: all sessions, also those without a call. */
export function isEverything({ period, filter }: SessionSelection): boolean {
  const { tags = {}, ...others } = filter;
  return (
    period.from === null &&
    period.to === null &&
    Object.keys(tags).length === 0 &&
    Object.values(others).every((value) => value === undefined)
  );
}

/** @returns the ids of a page, that with the latest such call first, and how many there are */
export async function findSessionsWith(
  db: Queryable,
  { period, filter }: SessionSelection,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ readonly ids: string[]; readonly total: number }> {
  const values = new StatementValues();
  const where = [...callConditions(period, filter, values), 'session_id IS NOT NULL'].join(' AND ');
  const found = 'SELECT session_id, max(created_at) AS last_at FROM wiretally_private.calls';
  const { rows } = await db.query<{ session_id: string | null; total: string }>(
    `WITH found AS (${found} WHERE ${where} GROUP BY session_id), listed AS (
       SELECT session_id, last_at FROM found ORDER BY last_at DESC, session_id
       LIMIT ${values.add(page.limit)} OFFSET ${values.add(page.offset)}
     )
     SELECT session_id, total FROM (SELECT count(*) AS total FROM found) AS counted LEFT JOIN listed ON true
     ORDER BY last_at DESC, session_id`,
    values.list,
  );
  return { ids: rows.flatMap(({ session_id: id }) => id ?? []), total: Number(rows[0]?.total ?? 0) };
}
