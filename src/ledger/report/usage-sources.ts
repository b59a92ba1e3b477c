/**
 * Where sums come from: the hourly rollups where they can tell, the calls themselves where they cannot. Both give the
 * same columns, so that one statement sums either or both.
 */
import { hasWholeHours } from '../store/settings.ts';
import { callConditions, tagExpression, USER } from './call-conditions.ts';
import type { StatementValues, UsageFilter } from './call-conditions.ts';
import type { Period } from './period.ts';
import { storedProviderName } from './provider-names.ts';
import type { Dimension } from './usage-row.ts';

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

/** Subqueries with the columns g0, g1, …, the measures, first_used and last_used; to be put together by UNION ALL. */
export function usageSources(query: SourceQuery, values: StatementValues): string[] {
  const { from, to } = query.period;
  const whole = { from: from === null ? null : hourFrom(from), to: to === null ? null : hourUpTo(to) };
  const empty = whole.from !== null && whole.to !== null && whole.from >= whole.to;
  if (empty || !rollupsCanTell(query)) return [callsSource(query, query.period, values)];
  return [
    rollupSource(query, whole, values),
    missingUsageSource(query, whole, values),
    // The parts of hours at both ends.
    ...(from !== null && whole.from !== null && from < whole.from
      ? [callsSource(query, { from, to: whole.from }, values)]
      : []),
    ...(to !== null && whole.to !== null && whole.to < to ? [callsSource(query, { from: whole.to, to }, values)] : []),
  ];
}

const HOUR_MS = 3_600_000;
const hourFrom = (at: Date): Date => new Date(Math.ceil(at.getTime() / HOUR_MS) * HOUR_MS);
const hourUpTo = (at: Date): Date => new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);

/**
 * Rollups know providers, models, services, operations and hours. They know tags, too, but which ones is each sink's own
 * setting, and their models' names are cut at 200 characters.
 */
function rollupsCanTell({ filter, groupBy, timeZone }: SourceQuery): boolean {
  const { provider: _, model, service: __, operation: ___, tags, ...others } = filter;
  if (Object.values(others).some((value) => value !== undefined)) return false;
  if (Object.keys(tags ?? {}).length > 0 || (model?.length ?? 0) >= 200) return false;
  return groupBy.every(
    (dimension) => dimension in ROLLUP_EXPRESSIONS || (isTime(dimension) && zoneHasWholeHours(timeZone)),
  );
}

const isTime = (dimension: Dimension): boolean => dimension === 'day' || dimension === 'hour';

const wholeHours = new Map<string, boolean>();

function zoneHasWholeHours(timeZone: string): boolean {
  const known = wholeHours.get(timeZone) ?? hasWholeHours(timeZone);
  wholeHours.set(timeZone, known);
  return known;
}

/** How the rows answer to the names of dimensions. */
const CALL_EXPRESSIONS: Readonly<Record<string, string>> = {
  provider: 'provider',
  model: 'model',
  request_model: 'request_model',
  response_model: 'response_model',
  service: 'service_type',
  operation: 'operation',
  user: USER,
  chat: 'chat_id',
  session: 'session_id',
  application: 'service_name',
  environment: 'environment',
  error: 'error_type',
};

const ROLLUP_EXPRESSIONS: Readonly<Record<string, string>> = {
  provider: 'provider',
  model: "nullif(model, '')",
  service: 'service_type',
  operation: 'operation',
};

