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
      await pool.query('select 1');
    } catch (error) {
      problem = errorMessage(error);
    }
    asking = false;
    const ready = problem === null;
    if (ready === counters.ready) return;
    counters.ready = ready;
    if (ready) logger.info({}, 'the database answers again');
    else logger.warn({ error: problem }, 'the database does not answer; senders keep their records until it does');
  };
  const timer = setInterval(() => void ask(), EVERY_MS);
  timer.unref();
  counters.ready = true;
  return () => {
    clearInterval(timer);
    counters.ready = false;
  };
}
