/** What `wiretally doctor` says of the days that calls are kept in. */
import type { Pool } from 'pg';
import { partitionsBefore, readDetailsFrom } from '../store/retention.ts';
import { counted, ok } from './finding.ts';
import type { Finding } from './finding.ts';

const DAY_MS = 86_400_000;
/** A ledger that runs drops them within the hour; a reader may hold one for longer. */
const OVERDUE_DAYS = 2;

export async function retention(pool: Pool, retentionDays: number | null, now: Date): Promise<Finding> {
  const detailsFrom = await readDetailsFrom(pool);
  const day = detailsFrom?.slice(0, 10);
  if (retentionDays === null) {
    return ok(day === undefined ? 'Calls are kept for good' : `Calls before ${day} are dropped, later ones kept`);
  }
  const due = new Date(now.getTime() - (retentionDays + OVERDUE_DAYS) * DAY_MS).toISOString();
  const overdue = await partitionsBefore(pool, due);
  const [oldest] = overdue;
  if (oldest === undefined) return ok(`Calls are kept for ${counted(String(retentionDays), 'day')}`);
  return {
    state: 'wrong',
    text: `Not dropped: ${counted(String(overdue.length), 'day')} of calls from ${oldest.day} on, older than ${counted(String(retentionDays), 'day')}`,
    advice:
      'Run the ledger (wiretally up) with WIRETALLY_RETENTION_DAYS set. If it runs, its log names what holds them: a ' +
      'query that has been open for long (see pg_stat_activity).',
  };
}

/** Calls whose day has no partition of its own. Nothing is wrong with a few. */
export async function apartCalls(pool: Pool): Promise<Finding[]> {
  const { rows } = await pool.query<{ calls: string; first: string; last: string }>(
    `SELECT count(*) AS calls, to_char(min(created_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS first,
       to_char(max(created_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS last
     FROM wiretally_private.calls_default`,
  );
  const { calls = '0', first = '', last = '' } = rows[0] ?? {};
  if (calls === '0') return [];
  return [
    {
      state: 'note',
      text: `Stored apart: ${counted(calls, 'call')} of days from ${first} to ${last}, which have no partition`,
      advice:
        'They count like all others. Imports of years ago and wrong clocks make them; those of the last 400 days move ' +
        'when a record of their day arrives.',
    },
  ];
}
