/**
 * What a rollup row sums, once: how a call adds to it, and the SQL that says the same of rows, for the audit. All are
 * additive.
 */
import type { Unit } from '@wiretally/usage';
import type { CountedCall } from './counted-call.ts';

/** Upper bounds of the duration buckets in microseconds: 10 ms × 2ⁿ up to 81.92 s; one more for what is above. */
export const DURATION_BOUNDS_US: readonly number[] = Array.from({ length: 14 }, (_, n) => 10_000 * 2 ** n);

export interface Measure {
  readonly column: string;
  readonly of: (call: CountedCall) => number;
  readonly sql: string;
}

const count = (column: string, of: (call: CountedCall) => boolean, condition: string): Measure => ({
  column,
  of: (call) => (of(call) ? 1 : 0),
  sql: `count(*) filter (where ${condition})`,
});

function tokens(column: string, field: 'input' | 'output' | 'total' | 'cacheRead' | 'cacheWrite' | 'reasoning') {
  return [
    {
      column: `${column}_tokens`,
      of: (call: CountedCall) => call.record.tokens[field] ?? 0,
      sql: `coalesce(sum(${column}_tokens), 0)`,
    },
    count(`${column}_unknown`, (call) => call.record.tokens[field] === null, `${column}_tokens is null`),
  ];
}

export function durationMicros(call: CountedCall): number | null {
  const { durationMs } = call.record;
  return durationMs === null ? null : Math.round(durationMs * 1000);
}

/** Whole numbers. */
export const MEASURES: readonly Measure[] = [
  { column: 'requests', of: () => 1, sql: 'count(*)' },
  count('failed', (call) => !call.success, 'not success'),
  count('rate_limited', (call) => call.record.status === 429, 'status = 429'),
  count('retries', (call) => (call.record.retryCount ?? 0) > 0, 'retry_count > 0'),
  ...tokens('input', 'input'),
  ...tokens('output', 'output'),
  ...tokens('total', 'total'),
  ...tokens('cache_read', 'cacheRead'),
  ...tokens('cache_write', 'cacheWrite'),
  ...tokens('reasoning', 'reasoning'),
  count('unpriced', (call) => call.cost === null, 'cost_usd is null'),
  count('without_usage', (call) => call.record.usageSource === 'missing', "usage_source = 'missing'"),
  count('duration_count', (call) => call.record.durationMs !== null, 'duration_us is not null'),
  { column: 'duration_us', of: (call) => durationMicros(call) ?? 0, sql: 'coalesce(sum(duration_us), 0)' },
];

/** Units with a column; kept to a millionth, so that sums of seconds are exact. */
export const UNIT_MEASURES: readonly { readonly column: Unit; readonly sql: string }[] = (
  ['images', 'video_seconds', 'audio_seconds', 'characters'] as const
).map((column) => ({ column, sql: `coalesce(sum((units ->> '${column}')::numeric), 0)` }));

/** What later totals (add-calls.ts) sum: all but what only hours tell. */
export const PART_MEASURES: readonly { readonly column: string; readonly sql: string }[] = [
  ...MEASURES.filter(({ column }) => column !== 'rate_limited' && column !== 'retries'),
  ...UNIT_MEASURES,
  { column: 'cost_usd', sql: 'coalesce(sum(cost_usd), 0)' },
];

/** One number a bucket, as in `rollup_hour.duration_buckets`. */
export const DURATION_BUCKETS_SQL = `array[${[...DURATION_BOUNDS_US, Infinity]
  .map((bound, index) => {
    const above = index === 0 ? '' : ` and duration_us > ${DURATION_BOUNDS_US[index - 1]}`;
    const upTo = bound === Infinity ? '' : ` and duration_us <= ${bound}`;
    return `count(*) filter (where duration_us is not null${above}${upTo})`;
  })
  .join(', ')}]`;
