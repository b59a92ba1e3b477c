import type { PoolClient } from 'pg';
import { copyCalls } from './copy-calls.ts';
import { COPY_COLUMNS } from './prepare-call.ts';
import type { PreparedCall } from './prepare-call.ts';

const COLUMNS = [...COPY_COLUMNS, 'batch'].join(', ');

/**
 * The slow path: stores what is not there yet and says what that was. Costs Postgres twice the fast path, and is taken
 * only when that met a record a second time.
 */
export async function insertNewCalls(
  client: PoolClient,
  batch: string,
  calls: readonly PreparedCall[],
): Promise<PreparedCall[]> {
  await client.query(`create temp table staged_calls on commit drop as
    select ${COLUMNS} from wiretally_private.calls with no data`);
  await copyCalls(client, 'staged_calls', batch, calls);
  // In the order of the key, as all sinks write, so that two of them wait for each other in one direction only.
  const { rows } = await client.query<{ id: string; micros: string }>(`
    insert into wiretally_private.calls (${COLUMNS})
    select ${COLUMNS} from staged_calls order by created_at, id
    on conflict (created_at, id) do nothing
    returning id, (extract(epoch from created_at) * 1000000)::bigint as micros`);
  const stored = new Set(rows.map((row) => `${row.micros} ${row.id}`));
  return calls.filter((call) => stored.has(`${call.timeUnixMicros} ${call.id}`));
}
