/**
 * Calls are kept for a number of days, their hourly totals for good. A day is dropped as a whole, with its partition.
 * From then on `details_from` says so: no later record of such a day is stored, since with the rows what tells a record
 * that comes a second time is gone; it becomes a dead letter.
 */
import type { Pool, PoolClient } from 'pg';
import { errorMessage, LedgerError } from '../ledger-error.ts';
import type { Logger } from '../logger.ts';
import { countAll } from './later-totals/count-calls.ts';
import { IS_COUNTED } from './later-totals/part-sums.ts';
import { inTransaction } from './transaction.ts';

export interface RetentionResult {
  /** ISO 8601; calls before it are dropped. Null where all are kept. */
  readonly detailsFrom: string | null;
  /** Days of UTC that were dropped now, YYYY-MM-DD. */
  readonly droppedDays: readonly string[];
  /** Days that somebody reads just now, or that are not counted; the next run drops them. */
  readonly heldDays: readonly string[];
}

const DAY_MS = 86_400_000;
/** That of `ensure_partition`. */
const PARTITIONS_LOCK = 77_002;
const DELETE_WITHIN_MS = 10 * 60_000;

/** @throws LedgerError `retention` */
export function parseRetentionDays(text: string | undefined): number | null {
  if (text === undefined || text.trim() === '') return null;
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 36_500) return days;
  throw new LedgerError(
    'retention',
    `WIRETALLY_RETENTION_DAYS is ${JSON.stringify(text)}; it must be a whole number of days from 1 on, or unset to keep ` +
      'all calls.',
  );
}

export async function readDetailsFrom(db: Pick<Pool, 'query'>): Promise<string | null> {
  const { rows } = await db.query<{ value: string }>(
    "select value from wiretally_private.settings where name = 'details_from'",
  );
  return rows[0]?.value ?? null;
}

/**
 * Drops the calls of days that ended more than `days` days ago.
 * @param days null: nothing more is dropped
 */
export async function applyRetention(
  pool: Pool,
  logger: Logger,
  days: number | null,
  now: number,
): Promise<RetentionResult> {
  if (days === null) return { detailsFrom: await readDetailsFrom(pool), droppedDays: [], heldDays: [] };
  // What a total does not count yet has to be there until it does.
  await countAll(pool);
  const from = await advance(pool, new Date((Math.floor(now / DAY_MS) - days) * DAY_MS).toISOString());
  const droppedDays: string[] = [];
  const heldDays: string[] = [];
  for (const { partition, day } of await partitionsBefore(pool, from)) {
    try {
      await inTransaction(pool, async (client) => {
        // It waits for readers, and everybody then waits for it: not for long.
        await client.query("set local lock_timeout = '2s'");
        await client.query('select pg_advisory_xact_lock($1)', [PARTITIONS_LOCK]);
        await client.query('lock table wiretally_private.calls in access exclusive mode');
        await expectCounted(client, day);
        await client.query(`drop table if exists wiretally_private.${partition}`);
      });
      droppedDays.push(day);
    } catch (error) {
      heldDays.push(day);
      logger.warn({ day, error: errorMessage(error) }, 'the calls of that day are in use; they are dropped later');
    }
  }
  if (droppedDays.length > 0) logger.info({ days: droppedDays, detailsFrom: from }, 'dropped calls by age');
  return { detailsFrom: from, droppedDays, heldDays };
}

/** Never back: what is dropped is dropped. Small tables about calls lose the same days. */
async function advance(pool: Pool, wanted: string): Promise<string> {
  return inTransaction(
    pool,
    async (client) => {
      await client.query('select pg_advisory_xact_lock($1)', [PARTITIONS_LOCK]);
      const { rows } = await client.query<{ value: string }>(
        `insert into wiretally_private.settings as s (name, value) values ('details_from', $1)
         on conflict (name) do update set value = greatest(s.value collate "C", excluded.value) returning value`,
        [wanted],
      );
      const from = rows[0]?.value ?? wanted;
      await client.query(`delete from wiretally_private.calls_default c where created_at < $1 and ${IS_COUNTED}`, [
        from,
      ]);
      await client.query('delete from wiretally_private.price_history where created_at < $1', [from]);
      await client.query('delete from wiretally_private.completions where call_created_at < $1', [from]);
      await client.query('delete from wiretally_private.batch_results where stated_at < $1', [from]);
      return from;
    },
    DELETE_WITHIN_MS,
  );
}

async function expectCounted(client: PoolClient, day: string): Promise<void> {
  const { rowCount } = await client.query(
    `select from wiretally_private.uncounted
     where until > $1::timestamp at time zone 'UTC' and since < ($1::timestamp + interval '1 day') at time zone 'UTC' limit 1`,
    [day],
  );
  if (rowCount !== 0) throw new Error('its calls are not counted by user and session yet');
}

/** Oldest first. */
export async function partitionsBefore(
  db: Pick<Pool, 'query'>,
  from: string,
): Promise<{ readonly partition: string; readonly day: string }[]> {
  const { rows } = await db.query<{ partition: string; day: string }>(
    `select relname as partition, to_char(to_date(right(relname, 8), 'YYYYMMDD'), 'YYYY-MM-DD') as day
     from pg_inherits join pg_class c on c.oid = inhrelid
     where inhparent = 'wiretally_private.calls'::regclass and relname ~ '^calls_[0-9]{8}$'
       and right(relname, 8) < to_char($1::timestamptz at time zone 'UTC', 'YYYYMMDD')
     order by relname`,
    [from],
  );
  return rows;
}
