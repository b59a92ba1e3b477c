/**
 * Prices stored calls again, by the prices that the ledger has now for the time of each call. Nothing but this changes
 * the price of a stored call, and it says who did it, when and why.
 */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { callConditions, StatementValues } from '../../report/call-conditions.ts';
import type { UsageFilter } from '../../report/call-conditions.ts';
import type { Period } from '../../report/period.ts';
import type { Queryable } from '../../report/queryable.ts';
import type { Logger } from '../../logger.ts';
import type { Change } from '../../store/change-calls.ts';
import { changePrices } from '../../store/change-prices.ts';
import { isRetryable } from '../../store/pg-errors.ts';
import { createPriceCards } from '../../store/price-cards.ts';
import type { PriceCards } from '../../store/price-cards.ts';
import { MICROS_SQL, rowToRecord } from '../../store/row-to-record.ts';
import { formatMicros } from '../../store/timestamp.ts';
import { inTransaction } from '../../store/transaction.ts';
import type { LedgerPrices } from '../ledger-prices.ts';
import { judge } from './judge.ts';
import { ModelChanges } from './model-changes.ts';
import type { ModelChange } from './model-changes.ts';

export interface RepriceOptions {
  readonly pool: Pool;
  readonly prices: LedgerPrices;
  readonly logger: Logger;
  readonly period: Period;
  readonly filter: UsageFilter;
  /** Null: nothing is changed, and the result says what would be. */
  readonly apply: { readonly by: string; readonly reason: string | null } | null;
  readonly now?: (() => Date) | undefined;
  readonly onProgress?: ((calls: number) => void) | undefined;
  /** Ends after the day that is under way. */
  readonly signal?: AbortSignal | undefined;
}

export interface RepriceResult {
  readonly models: readonly ModelChange[];
  readonly total: ModelChange;
  /** Id in `wiretally_repricings`; null for a dry run, and where nothing changed. */
  readonly repricing: string | null;
  /** False where it was interrupted: some days are done, the others are as they were. */
  readonly finished: boolean;
}

const PAGE = 2000;
const DAY_MS = 86_400_000;
const REPRICING_LOCK = 77_005;
const DAY_WITHIN_MS = 30 * 60_000;
const MAX_ATTEMPTS = 5;

/** @throws Error where the user's prices are wrong, or another repricing is under way. */
export async function reprice(options: RepriceOptions): Promise<RepriceResult> {
  const { pool, prices, apply } = options;
  if (prices.problem !== null) {
    throw new Error(`Nothing was priced: the prices are not those that are meant.\n${prices.problem}`);
  }
  if (apply === null) return walk(options, (day) => visitDay(pool, options, day, null));
  return alone(pool, () => applyTo(options, apply.by, apply.reason));
}

async function applyTo(options: RepriceOptions, by: string, reason: string | null): Promise<RepriceResult> {
  const { pool, prices, logger, period, filter } = options;
  const now = options.now ?? (() => new Date());
  const id = randomUUID();
  const cards = createPriceCards({ prices, logger });
  await pool.query(
    `insert into wiretally_private.repricings (id, started_at, made_by, reason, prices, selection)
     values ($1, $2, $3, $4, $5, $6)`,
    [id, now(), by, reason, prices.setting, JSON.stringify({ ...period, ...filter })],
  );
  const result = await walk(options, (day) => changeDay(options, day, { id, cards }));
  if (result.finished && result.total.changed === 0) {
    await pool.query('delete from wiretally_private.repricings where id = $1', [id]);
    return result;
  }
  if (result.finished) {
    await pool.query('update wiretally_private.repricings set finished_at = $2 where id = $1', [id, now()]);
  }
  return { ...result, repricing: id };
}

/** Day by day, oldest first. */
async function walk(options: RepriceOptions, visit: (day: Date) => Promise<ModelChanges>): Promise<RepriceResult> {
  const changes = new ModelChanges();
  let finished = true;
  for (const day of await daysOf(options.pool, options.period)) {
    finished = options.signal?.aborted !== true;
    if (!finished) break;
    changes.merge(await visit(day));
    options.onProgress?.(changes.total().calls);
  }
  return { models: changes.list(), total: changes.total(), repricing: null, finished };
}

