/** Takes names off calls and off the later totals, and keeps every sum: what loses its user counts under none. */
import type { PoolClient } from 'pg';
import { changeStatements } from './change-counted.ts';
import { lockForChange } from './locks.ts';
import { IS_COUNTED, PART_COLUMNS } from './part-sums.ts';

const OF_TABLE = changeStatements('changing_calls');

/** Sessions that lost calls: what is left of them, if anything is. */
const TIDY_SESSIONS = [
  `delete from wiretally_private.rollup_session_part where requests = 0
     and session_key in (select wiretally_private.name_key(session_id) from changing_calls where session_id is not null)`,
  `with gone as (
     delete from wiretally_private.rollup_session where requests = 0 and started_at is null
       and session_key in (select wiretally_private.name_key(session_id) from changing_calls where session_id is not null)
     returning 1
   ) insert into wiretally_private.session_counts select -count(*) from gone having count(*) > 0`,
  `update wiretally_private.rollup_session_part r
   set first_used = least(found.first_used, case when r.first_used < wiretally_private.details_from() then r.first_used end),
     last_used = found.last_used
   from (
     select wiretally_private.name_key(c.session_id) as session_key, c.service_type,
       wiretally_private.name_key(coalesce(c.model, '')) as model_key,
       min(c.created_at) as first_used, max(c.created_at) as last_used
     from wiretally_private.calls c
     where c.session_id in (select session_id from changing_calls) and c.kind = 'call' and ${IS_COUNTED}
     group by 1, 2, 3
   ) as found
   where (r.session_key, r.service_type, r.model_key) = (found.session_key, found.service_type, found.model_key)`,
  `update wiretally_private.rollup_session r set first_used = found.first_used, last_used = found.last_used
   from (
     select p.session_key, min(p.first_used) as first_used, max(p.last_used) as last_used
     from wiretally_private.rollup_session_part p
     where p.session_key in (
       select wiretally_private.name_key(session_id) from changing_calls where session_id is not null)
     group by 1
   ) as found
   where r.session_key = found.session_key and (r.first_used, r.last_used) <> (found.first_used, found.last_used)`,
];

/**
 * Within the caller's transaction.
 * @param where a condition on rows `c` of `calls`, with its values
 * @param change alters these rows
 */
export async function erasePeople(
  client: PoolClient,
  where: string,
  values: readonly unknown[],
  change: () => Promise<void>,
): Promise<void> {
  await lockForChange(client);
  await client.query(
    `create temp table changing_calls on commit drop as
     select created_at, id, session_id from wiretally_private.calls c where ${where}`,
    [...values],
  );
  await client.query('analyze changing_calls');
  await client.query(OF_TABLE.lock);
  await client.query(OF_TABLE.takeOff);
  await change();
  await client.query(OF_TABLE.add);
  for (const statement of TIDY_SESSIONS) await client.query(statement);
}

const COLUMNS = PART_COLUMNS.join(', ');

/** What is left under the name are days whose calls are dropped. */
const UNNAME_USER = `with gone as (
    delete from wiretally_private.rollup_part where part = 'user' and key = wiretally_private.name_key($1) returning *
  )
  insert into wiretally_private.rollup_part as r (part, minutes, start, key, name, ${COLUMNS}, first_used, last_used)
  select part, minutes, start, wiretally_private.name_key(''), '', ${COLUMNS}, first_used, last_used
  from gone where requests <> 0
  on conflict (part, minutes, start, key) do update set
    ${PART_COLUMNS.map((column) => `${column} = r.${column} + excluded.${column}`).join(', ')},
    first_used = least(r.first_used, excluded.first_used), last_used = greatest(r.last_used, excluded.last_used)`;

/** After `erasePeople`, in the same transaction. */
export async function unnameUser(client: PoolClient, user: string): Promise<void> {
  await client.query(UNNAME_USER, [user]);
}

/** After `erasePeople`, in the same transaction. */
export async function removeSession(client: PoolClient, session: string): Promise<void> {
  await client.query('delete from wiretally_private.sessions where session_id = $1', [session]);
  await client.query(
    `delete from wiretally_private.rollup_session_part where session_key = wiretally_private.name_key($1)`,
    [session],
  );
  await client.query(
    `with gone as (
       delete from wiretally_private.rollup_session where session_key = wiretally_private.name_key($1) returning 1
     ) insert into wiretally_private.session_counts select -count(*) from gone having count(*) > 0`,
    [session],
  );
}
