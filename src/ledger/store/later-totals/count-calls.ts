/**
 * Counts calls in the later totals (by user, application, session, quarter of an hour), each once: the lines that say
 * what is not counted go in the transaction that counts it. Any number of sinks may run it.
 */
import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../transaction.ts';
import { addCalls } from './add-calls.ts';
import { lockForCounting } from './locks.ts';
import type { WhenBusy } from './locks.ts';

/** Bounds a transaction: about a second. */
const CALLS_AT_ONCE = 100_000;
const WITHIN_MS = 10 * 60_000;

/** Lines that overlap are read as one span, whatever number of batches is in it. */
const TAKEN = `
  taken as materialized (
    delete from wiretally_private.uncounted where (batch, since) in (
      select batch, since from (
        select batch, since, sum(calls) over (order by since, batch) - calls as before from wiretally_private.uncounted
      ) as line where before < $1)
    returning batch, since, until, calls
  ),
  spans as materialized (
    select min(since) as since, max(until) as until from (
      select since, until, count(*) filter (where apart) over (order by since, until) as span from (
        select since, until, coalesce(
          since > max(until) over (order by since, until rows between unbounded preceding and 1 preceding), true) as apart
        from taken
      ) as line
    ) as line group by span
  ),`;

/** "offset 0" keeps the planner from joining first: it would read all calls. */
const SOURCE = `
  select c.* from spans cross join lateral (
    select * from wiretally_private.calls c
    where c.created_at >= spans.since and c.created_at < spans.until and c.kind = 'call' offset 0
  ) as c
  join taken on taken.batch = c.batch and c.created_at >= taken.since and c.created_at < taken.until`;

const COUNT = addCalls(SOURCE, 1, TAKEN, 'select coalesce(sum(calls), 0) as counted from taken');

/** The lines of session_counts become one. */
const FOLD = `with gone as (delete from wiretally_private.session_counts returning n)
  insert into wiretally_private.session_counts select sum(n) from gone having count(*) > 0`;

/** @returns how many calls were counted; 0 where nothing is left, or another process is at it and that is left to it */
export async function countCalls(pool: Pool, whenBusy: WhenBusy): Promise<number> {
  const { rows } = await pool.query<{ waiting: boolean }>(
    'select exists (select from wiretally_private.uncounted) as waiting',
  );
  if (rows[0]?.waiting !== true) return 0;
  return inTransaction(pool, (client) => countSome(client, whenBusy), WITHIN_MS);
}

/** Counts until nothing is left, also what another process has in hand just now. */
export async function countAll(pool: Pool): Promise<void> {
  while ((await countCalls(pool, 'wait')) > 0);
}

async function countSome(client: PoolClient, whenBusy: WhenBusy): Promise<number> {
  if (!(await lockForCounting(client, whenBusy))) return 0;
  const { rows } = await client.query<{ counted: string }>(COUNT, [CALLS_AT_ONCE]);
  await client.query(FOLD);
  return Number(rows[0]?.counted ?? 0);
}
