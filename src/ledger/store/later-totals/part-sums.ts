/** The later totals of any calls, as SQL: what is added when they are counted, and what the audit compares. */
import { PART_MEASURES } from '../measures.ts';

export const PART_COLUMNS: readonly string[] = PART_MEASURES.map(({ column }) => column);
const COLUMNS = PART_COLUMNS.join(', ');
const SUMMED = PART_COLUMNS.map((column) => `sum(${column}) as ${column}`).join(', ');
const TIMES = 'min(first_used) as first_used, max(last_used) as last_used';

/** The calls that the later totals count already, of any rows `c` of `calls`. */
export const IS_COUNTED = `not exists (select from wiretally_private.uncounted u
  where u.batch = c.batch and c.created_at >= u.since and c.created_at < u.until)`;

/**
 * Common table expressions `parts` (rows of rollup_part) and `session_parts` (rows of rollup_session_part, with
 * session_id).
 * @param source rows of `calls` of kind `call`
 */
export const partSums = (source: string): string => `
  sums as materialized (
    select hour, quarter, user_name, application, rollup_key, session_id, service_type, model_name,
      grouping(user_name) = 0 as by_user, grouping(application) = 0 as by_application,
      grouping(quarter) = 0 as by_quarter, grouping(session_id) = 0 as by_session,
      ${PART_MEASURES.map(({ column, sql }) => `${sql} as ${column}`).join(', ')},
      min(created_at) as first_used, max(created_at) as last_used
    from (
      select c.*, date_trunc('hour', c.created_at, 'UTC') as hour,
        date_bin('15 minutes', c.created_at, '2000-01-01 00:00+00') as quarter,
        coalesce(c.user_id, c.request_user, '') as user_name, coalesce(c.service_name, '') as application,
        coalesce(c.model, '') as model_name
      from (${source}) as c
    ) as c
    group by grouping sets (
      (hour, user_name), (hour, application), (quarter, rollup_key), (session_id, service_type, model_name))
  ),
  hours as (
    select 'user' as part, hour as start, wiretally_private.name_key(user_name) as key, user_name as name, ${COLUMNS},
      first_used, last_used from sums where by_user
    union all
    select 'application', hour, wiretally_private.name_key(application), application, ${COLUMNS},
      first_used, last_used from sums where by_application
  ),
  parts as (
    select part, 60 as minutes, start, key, name, ${COLUMNS}, first_used, last_used from hours
    union all
    select part, 1440, date_trunc('day', start, 'UTC'), key, name, ${SUMMED}, ${TIMES} from hours group by 1, 3, 4, 5
    union all
    select 'model', 15, quarter, rollup_key, '', ${COLUMNS}, first_used, last_used from sums where by_quarter
  ),
  session_parts as (
    select wiretally_private.name_key(session_id) as session_key, session_id, service_type,
      wiretally_private.name_key(model_name) as model_key, model_name as model, ${COLUMNS}, first_used, last_used
    from sums where by_session and session_id is not null
  )`;
