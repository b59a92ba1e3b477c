/** Stored calls get another price by an explicit repricing: what it was before is kept, and rollups follow. */
import type { UsageRecord } from '@wiretally/usage';
import type { PoolClient } from 'pg';
import { countedCall } from './change-calls.ts';
import type { Change } from './change-calls.ts';
import { normaliseDecimal } from './decimal.ts';
import { changeCounted } from './later-totals/change-counted.ts';
import { changeRollups } from './rollups.ts';
import { rowToRecord } from './row-to-record.ts';
import { formatMicros } from './timestamp.ts';

type Value = (record: UsageRecord) => string | null;

const money =
  (read: Value): Value =>
  (record) => {
    const value = read(record);
    return value === null ? null : normaliseDecimal(value);
  };

/** The columns that a price is made of. What the provider stated is none of them. */
const COLUMNS: readonly (readonly [column: string, type: string, value: Value])[] = [
  ['cost_usd', 'numeric', money((record) => record.costUsd)],
  ['cost_calculated_usd', 'numeric', money((record) => record.costCalculatedUsd)],
  ['cost_source', 'text', (record) => record.costSource],
  ['price_card', 'text', (record) => record.priceCard],
  ['unpriced_reason', 'text', (record) => record.unpricedReason],
  ['zero_reason', 'text', (record) => record.zeroReason],
];
const NAMES = COLUMNS.map(([column]) => column);

const REMEMBER = `insert into wiretally_private.price_history (created_at, id, repricing, ${NAMES.join(', ')})
  select c.created_at, c.id, $3, ${NAMES.map((column) => `c.${column}`).join(', ')}
  from wiretally_private.calls c
  join unnest($1::timestamptz[], $2::uuid[]) as n (created_at, id) using (created_at, id)`;

const CHANGE = `update wiretally_private.calls c set ${NAMES.map((column) => `${column} = n.${column}`).join(', ')}
  from unnest($1::timestamptz[], $2::uuid[], ${COLUMNS.map(([, type], index) => `$${index + 3}::${type}[]`).join(', ')})
    as n (created_at, id, ${NAMES.join(', ')})
  where c.created_at = n.created_at and c.id = n.id`;

/** Within the caller's transaction, which holds the rows' locks. @param repricing id of its row in `repricings` */
export async function changePrices(client: PoolClient, repricing: string, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const times = changes.map(({ after }) => formatMicros(after.timeUnixMicros));
  const ids = changes.map(({ after }) => after.id);
  await client.query(REMEMBER, [times, ids, repricing]);
  await changeCounted(client, times, ids, async () => {
    await client.query(CHANGE, [
      times,
      ids,
      ...COLUMNS.map(([, , valueOf]) => changes.map(({ after }) => valueOf(after))),
    ]);
  });
  await changeRollups(
    client,
    changes.map(({ row, after }) => ({ before: countedCall(row, rowToRecord(row)), after: countedCall(row, after) })),
  );
}
