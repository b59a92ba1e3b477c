/** Sums into `rollup_hour`, in the transaction that stores or changes the calls. */
import type { PoolClient } from 'pg';
import type { CountedCall } from './counted-call.ts';
import { formatDecimal } from './decimal.ts';
import { DURATION_BOUNDS_US, MEASURES, UNIT_MEASURES } from './measures.ts';
import type { PreparedCall } from './prepare-call.ts';
import { inOrder, sumCalls } from './rollup-sums.ts';
import type { RollupSums } from './rollup-sums.ts';
import { formatMicros } from './timestamp.ts';

const DIMENSIONS = [
  'provider',
  'model',
  'request_model',
  'response_model',
  'operation',
  'service_type',
  'kind',
  'tags',
];
const ADDED = [...MEASURES.map(({ column }) => column), ...UNIT_MEASURES.map(({ column }) => column), 'cost_usd'];
const COLUMNS = ['hour', 'key', ...DIMENSIONS, ...ADDED, 'duration_buckets', 'first_used', 'last_used'];
/** 30 rows a batch are common; JSON for them is no slower than 40 arrays for unnest(). */
const ROWS = 'json_populate_recordset(null::wiretally_private.rollup_hour, $1::json)';

/** Element by element: add_buckets() takes ten times as long. */
const ADDED_BUCKETS = `array[${[...DURATION_BOUNDS_US, 0]
  .map((_, index) => `r.duration_buckets[${index + 1}] + excluded.duration_buckets[${index + 1}]`)
  .join(', ')}]`;

const ADD = `insert into wiretally_private.rollup_hour as r (${COLUMNS.join(', ')})
  select ${COLUMNS.join(', ')} from ${ROWS}
  on conflict (hour, key) do update set
  ${ADDED.map((column) => `${column} = r.${column} + excluded.${column}`).join(', ')},
  duration_buckets = ${ADDED_BUCKETS},
  first_used = least(r.first_used, excluded.first_used),
  last_used = greatest(r.last_used, excluded.last_used)`;

/** Calls that are new. */
export async function addToRollups(client: PoolClient, calls: readonly PreparedCall[]): Promise<void> {
  const rows = sumCalls(calls).map((sums) => {
    const { group } = sums.call;
    return {
      ...sumsOf(sums),
      provider: group.provider,
      model: group.model,
      request_model: group.requestModel,
      response_model: group.responseModel,
      operation: group.operation,
      service_type: group.serviceType,
      kind: group.kind,
      tags: Object.fromEntries(group.tags),
      duration_buckets: sums.buckets,
      first_used: formatMicros(sums.firstMicros),
      last_used: formatMicros(sums.lastMicros),
    };
  });
  await client.query(ADD, [JSON.stringify(rows)]);
}

const CHANGE = `update wiretally_private.rollup_hour as r set
  ${ADDED.map((column) => `${column} = r.${column} + difference.${column}`).join(', ')}
  from ${ROWS} as difference where r.hour = difference.hour and r.key = difference.key`;

/** Calls that are counted already and have become other: same time, dimensions and duration. */
export async function changeRollups(
  client: PoolClient,
  changes: readonly { readonly before: CountedCall; readonly after: CountedCall }[],
): Promise<void> {
  const before = sumCalls(
    changes.map((change) => change.before),
    -1,
  );
  const after = sumCalls(changes.map((change) => change.after));
  // A row a statement, in the order in which all sinks take their locks.
  for (const sums of inOrder([...before, ...after])) await client.query(CHANGE, [JSON.stringify([sumsOf(sums)])]);
}

function sumsOf(sums: RollupSums<CountedCall>): Record<string, unknown> {
  const row: Record<string, unknown> = {
    hour: formatMicros(sums.call.hourMicros),
    key: sums.call.rollupKey,
    cost_usd: formatDecimal(sums.cost),
  };
  for (const [index, measure] of MEASURES.entries()) row[measure.column] = sums.measures[index];
  for (const [index, unit] of UNIT_MEASURES.entries()) row[unit.column] = String((sums.units[index] ?? 0) / 1e6);
  return row;
}
