/** Adds calls to the later totals, or takes them off. One statement. */
import { PART_COLUMNS, partSums } from './part-sums.ts';

const COLUMNS = PART_COLUMNS.join(', ');

/**
 * @param source rows of `calls` of kind `call`
 * @param before common table expressions that the source and the answer use, each with its comma
 * @param answer what the statement returns
 * @param sign -1 takes off what was added before: then `first_used` and `last_used` stay, which no difference tells
 */
export const addCalls = (source: string, sign: 1 | -1, before = '', answer = 'select'): string => {
  const signed = PART_COLUMNS.map((column) => (sign === 1 ? column : `-${column}`)).join(', ');
  const times =
    sign === 1
      ? ', first_used = least(r.first_used, excluded.first_used), last_used = greatest(r.last_used, excluded.last_used)'
      : '';
  const added = `${PART_COLUMNS.map((column) => `${column} = r.${column} + excluded.${column}`).join(', ')}${times}`;
  // In the order of the keys, so that two that change calls wait for each other in one direction.
  return `with ${before} ${partSums(source)},
  added_parts as (
    insert into wiretally_private.rollup_part as r
      (part, minutes, start, key, name, ${COLUMNS}, first_used, last_used)
    select part, minutes, start, key, name, ${signed}, first_used, last_used from parts order by 1, 2, 3, 4
    on conflict (part, minutes, start, key) do update set ${added}
  ),
  added_session_parts as (
    insert into wiretally_private.rollup_session_part as r
      (session_key, service_type, model_key, model, ${COLUMNS}, first_used, last_used)
    select session_key, service_type, model_key, model, ${signed}, first_used, last_used from session_parts order by 1, 2, 3
    on conflict (session_key, service_type, model_key) do update set ${added}
  ),
  added_sessions as (
    insert into wiretally_private.rollup_session as r (session_key, session_id, requests, first_used, last_used)
    select session_key, session_id, ${sign} * sum(requests), min(first_used), max(last_used)
    from session_parts group by 1, 2 order by 1
    on conflict (session_key) do update set requests = r.requests + excluded.requests${times}
    returning (xmax = 0) as new
  ),
  added_counts as (
    insert into wiretally_private.session_counts select count(*) from added_sessions where new having count(*) > 0
  )
  ${answer}`;
};
