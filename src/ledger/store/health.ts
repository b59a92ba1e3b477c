/** Keeps `ready` true to the facts: asks the database on a timer, so that an idle ledger notices too. */
import type { Pool } from 'pg';
import { errorMessage } from '../ledger-error.ts';
import type { Logger } from '../logger.ts';
import type { Counters } from './stats.ts';

const EVERY_MS = 2000;

/** @returns its undo */
export function watchHealth(pool: Pool, counters: Counters, logger: Logger): () => void {
  let asking = false;
  const ask = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    let problem: string | null = null;
    try {
      const { rows } = await pool.query<{ readonly: string }>(
        `select current_setting('transaction_read_only') as readonly`,
      );
      if (rows[0]?.readonly === 'on') problem = 'it only lets itself be read, as a standby server does';
    } catch (error) {
      problem = errorMessage(error);
    }
    asking = false;
    const ready = problem === null;
    if (ready === counters.ready) return;
    counters.ready = ready;
    if (ready) logger.info({}, 'the database takes records again');
    else logger.warn({ error: problem }, 'the database takes no records; senders keep theirs until it does');
  };
  const timer = setInterval(() => void ask(), EVERY_MS);
  timer.unref();
  counters.ready = true;
  return () => {
    clearInterval(timer);
    counters.ready = false;
  };
}
