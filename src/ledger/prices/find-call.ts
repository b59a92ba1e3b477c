/** One stored call by its record's id, which is only half of its key. */
import type { UsageRecord } from '@wiretally/usage';
import type { Queryable } from '../report/queryable.ts';
import { MICROS_SQL, rowToRecord } from '../store/row-to-record.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Clocks within a process, and records that came with an id of the caller's and a time of their own. */
const AROUND_MS = 60_000;

const SELECT = `select c.*, ${MICROS_SQL} as micros from wiretally_private.calls c where c.id = $1`;

/** Null where there is none. Of several with one id (inserted by hand), the oldest. */
export async function findCall(db: Queryable, id: string): Promise<UsageRecord | null> {
  if (!UUID.test(id)) return null;
  const madeAt = versionSevenTime(id);
  if (madeAt !== null) {
    const near = await db.query<Record<string, unknown>>(
      `${SELECT} and c.created_at >= $2 and c.created_at < $3 order by c.created_at limit 1`,
      [id, new Date(madeAt - AROUND_MS), new Date(madeAt + AROUND_MS)],
    );
    if (near.rows[0] !== undefined) return rowToRecord(near.rows[0]);
  }
  // Without its time, all partitions are read: seconds for tens of millions of calls, and nobody waits for it often.
  const anywhere = await db.query<Record<string, unknown>>(`${SELECT} order by c.created_at limit 1`, [id]);
  return anywhere.rows[0] === undefined ? null : rowToRecord(anywhere.rows[0]);
}

/** When a UUIDv7 was made, epoch milliseconds; null for other ids. */
function versionSevenTime(id: string): number | null {
  return id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : null;
}
