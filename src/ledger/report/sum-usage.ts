/**
 * The one question that all reports, endpoints and commands ask: sums over calls, by groups, between two times. One
 * statement, so that no two surfaces can disagree.
 */
import { shortProviderName, storedProviderName } from './provider-names.ts';
import { ALL_TIME } from './period.ts';
import type { Period } from './period.ts';
import type { Queryable } from './queryable.ts';
import { isDimension } from './usage-row.ts';
import type { Dimension, UsageRow } from './usage-row.ts';

/** Each that is given must hold. */
export interface UsageFilter {
  /** Short or OpenTelemetry name. */
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly service?: string | undefined;
  readonly operation?: string | undefined;
  readonly user?: string | undefined;
  readonly chat?: string | undefined;
  readonly session?: string | undefined;
  readonly application?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

export interface UsageQuery extends Partial<Period> {
  readonly groupBy?: readonly Dimension[] | undefined;
  readonly filter?: UsageFilter | undefined;
  readonly timeZone?: string | undefined;
  /** Default: most requests first. `group` sorts by the dimensions, for days and hours. */
  readonly orderBy?: 'requests' | 'cost' | 'group' | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** Values that a statement refers to as $1, $2, … */
export class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** Who the service named, else whom the request's own field names. */
const USER = 'coalesce(user_id, request_user)';

/** How the ledger's rows answer to the names of dimensions. */
const EXPRESSIONS: Readonly<Record<string, string>> = {
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

function expression(dimension: Dimension, timeZone: string, parameters: Parameters): string {
  if (dimension.startsWith('tag:')) return `tags ->> ${parameters.add(dimension.slice(4))}`;
  if (dimension === 'day') return `to_char(created_at AT TIME ZONE ${parameters.add(timeZone)}, 'YYYY-MM-DD')`;
  if (dimension === 'hour') {
    return `to_char(date_trunc('hour', created_at AT TIME ZONE ${parameters.add(timeZone)}), 'YYYY-MM-DD"T"HH24:00')`;
  }
  const known = EXPRESSIONS[dimension];
  if (known === undefined) throw new RangeError(`${dimension} is not a dimension`);
  return known;
}

/** SQL conditions of a period and filter over the calls that count in sums. */
export function conditions(period: Period, filter: UsageFilter, parameters: Parameters): string[] {
  const found = ["kind = 'call'"];
  if (period.from !== null) found.push(`created_at >= ${parameters.add(period.from)}`);
  if (period.to !== null) found.push(`created_at < ${parameters.add(period.to)}`);
  const equal = (column: string, value: string | undefined): void => {
    if (value !== undefined) found.push(`${column} = ${parameters.add(value)}`);
  };
  equal('provider', filter.provider === undefined ? undefined : storedProviderName(filter.provider));
  equal('service_type', filter.service);
  equal('operation', filter.operation);
  equal(USER, filter.user);
  equal('chat_id', filter.chat);
  equal('session_id', filter.session);
  equal('service_name', filter.application);
  if (filter.model !== undefined) {
    const model = parameters.add(filter.model);
    found.push(`(model = ${model} OR request_model = ${model} OR response_model = ${model})`);
  }
  for (const [key, value] of Object.entries(filter.tags ?? {})) {
    found.push(`tags ->> ${parameters.add(key)} = ${parameters.add(value)}`);
  }
  return found;
}

interface SumsRow {
  readonly [column: string]: string | Date | null;
}

/** @throws RangeError for a dimension that does not exist. */
export async function sumUsage(db: Queryable, query: UsageQuery = {}): Promise<UsageRow[]> {
  const dimensions = query.groupBy ?? [];
  for (const dimension of dimensions) {
    if (!isDimension(dimension)) throw new RangeError(`Cannot group by ${JSON.stringify(dimension)}`);
  }
  const parameters = new Parameters();
  const groups = dimensions.map(
    (dimension, index) => `${expression(dimension, query.timeZone ?? 'UTC', parameters)} AS g${index}`,
  );
  const positions = dimensions.map((_, index) => String(index + 1));
  const period = { ...ALL_TIME, ...definedOf({ from: query.from, to: query.to }) };
  const where = conditions(period, query.filter ?? {}, parameters);
  const order =
    query.orderBy === 'group'
      ? positions
      : [query.orderBy === 'cost' ? 'cost_usd DESC NULLS LAST' : 'requests DESC', ...positions];
  const { rows } = await db.query<SumsRow>(
    `SELECT ${[
      ...groups,
      'count(*) AS requests',
      'count(*) FILTER (WHERE NOT success) AS failed',
      'sum(input_tokens) AS input_tokens',
      'sum(output_tokens) AS output_tokens',
      'sum(total_tokens) AS total_tokens',
      'sum(cache_read_tokens) AS cache_read_tokens',
      'sum(cache_write_tokens) AS cache_write_tokens',
      'sum(reasoning_tokens) AS reasoning_tokens',
      'sum(cost_usd) AS cost_usd',
      "count(*) FILTER (WHERE usage_source = 'missing') AS without_usage",
      'count(*) FILTER (WHERE cost_usd IS NULL) AS unpriced',
      'avg(duration_us) / 1000 AS mean_duration_ms',
      'min(created_at) AS first_used_at',
      'max(created_at) AS last_used_at',
    ].join(', ')}
     FROM wiretally_private.calls WHERE ${where.join(' AND ')}
     ${positions.length === 0 ? '' : `GROUP BY ${positions.join(', ')}`}
     ORDER BY ${order.length === 0 ? '1' : order.join(', ')}
     ${query.limit === undefined ? '' : `LIMIT ${parameters.add(query.limit)}`}
     ${query.offset === undefined ? '' : `OFFSET ${parameters.add(query.offset)}`}`,
    parameters.values,
  );
  return rows.map((row) => usageRow(row, dimensions));
}

function definedOf(period: { from: Date | null | undefined; to: Date | null | undefined }): Partial<Period> {
  return {
    ...(period.from === undefined ? {} : { from: period.from }),
    ...(period.to === undefined ? {} : { to: period.to }),
  };
}

function usageRow(row: SumsRow, dimensions: readonly Dimension[]): UsageRow {
  const count = (column: string): number => Number(row[column]);
  const sum = (column: string): number | null => {
    const value = row[column];
    return value === null || value === undefined ? null : Number(value);
  };
  const time = (column: string): Date | null => {
    const value = row[column];
    return value instanceof Date ? value : null;
  };
  const group: Record<string, string | null> = {};
  for (const [index, dimension] of dimensions.entries()) {
    const value = row[`g${index}`] as string | null;
    group[dimension] = dimension === 'provider' && value !== null ? shortProviderName(value) : value;
  }
  const requests = count('requests');
  const failed = count('failed');
  return {
    group,
    requests,
    failed,
    succeeded: requests - failed,
    inputTokens: sum('input_tokens'),
    outputTokens: sum('output_tokens'),
    totalTokens: sum('total_tokens'),
    cacheReadTokens: sum('cache_read_tokens'),
    cacheWriteTokens: sum('cache_write_tokens'),
    reasoningTokens: sum('reasoning_tokens'),
    costUsd: row['cost_usd'] as string | null,
    withoutUsage: count('without_usage'),
    unpriced: count('unpriced'),
    meanDurationMs: sum('mean_duration_ms'),
    firstUsedAt: time('first_used_at'),
    lastUsedAt: time('last_used_at'),
  };
}
