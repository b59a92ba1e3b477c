import type { Pool } from 'pg';
import { errorMessage } from '../../ledger-error.ts';
import type { Logger } from '../../logger.ts';
import { countCalls } from './count-calls.ts';

/** Times as long as it took; a longer rest makes more calls of one user or session cost one change. */
const REST = 4;

/**
 * Counts what is there, then leaves the database to those who store and read: a fifth of the time is its share, however
 * much arrives. Readers add what is not counted, so that all it costs is that they take longer.
 * @returns to be called now and then; never rejects
 */
export function countInTurns(
  pool: Pool,
  logger: Logger,
  now: () => number = () => performance.now(),
): () => Promise<void> {
  let restUntil = 0;
  return async () => {
    const start = now();
    if (start < restUntil) return;
    try {
      await countCalls(pool, 'leave');
    } catch (error) {
      logger.warn({ error: errorMessage(error) }, 'calls are not counted by user and session yet; trying again');
    }
    const end = now();
    restUntil = end + REST * (end - start);
  };
}
