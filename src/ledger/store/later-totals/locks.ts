/** Who may touch the later totals when. Ids of advisory locks; each is held until the transaction ends. */
import type { PoolClient } from 'pg';

/** One process counts at a time; the others have nothing to do meanwhile. */
export const COUNTER_LOCK = 77_006;
/** Counting excludes changes of stored calls, so that each knows which calls are counted; changes go side by side. */
const COUNTED_LOCK = 77_007;

export type WhenBusy = 'leave' | 'wait';

/** @returns false where another process counts just now, and that is not waited for */
export async function lockForCounting(client: PoolClient, whenBusy: WhenBusy): Promise<boolean> {
  const { rows } = await client.query<{ mine: unknown }>(
    whenBusy === 'wait' ? 'select pg_advisory_xact_lock($1) as mine' : 'select pg_try_advisory_xact_lock($1) as mine',
    [COUNTER_LOCK],
  );
  if (rows[0]?.mine === false) return false;
  await client.query('select pg_advisory_xact_lock($1)', [COUNTED_LOCK]);
  return true;
}

export async function lockForRepair(client: PoolClient): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [COUNTED_LOCK]);
}

export async function lockForChange(client: PoolClient): Promise<void> {
  await client.query('select pg_advisory_xact_lock_shared($1)', [COUNTED_LOCK]);
}
