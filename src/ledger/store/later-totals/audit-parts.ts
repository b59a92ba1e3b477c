/** Whether the later totals say what their rows say, as far as rows are kept. */
import type { Queryable } from '../../report/queryable.ts';
import type { AuditDifference } from '../audit.ts';
import { MAX_LISTED } from '../max-listed.ts';
import { IS_COUNTED, PART_COLUMNS, partSums } from './part-sums.ts';

const KEPT = 'wiretally_private.details_from()';
/** The first and last call of a user's hour are not compared: when one of its calls is erased, they stay. */
const COUNTED = partSums(`select c.* from wiretally_private.calls c
  where c.kind = 'call' and c.created_at >= ${KEPT} and ${IS_COUNTED}`);

const pairs = PART_COLUMNS.map(
  (column) => `rollup.${column}::text as "rollup ${column}", rows.${column}::text as "rows ${column}"`,
).join(', ');
const differs = PART_COLUMNS.map((column) => `rollup.${column} is distinct from rows.${column}`).join(' or ');

/** Rows of rollup_part that are not what `rows` says, and the same of rollup_session_part. */
export const DIFFERENT_PARTS = `with ${COUNTED},
  earlier_sessions as materialized (
    select distinct session_key from wiretally_private.rollup_session_part where first_used < ${KEPT}
  ),
  different as (
    select coalesce(rollup.part, rows.part) as part, coalesce(rollup.minutes, rows.minutes) as minutes,
      coalesce(rollup.start, rows.start) as start, coalesce(rollup.key, rows.key) as key,
      null::text as service_type, null::uuid as model_key, null::text as model,
      coalesce(rollup.name, rows.name) as name, rows.first_used, rows.last_used, ${pairs}
    from (select * from wiretally_private.rollup_part where start >= ${KEPT} and requests <> 0) as rollup
    full join parts as rows using (part, minutes, start, key)
    where ${differs}
    union all
    select 'session', 0, coalesce(rollup.first_used, rows.first_used), coalesce(rollup.session_key, rows.session_key),
      coalesce(rollup.service_type, rows.service_type), coalesce(rollup.model_key, rows.model_key), rows.model,
      coalesce(rollup.session_id, rows.session_id), rows.first_used, rows.last_used, ${pairs}
    from (
      select p.*, s.session_id from wiretally_private.rollup_session_part p
      left join wiretally_private.rollup_session s using (session_key)
      where session_key not in (select * from earlier_sessions) and p.requests <> 0
    ) as rollup
    full join (select * from session_parts where session_key not in (select * from earlier_sessions)) as rows
      using (session_key, service_type, model_key)
    where ${differs}
    union all
    select 'session', 0, s.first_used, session_key, null, null, null, coalesce(s.session_id, rows.session_id), null, null,
      s.requests::text, p.requests::text, ${PART_COLUMNS.slice(1)
        .map(() => 'null, null')
        .join(', ')}
    from wiretally_private.rollup_session s
    full join (
      select session_key, sum(requests) as requests from wiretally_private.rollup_session_part group by 1
    ) as p using (session_key)
    left join (select distinct session_key, session_id from session_parts) as rows using (session_key)
    where s.requests is distinct from coalesce(p.requests, 0)
  )`;

/** The first rows of `different`, as `partDifferences` takes them. */
export const listedParts = (different: string): string =>
  `select * from ${different} order by part, minutes, start, name, key, service_type, model_key limit ${MAX_LISTED}`;

const STATEMENT = `${DIFFERENT_PARTS} ${listedParts('different')}`;

const TITLES: Readonly<Record<string, string>> = {
  'user 60': 'user, by hour:',
  'user 1440': 'user, by day:',
  'application 60': 'application, by hour:',
  'application 1440': 'application, by day:',
  'model 15': 'rollup, by quarter of an hour:',
  'session 0': 'session',
};

export async function auditParts(db: Queryable): Promise<AuditDifference[]> {
  const { rows } = await db.query<Record<string, unknown>>(STATEMENT);
  return rows.flatMap(partDifferences);
}

/** @param row of `listedParts` */
export function partDifferences(row: Readonly<Record<string, unknown>>): AuditDifference[] {
  return PART_COLUMNS.filter((column) => row[`rollup ${column}`] !== row[`rows ${column}`]).map((column) => ({
    hour: (row['start'] as Date | null)?.toISOString() ?? '',
    provider: TITLES[`${String(row['part'])} ${String(row['minutes'])}`] ?? '',
    model: String(row['name']) || String(row['key']),
    measure: column,
    rollup: (row[`rollup ${column}`] as string | null) ?? 'missing',
    rows: (row[`rows ${column}`] as string | null) ?? 'missing',
  }));
}
