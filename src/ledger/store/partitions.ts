/** A partition a day, made here: no cron, no extension. What has none goes to the default partition and moves later. */
import type { Pool } from 'pg';
import { errorMessage } from '../ledger-error.ts';
import type { Logger } from '../logger.ts';
import type { PreparedCall } from './prepare-call.ts';
import { inTransaction } from './transaction.ts';

const DAY_MS = 86_400_000;
const DAYS_AHEAD = 3;
/** Late records get a partition; older ones (imports, broken clocks) share the default one. */
const DAYS_BACK = 400;

export interface Partitions {
  /** Before records of those days are copied. */
  ensureFor(calls: readonly PreparedCall[]): Promise<void>;
  /** Today and the next days. */
  ensureAhead(): Promise<void>;
}

/** @param now epoch milliseconds */
export function createPartitions(pool: Pool, logger: Logger, now: () => number): Partitions {
  /** Days since the epoch that are known to have one. */
  const known = new Set<number>();
  const today = (): number => Math.floor(now() / DAY_MS);

  const ensure = async (days: readonly number[]): Promise<void> => {
    for (const day of days) {
      if (known.has(day)) continue;
      const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
      try {
        await inTransaction(pool, async (client) => {
          // It waits for readers of the default partition, and writers then wait for it: not for long.
          await client.query("set local lock_timeout = '2s'");
          await client.query('select wiretally_private.ensure_partition($1::date)', [date]);
        });
        known.add(day);
      } catch (error) {
        logger.warn(
          { date, error: errorMessage(error) },
          'no partition for that day yet; its records are stored apart',
        );
      }
    }
  };

  return {
    async ensureFor(calls) {
      const missing = new Set<number>();
      const first = today() - DAYS_BACK;
      const last = today() + DAYS_AHEAD;
      for (const call of calls) {
        const day = Math.floor(call.timeUnixMicros / (DAY_MS * 1000));
        if (!known.has(day) && day >= first && day <= last) missing.add(day);
      }
      if (missing.size > 0) await ensure([...missing].toSorted((a, b) => a - b));
    },
    ensureAhead: () => ensure(Array.from({ length: DAYS_AHEAD + 1 }, (_, ahead) => today() + ahead)),
  };
}