function groupColumns(
  query: SourceQuery,
  known: Readonly<Record<string, string>>,
  time: string,
  values: StatementValues,
): string[] {
  const expression = (dimension: Dimension): string => {
    if (dimension.startsWith('tag:')) return tagExpression(dimension.slice(4), values);
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

function select(
  columns: readonly string[],
  measures: Readonly<Record<(typeof MEASURES)[number], string>>,
  rest: string,
): string {
  return `SELECT ${[...columns, ...MEASURES.map((name) => `${measures[name]} AS ${name}`)].join(', ')}, ${rest}`;
}

const unit = (name: string): string => `nullif((units ->> '${name}')::numeric, 0)`;

function callsSource(query: SourceQuery, period: Period, values: StatementValues): string {
  const groups = groupColumns(query, CALL_EXPRESSIONS, 'created_at', values);
  const where = callConditions(period, query.filter, values);
  return select(
    groups,
    {
      requests: '1::bigint',
      failed: '(NOT success)::int',
      input_tokens: 'input_tokens',
      output_tokens: 'output_tokens',
      total_tokens: 'total_tokens',
      cache_read_tokens: 'cache_read_tokens',
      cache_write_tokens: 'cache_write_tokens',
      reasoning_tokens: 'reasoning_tokens',
      images: unit('images'),
      video_seconds: unit('video_seconds'),
      audio_seconds: unit('audio_seconds'),
      characters: unit('characters'),
      cost_usd: 'cost_usd',
      unpriced: '(cost_usd IS NULL)::int',
      without_usage: "(usage_source = 'missing')::int",
      duration_us: 'duration_us',
      duration_count: '(duration_us IS NOT NULL)::int',
    },
    `created_at AS first_used, created_at AS last_used
     FROM wiretally_private.calls WHERE ${where.join(' AND ')}`,
  );
}

function rollupSource(query: SourceQuery, period: Period, values: StatementValues): string {
  const { provider, model, service, operation } = query.filter;
  const groups = groupColumns(query, ROLLUP_EXPRESSIONS, 'hour', values);
  const where = ["kind = 'call'"];
  if (period.from !== null) where.push(`hour >= ${values.add(period.from)}`);
  if (period.to !== null) where.push(`hour < ${values.add(period.to)}`);
  if (provider !== undefined) where.push(`provider = ${values.add(storedProviderName(provider))}`);
  if (service !== undefined) where.push(`service_type = ${values.add(service)}`);
  if (operation !== undefined) where.push(`operation = ${values.add(operation)}`);
  if (model !== undefined) where.push(`${values.add(model)} IN (model, request_model, response_model)`);
  const stated = (tokens: string, unknown: string): string => `CASE WHEN ${unknown} < requests THEN ${tokens} END`;
  return select(
    groups,
    {
      requests: 'requests',
      failed: 'failed',
      input_tokens: stated('input_tokens', 'input_unknown'),
      output_tokens: stated('output_tokens', 'output_unknown'),
      total_tokens: stated('total_tokens', 'total_unknown'),
      cache_read_tokens: stated('cache_read_tokens', 'cache_read_unknown'),
      cache_write_tokens: stated('cache_write_tokens', 'cache_write_unknown'),
      reasoning_tokens: stated('reasoning_tokens', 'reasoning_unknown'),
      // Of units, nobody states a 0.
      images: 'nullif(images, 0)',
      video_seconds: 'nullif(video_seconds, 0)',
      audio_seconds: 'nullif(audio_seconds, 0)',
      characters: 'nullif(characters, 0)',
      cost_usd: stated('cost_usd', 'unpriced'),
      unpriced: 'unpriced',
      without_usage: '0',
      duration_us: 'duration_us',
      duration_count: 'duration_count',
    },
    `first_used, last_used FROM wiretally_private.rollup_hour WHERE ${where.join(' AND ')}`,
  );
}

/** The one measure that rollups do not have: few calls, and an index has just these. */
function missingUsageSource(query: SourceQuery, period: Period, values: StatementValues): string {
  const groups = groupColumns(query, CALL_EXPRESSIONS, 'created_at', values);
  const where = [...callConditions(period, query.filter, values), "usage_source = 'missing'"];
  return select(
    groups,
    {
      requests: '0',
      failed: '0',
      input_tokens: 'NULL',
      output_tokens: 'NULL',
      total_tokens: 'NULL',
      cache_read_tokens: 'NULL',
      cache_write_tokens: 'NULL',
      reasoning_tokens: 'NULL',
      images: 'NULL',
      video_seconds: 'NULL',
      audio_seconds: 'NULL',
      characters: 'NULL',
      cost_usd: 'NULL',
      unpriced: '0',
      without_usage: '1',
      duration_us: 'NULL',
      duration_count: '0',
    },
    `NULL::timestamptz AS first_used, NULL::timestamptz AS last_used
     FROM wiretally_private.calls WHERE ${where.join(' AND ')}`,
  );
}
