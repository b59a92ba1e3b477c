/** Changes stored calls together with the later totals that count them. */
import type { PoolClient } from 'pg';
import { addCalls } from './add-calls.ts';
import { lockForChange } from './locks.ts';
import { IS_COUNTED } from './part-sums.ts';

const KEYS = 'unnest($1::timestamptz[], $2::uuid[]) as key (created_at, id)';

/** @param keys from which the calls are known by created_at and id */
export const changeStatements = (keys: string): { lock: string; takeOff: string; add: string } => {
  const source = `select c.* from ${keys} join wiretally_private.calls c using (created_at, id)
    where c.kind = 'call' and ${IS_COUNTED}`;
  return {
    lock: `select from ${keys} join wiretally_private.calls c using (created_at, id)
      order by created_at, id for update of c`,
    takeOff: addCalls(source, -1),
    add: addCalls(source, 1),
  };
};
const OF_KEYS = changeStatements(KEYS);

/**
 * Within the caller's transaction.
 * @param times with microseconds; beside `ids`, the keys of the calls that `change` alters
 */
export async function changeCounted(
  client: PoolClient,
  times: readonly string[],
  ids: readonly string[],
  change: () => Promise<void>,
): Promise<void> {
  if (ids.length === 0) return;
  await lockForChange(client);
  await client.query(OF_KEYS.lock, [times, ids]);
  await client.query(OF_KEYS.takeOff, [times, ids]);
  await change();
  await client.query(OF_KEYS.add, [times, ids]);
}
