/** Sums of a batch by hour and dimensions, and their addition to the stored ones. */
import type { PoolClient } from 'pg';
import { formatDecimal } from './decimal.ts';
import { DURATION_BOUNDS_US, durationMicros, MEASURES, UNIT_MEASURES } from './measures.ts';
import type { PreparedCall } from './prepare-call.ts';
import type { RollupGroup } from './rollup-key.ts';
import { formatMicros } from './timestamp.ts';

interface Sums {
  readonly hourMicros: number;
  readonly group: RollupGroup;
  readonly measures: number[];
  /** In millionths. */
  readonly units: number[];
  cost: bigint;
  readonly buckets: number[];
  firstMicros: number;
  lastMicros: number;
}

export function sumCalls(calls: readonly PreparedCall[]): Sums[] {
  const sums = new Map<string, Sums>();
  for (const call of calls) {
    const place = `${call.hourMicros} ${call.group.key}`;
    let sum = sums.get(place);
    if (sum === undefined) {
      sum = emptySums(call);
      sums.set(place, sum);
    }
    add(sum, call);
  }
  // All sinks take the rows' locks in one order.
  return [...sums.values()].toSorted(
    (a, b) => a.hourMicros - b.hourMicros || (a.group.key < b.group.key ? -1 : a.group.key > b.group.key ? 1 : 0),
  );
}

function emptySums(call: PreparedCall): Sums {
  return {
    hourMicros: call.hourMicros,
    group: call.group,
    measures: MEASURES.map(() => 0),
    units: UNIT_MEASURES.map(() => 0),
    cost: 0n,
    buckets: [...DURATION_BOUNDS_US, 0].map(() => 0),
    firstMicros: call.timeUnixMicros,
    lastMicros: call.timeUnixMicros,
  };
}

function add(sum: Sums, call: PreparedCall): void {
  for (let index = 0; index < MEASURES.length; index += 1) {
    sum.measures[index] = (sum.measures[index] ?? 0) + (MEASURES[index]?.of(call) ?? 0);
  }
  for (let index = 0; index < UNIT_MEASURES.length; index += 1) {
    const unit = UNIT_MEASURES[index];
    const value = unit === undefined ? undefined : call.record.units[unit.column];
    if (value !== undefined) sum.units[index] = (sum.units[index] ?? 0) + Math.round(value * 1e6);
  }
  if (call.cost !== null) sum.cost += call.cost;
  const duration = durationMicros(call);
  if (duration !== null) {
    const found = DURATION_BOUNDS_US.findIndex((bound) => duration <= bound);
    const bucket = found === -1 ? DURATION_BOUNDS_US.length : found;
    sum.buckets[bucket] = (sum.buckets[bucket] ?? 0) + 1;
  }
  if (call.timeUnixMicros < sum.firstMicros) sum.firstMicros = call.timeUnixMicros;
  if (call.timeUnixMicros > sum.lastMicros) sum.lastMicros = call.timeUnixMicros;
}

const KEY = ['hour', 'key'];
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
const COLUMNS = [...KEY, ...DIMENSIONS, ...ADDED, 'duration_buckets', 'first_used', 'last_used'];

/** A recordset from JSON: 30 rows a batch are common, and 40 arrays for unnest() are no faster. */
const UPSERT = `insert into wiretally_private.rollup_hour as r (${COLUMNS.join(', ')})
  select ${COLUMNS.join(', ')} from json_populate_recordset(null::wiretally_private.rollup_hour, $1::json)
  on conflict (hour, key) do update set
  ${ADDED.map((column) => `${column} = r.${column} + excluded.${column}`).join(', ')},
  duration_buckets = wiretally_private.add_buckets(r.duration_buckets, excluded.duration_buckets),
  first_used = least(r.first_used, excluded.first_used),
  last_used = greatest(r.last_used, excluded.last_used)`;

export async function addToRollups(client: PoolClient, sums: readonly Sums[]): Promise<void> {
  await client.query(UPSERT, [JSON.stringify(sums.map(toRow))]);
}

function toRow(sum: Sums): Record<string, unknown> {
  const { group } = sum;
  const row: Record<string, unknown> = {
    hour: formatMicros(sum.hourMicros),
    key: group.key,
    provider: group.provider,
    model: group.model,
    request_model: group.requestModel,
    response_model: group.responseModel,
    operation: group.operation,
    service_type: group.serviceType,
    kind: group.kind,
    tags: Object.fromEntries(group.tags),
    cost_usd: formatDecimal(sum.cost),
    duration_buckets: sum.buckets,
    first_used: formatMicros(sum.firstMicros),
    last_used: formatMicros(sum.lastMicros),
  };
  for (const [index, measure] of MEASURES.entries()) row[measure.column] = sum.measures[index];
  for (const [index, unit] of UNIT_MEASURES.entries()) row[unit.column] = String((sum.units[index] ?? 0) / 1e6);
  return row;
}
