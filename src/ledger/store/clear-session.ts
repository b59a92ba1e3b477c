/** What the API's `clear-session` does: the session's link goes, and whom its calls were made for. Every sum stays. */
import type { Pool } from 'pg';
import { erasePeople, removeSession } from './later-totals/erase-people.ts';
import { inTransaction } from './transaction.ts';

const WITHIN_MS = 10 * 60_000;

/** @returns how many calls were in it */
export async function clearSession(pool: Pool, sessionId: string): Promise<number> {
  return inTransaction(
    pool,
    async (client) => {
      let cleared = 0;
      await erasePeople(client, 'session_id = $1', [sessionId], async () => {
        const { rowCount } = await client.query(
          `update wiretally_private.calls
           set session_id = null, user_id = null, chat_id = null, request_user = null, credential = null
           where session_id = $1`,
          [sessionId],
        );
        cleared = rowCount ?? 0;
      });
      await removeSession(client, sessionId);
      return cleared;
    },
    WITHIN_MS,
  );
}
