/** Makes the later totals say what their rows say, in one transaction; nobody counts or changes calls meanwhile. */
import type { Pool, PoolClient } from 'pg';
import type { AuditDifference } from '../audit.ts';
import { inTransaction } from '../transaction.ts';
import { DIFFERENT_PARTS, listedParts, partDifferences } from './audit-parts.ts';
import { lockForRepair } from './locks.ts';
import { PART_COLUMNS } from './part-sums.ts';

const WITHIN_MS = 30 * 60_000;
const COLUMNS = PART_COLUMNS.join(', ');
const ROWS = PART_COLUMNS.map((column) => `"rows ${column}"::numeric`).join(', ');

const SESSIONS = "select distinct key from different_parts where part = 'session'";

/** What differs goes, and what its rows say comes. */
const STATEMENTS = [
  `delete from wiretally_private.rollup_part r using different_parts d
   where (r.part, r.minutes, r.start, r.key) = (d.part, d.minutes, d.start, d.key)`,
  `insert into wiretally_private.rollup_part (part, minutes, start, key, name, ${COLUMNS}, first_used, last_used)
   select part, minutes, start, key, name, ${ROWS}, first_used, last_used from different_parts
   where part <> 'session' and "rows requests" is not null`,
  `delete from wiretally_private.rollup_session_part r using different_parts d
   where d.part = 'session' and (r.session_key, r.service_type, r.model_key) = (d.key, d.service_type, d.model_key)`,
  `insert into wiretally_private.rollup_session_part
     (session_key, service_type, model_key, model, ${COLUMNS}, first_used, last_used)
   select key, service_type, model_key, model, ${ROWS}, first_used, last_used from different_parts
   where part = 'session' and service_type is not null and "rows requests" is not null`,
  `insert into wiretally_private.rollup_session as r (session_key, session_id, requests, first_used, last_used)
   select p.session_key, min(d.name), sum(p.requests), min(p.first_used), max(p.last_used)
   from wiretally_private.rollup_session_part p join (
     select key, min(name) as name from different_parts where part = 'session' and name is not null group by key
   ) as d on d.key = p.session_key group by 1
   on conflict (session_key) do update set
     requests = excluded.requests, first_used = excluded.first_used, last_used = excluded.last_used`,
  `update wiretally_private.rollup_session r set requests = 0, first_used = null, last_used = null
   where session_key in (${SESSIONS}) and started_at is not null
     and not exists (select from wiretally_private.rollup_session_part p where p.session_key = r.session_key)`,
  `delete from wiretally_private.rollup_session r
   where session_key in (${SESSIONS}) and started_at is null
     and not exists (select from wiretally_private.rollup_session_part p where p.session_key = r.session_key)`,
  // One statement, so that a session that somebody starts meanwhile is in its line or in this one.
  `with gone as (delete from wiretally_private.session_counts)
   insert into wiretally_private.session_counts select count(*) from wiretally_private.rollup_session having count(*) > 0`,
];

export interface RepairedParts {
  readonly parts: number;
  /** What they said before, beside what they say now; of the first ones only, as in an audit. */
  readonly repaired: readonly AuditDifference[];
}

/** The differences stay in the database, whatever their number. */
export async function repairParts(pool: Pool): Promise<RepairedParts> {
  return inTransaction(pool, repair, WITHIN_MS);
}

async function repair(client: PoolClient): Promise<RepairedParts> {
  await lockForRepair(client);
  await client.query(`create temp table different_parts on commit drop as ${DIFFERENT_PARTS} select * from different`);
  await client.query('analyze different_parts');
  const { rows: first } = await client.query<Record<string, unknown>>(listedParts('different_parts'));
  if (first.length === 0) return { parts: 0, repaired: [] };
  const { rows: counted } = await client.query<{ n: string }>('select count(*) as n from different_parts');
  for (const statement of STATEMENTS) await client.query(statement);
  return { parts: Number(counted[0]?.n), repaired: first.flatMap(partDifferences) };
}
