/** Sums of calls by hour and dimensions. */
import type { CountedCall } from './counted-call.ts';
import { DURATION_BOUNDS_US, durationMicros, MEASURES, UNIT_MEASURES } from './measures.ts';

export interface RollupSums<Call extends CountedCall> {
  /** One of them: names the hour and the dimensions. */
  readonly call: Call;
  /** In the order of MEASURES. */
  readonly measures: number[];
  /** In the order of UNIT_MEASURES, in millionths. */
  readonly units: number[];
  cost: bigint;
  readonly buckets: number[];
  firstMicros: number;
  lastMicros: number;
}

/** Sorted as `inOrder` does. */
export function sumCalls<Call extends CountedCall>(calls: readonly Call[], sign: 1 | -1 = 1): RollupSums<Call>[] {
  const sums = new Map<string, RollupSums<Call>>();
  for (const call of calls) {
    const place = placeOf(call);
    let sum = sums.get(place);
    if (sum === undefined) {
      sum = emptySums(call);
      sums.set(place, sum);
    }
    add(sum, call, sign);
  }
  return inOrder([...sums.values()]);
}

/** The order in which all sinks take the rows' locks. */
export function inOrder<Call extends CountedCall>(sums: readonly RollupSums<Call>[]): RollupSums<Call>[] {
  return sums.toSorted(
    ({ call: a }, { call: b }) =>
      a.hourMicros - b.hourMicros || (a.rollupKey < b.rollupKey ? -1 : a.rollupKey > b.rollupKey ? 1 : 0),
  );
}

function placeOf(call: CountedCall): string {
  return `${call.hourMicros} ${call.rollupKey}`;
}

function emptySums<Call extends CountedCall>(call: Call): RollupSums<Call> {
  return {
    call,
    measures: MEASURES.map(() => 0),
    units: UNIT_MEASURES.map(() => 0),
    cost: 0n,
    buckets: [...DURATION_BOUNDS_US, 0].map(() => 0),
    firstMicros: call.timeUnixMicros,
    lastMicros: call.timeUnixMicros,
  };
}

function add(sum: RollupSums<CountedCall>, call: CountedCall, sign: 1 | -1): void {
  for (let index = 0; index < MEASURES.length; index += 1) {
    sum.measures[index] = (sum.measures[index] ?? 0) + sign * (MEASURES[index]?.of(call) ?? 0);
  }
  for (let index = 0; index < UNIT_MEASURES.length; index += 1) {
    const unit = UNIT_MEASURES[index];
    const value = unit === undefined ? undefined : call.record.units[unit.column];
    if (value !== undefined) sum.units[index] = (sum.units[index] ?? 0) + sign * Math.round(value * 1e6);
  }
  if (call.cost !== null) sum.cost += sign === 1 ? call.cost : -call.cost;
  const duration = durationMicros(call);
  if (duration !== null) {
    const found = DURATION_BOUNDS_US.findIndex((bound) => duration <= bound);
    const bucket = found === -1 ? DURATION_BOUNDS_US.length : found;
    sum.buckets[bucket] = (sum.buckets[bucket] ?? 0) + sign;
  }
  if (call.timeUnixMicros < sum.firstMicros) sum.firstMicros = call.timeUnixMicros;
  if (call.timeUnixMicros > sum.lastMicros) sum.lastMicros = call.timeUnixMicros;
}
