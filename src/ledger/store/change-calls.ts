/** Stored calls that become other than they were: usage stated later, a price found later. Their rollups follow. */
import type { UsageRecord } from '@wiretally/usage';
import type { PoolClient } from 'pg';
import { RECORD_COLUMNS } from './call-columns.ts';
import type { CountedCall } from './counted-call.ts';
import { parseDecimal } from './decimal.ts';
import { changeCounted } from './later-totals/change-counted.ts';
import { changeRollups } from './rollups.ts';
import { rowToRecord } from './row-to-record.ts';
import type { CallRow } from './row-to-record.ts';
import { formatMicros, hourOf } from './timestamp.ts';

export interface Change {
  /** As it is stored, with its row locked. */
  readonly row: CallRow;
  readonly after: UsageRecord;
}

/** What may change; never the key, the time, who called, or what the rollup row is about. */
const CHANGEABLE = new Set([
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'billed_input_tokens',
  'billed_output_tokens',
  'token_details',
  'units',
  'parts',
  'modifiers',
  'usage_source',
  'usage_missing_reason',
  'finish_reasons',
  'cost_usd',
  'cost_reported_usd',
  'cost_calculated_usd',
  'cost_upstream_usd',
  'cost_source',
  'price_card',
  'unpriced_reason',
  'zero_reason',
]);
const COLUMNS = RECORD_COLUMNS.filter(([column]) => CHANGEABLE.has(column));

const UPDATE = `update wiretally_private.calls set ${COLUMNS.map(([column], index) => `${column} = $${index + 3}`).join(
  ', ',
)} where created_at = $1 and id = $2`;

/** Within the caller's transaction. */
export async function changeCalls(client: PoolClient, changes: readonly Change[]): Promise<void> {
  await changeCounted(
    client,
    changes.map(({ after }) => formatMicros(after.timeUnixMicros)),
    changes.map(({ after }) => after.id),
    async () => {
      for (const { after } of changes) {
        await client.query(UPDATE, [
          formatMicros(after.timeUnixMicros),
          after.id,
          ...COLUMNS.map(([, valueOf]) => valueOf(after)),
        ]);
      }
    },
  );
  await changeRollups(
    client,
    changes.map(({ row, after }) => ({ before: countedCall(row, rowToRecord(row)), after: countedCall(row, after) })),
  );
}

/** What a stored row adds to its rollup row with the values of `record`. */
export function countedCall(row: CallRow, record: UsageRecord): CountedCall {
  return {
    record,
    timeUnixMicros: record.timeUnixMicros,
    hourMicros: hourOf(record.timeUnixMicros),
    rollupKey: String(row['rollup_key']),
    success: row['success'] === true,
    cost: costOf(record),
  };
}

function costOf(record: UsageRecord): bigint | null {
  return record.costUsd === null ? null : parseDecimal(record.costUsd);
}
