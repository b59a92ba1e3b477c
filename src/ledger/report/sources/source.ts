/** What one source of sums looks like: a subquery with the columns g0, g1, …, the measures, first_used and last_used. */
import { tagExpression } from '../call-conditions.ts';
import type { StatementValues, UsageFilter } from '../call-conditions.ts';
import type { Period } from '../period.ts';
import type { Dimension } from '../usage-row.ts';

export interface SourceQuery {
  readonly period: Period;
  readonly filter: UsageFilter;
  readonly groupBy: readonly Dimension[];
  readonly timeZone: string;
}

/** What the sums are made of, in this order. A sum of nulls alone is null: unknown stays unknown. */
export const MEASURES = [
  'requests',
  'failed',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'images',
  'video_seconds',
  'audio_seconds',
  'characters',
  'cost_usd',
  'unpriced',
  'without_usage',
  'duration_us',
  'duration_count',
] as const;

export const isTime = (dimension: Dimension): dimension is 'day' | 'hour' =>
  dimension === 'day' || dimension === 'hour';

/**
 * @param known how the source's rows answer to the names of dimensions
 * @param time when a row was, or began
 * @param tag the value of a tag; default: that of a call
 */
export function groupColumns(
  query: SourceQuery,
  known: Readonly<Record<string, string>>,
  time: string,
  values: StatementValues,
  tag: (key: string) => string = (key) => tagExpression(key, values),
): string[] {
  const expression = (dimension: Dimension): string => {
    if (dimension.startsWith('tag:')) return tag(dimension.slice(4));
    if (isTime(dimension)) {
      const format = dimension === 'day' ? 'YYYY-MM-DD' : 'YYYY-MM-DD"T"HH24:00';
      return `to_char(${time} AT TIME ZONE ${values.add(query.timeZone)}, '${format}')`;
    }
    const found = known[dimension];
    if (found === undefined) throw new RangeError(`${dimension} is not a dimension`);
    return found;
  };
  return query.groupBy.map((dimension, index) => `${expression(dimension)} AS g${index}`);
}

export function select(
  columns: readonly string[],
  measures: Readonly<Record<(typeof MEASURES)[number], string>>,
  rest: string,
): string {
  return `SELECT ${[...columns, ...MEASURES.map((name) => `${measures[name]} AS ${name}`)].join(', ')}, ${rest}`;
}

/** The measures of a table that sums calls, each beside the number of calls that did not state it. @param table its alias */
export function summedMeasures(table: string): Readonly<Record<(typeof MEASURES)[number], string>> {
  const stated = (sum: string, unknown: string): string =>
    `CASE WHEN ${table}.${unknown} < ${table}.requests THEN ${table}.${sum} END`;
  // Of units, nobody states a 0.
  const unit = (name: string): string => `nullif(${table}.${name}, 0)`;
  return {
    requests: `${table}.requests`,
    failed: `${table}.failed`,
    input_tokens: stated('input_tokens', 'input_unknown'),
    output_tokens: stated('output_tokens', 'output_unknown'),
    total_tokens: stated('total_tokens', 'total_unknown'),
    cache_read_tokens: stated('cache_read_tokens', 'cache_read_unknown'),
    cache_write_tokens: stated('cache_write_tokens', 'cache_write_unknown'),
    reasoning_tokens: stated('reasoning_tokens', 'reasoning_unknown'),
    images: unit('images'),
    video_seconds: unit('video_seconds'),
    audio_seconds: unit('audio_seconds'),
    characters: unit('characters'),
    cost_usd: stated('cost_usd', 'unpriced'),
    unpriced: `${table}.unpriced`,
    without_usage: `${table}.without_usage`,
    duration_us: `${table}.duration_us`,
    duration_count: `${table}.duration_count`,
  };
}

export const timesOf = (table: string): string => `${table}.first_used AS first_used, ${table}.last_used AS last_used`;

export function spanConditions(column: string, { from, to }: Period, values: StatementValues): string[] {
  return [
    ...(from === null ? [] : [`${column} >= ${values.add(from)}`]),
    ...(to === null ? [] : [`${column} < ${values.add(to)}`]),
  ];
}