/** Days of UTC with calls, which are the table's partitions. */
async function daysOf(db: Queryable, { from, to }: Period): Promise<Date[]> {
  const { rows } = await db.query<{ day: Date }>(
    `select distinct date_trunc('day', hour, 'UTC') as day from wiretally_private.rollup_hour
     where kind = 'call' and ($1::timestamptz is null or hour > $1::timestamptz - interval '1 hour')
       and ($2::timestamptz is null or hour < $2) order by day`,
    [from, to],
  );
  return rows.map(({ day }) => day);
}

interface Application {
  readonly id: string;
  readonly cards: PriceCards;
}

/** One transaction: all of the day, or nothing of it. */
async function changeDay(options: RepriceOptions, day: Date, application: Application): Promise<ModelChanges> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(
        options.pool,
        async (client) => {
          const changes = await visitDay(client, options, day, async (page) => {
            await application.cards.keep(
              client,
              page.map(({ after }) => ({ record: after, cardDefinition: null })),
            );
            await changePrices(client, application.id, page);
          });
          const { changed, oldCostUsd, newCostUsd } = changes.total();
          await client.query(
            `update wiretally_private.repricings set calls = calls + $2, old_cost_usd = trim_scale(old_cost_usd + $3),
               new_cost_usd = trim_scale(new_cost_usd + $4) where id = $1`,
            [application.id, changed, oldCostUsd, newCostUsd],
          );
          return changes;
        },
        DAY_WITHIN_MS,
      );
    } catch (error) {
      // Sinks that store calls of the same hours want the same rollup rows.
      if (attempt === MAX_ATTEMPTS || !isRetryable(error)) throw error;
    }
  }
}

/** @param change gets the changes of each page, whose rows are locked; null: nothing is locked or changed */
async function visitDay(
  db: Queryable,
  { period, filter, prices }: RepriceOptions,
  day: Date,
  change: ((page: readonly Change[]) => Promise<void>) | null,
): Promise<ModelChanges> {
  const changes = new ModelChanges();
  const { book } = prices;
  const values = new StatementValues();
  const where = callConditions(period, filter, values);
  where.push(`created_at >= ${values.add(day)}`, `created_at < ${values.add(new Date(day.getTime() + DAY_MS))}`);
  let last: readonly [at: string, id: string] | null = null;
  for (;;) {
    const after: string =
      last === null ? '' : ` and (created_at, id) > ($${values.list.length + 1}, $${values.list.length + 2})`;
    const { rows } = await db.query<Record<string, unknown>>(
      `select c.*, ${MICROS_SQL} as micros from wiretally_private.calls c where ${where.join(' and ')}${after}
       order by created_at, id limit ${PAGE}${change === null ? '' : ' for update'}`,
      [...values.list, ...(last ?? [])],
    );
    const page: Change[] = [];
    for (const row of rows) {
      const record = rowToRecord(row);
      const verdict = judge(record, book);
      changes.add(record, verdict);
      if (verdict.kind === 'changes') page.push({ row, after: verdict.after });
      last = [formatMicros(record.timeUnixMicros), record.id];
    }
    if (change !== null) await change(page);
    if (rows.length < PAGE) return changes;
  }
}

/**
 * One repricing at a time, whichever process does it. The lock is a transaction's and ends with it or its connection: a
 * session's would be lost behind a pooler that hands each transaction another connection.
 */
async function alone<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let lost: unknown = null;
  try {
    await client.query('begin');
    // It waits as long as the repricing takes; without a write of its own it keeps nothing from being vacuumed.
    await client.query('set local idle_in_transaction_session_timeout = 0');
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1) as locked', [
      REPRICING_LOCK,
    ]);
    if (rows[0]?.locked !== true) throw new Error('Another repricing is under way. Wait until it is done.');
    return await work();
  } finally {
    await client.query('rollback').catch((error: unknown) => {
      lost = error;
    });
    client.release(lost !== null);
  }
}
