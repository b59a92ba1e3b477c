/**
 * The one question that all reports, endpoints and commands ask: sums over calls, by groups, between two times. One
 * statement, so that no two surfaces can disagree.
 */
import { StatementValues } from './call-conditions.ts';
import type { UsageFilter } from './call-conditions.ts';
import { shortProviderName } from './provider-names.ts';
import { ALL_TIME } from './period.ts';
import type { Period } from './period.ts';
import type { Queryable } from './queryable.ts';
import { isDimension } from './usage-row.ts';
import type { Dimension, UsageRow } from './usage-row.ts';
import { MEASURES } from './sources/source.ts';
import { usageSources } from './usage-sources.ts';

export interface UsageQuery extends Partial<Period> {
  readonly groupBy?: readonly Dimension[] | undefined;
  readonly filter?: UsageFilter | undefined;
  readonly timeZone?: string | undefined;
  /** Default: most requests first. `group` sorts by the dimensions, for days and hours. */
  readonly orderBy?: 'requests' | 'cost' | 'group' | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** Without trailing zeros, whatever the scales of what was summed: equal sums are equal texts. */
const COST = 'trim_scale(sum(cost_usd))::text AS cost_usd';

interface SumsRow {
  readonly [column: string]: string | Date | null;
}

/** @throws RangeError for a dimension that does not exist. */
export async function sumUsage(db: Queryable, query: UsageQuery = {}): Promise<UsageRow[]> {
  const [rows] = await sumUsageBy(db, query, [query.groupBy ?? []]);
  return rows;
}

/**
 * The same calls summed by several groups, which are read once for all of them: `[[], ['provider']]` is a total and a row
 * a provider. `limit` and `offset` are for one list of groups alone.
 * @returns the rows of each list of groups, in the order of the lists
 * @throws RangeError for a dimension that does not exist.
 */
export async function sumUsageBy<const Lists extends readonly (readonly Dimension[])[]>(
  db: Queryable,
  query: Omit<UsageQuery, 'groupBy'>,
  lists: Lists,
): Promise<{ -readonly [Index in keyof Lists]: UsageRow[] }> {
  const dimensions = [...new Set<Dimension>(lists.flatMap((list): readonly Dimension[] => list))];
  for (const dimension of dimensions) {
    if (!isDimension(dimension)) throw new RangeError(`Cannot group by ${JSON.stringify(dimension)}`);
  }
  const values = new StatementValues();
  const period = { ...ALL_TIME, ...definedOf({ from: query.from, to: query.to }) };
  const sources = usageSources(
    { period, filter: query.filter ?? {}, groupBy: dimensions, timeZone: query.timeZone ?? 'UTC' },
    values,
  );
  const groups = dimensions.map((_, index) => `g${index}`);
  const setOf = (list: readonly Dimension[]): string[] => list.map((each) => `g${dimensions.indexOf(each)}`);
  // Bit by bit, which of all groups a row is not of.
  const absence = (list: readonly Dimension[]): number =>
    dimensions.reduce((bits, dimension) => bits * 2 + (list.includes(dimension) ? 0 : 1), 0);
  const set = groups.length === 0 ? '0' : `GROUPING(${groups.join(', ')})`;
  // Sums of integers are NUMERIC here, and print like integers.
  const sums = MEASURES.map((measure) => (measure === 'cost_usd' ? COST : `sum(${measure}) AS ${measure}`));
  const order =
    query.orderBy === 'group'
      ? groups
      : [query.orderBy === 'cost' ? 'sum(cost_usd) DESC NULLS LAST' : 'sum(requests) DESC', ...groups];
  const { rows } = await db.query<SumsRow>(
    `SELECT ${[`${set} AS absence`, ...groups, ...sums, 'min(first_used) AS first_used', 'max(last_used) AS last_used'].join(', ')}
     FROM (${sources.join('\n UNION ALL ')}) AS source
     ${groups.length === 0 ? '' : `GROUP BY GROUPING SETS (${lists.map((list) => `(${setOf(list).join(', ')})`).join(', ')})`}
     HAVING ${set} = ${absence([])} OR sum(requests) > 0
     ORDER BY ${['absence', ...order].join(', ')}
     ${query.limit === undefined ? '' : `LIMIT ${values.add(query.limit)}`}
     ${query.offset === undefined ? '' : `OFFSET ${values.add(query.offset)}`}`,
    values.list,
  );
  const byAbsence = Map.groupBy(rows, (row) => Number(row['absence']));
  return lists.map((list) =>
    (byAbsence.get(absence(list)) ?? []).map((row) => usageRow(row, list, setOf(list))),
  ) as unknown as { -readonly [Index in keyof Lists]: UsageRow[] };
}

function definedOf(period: { from: Date | null | undefined; to: Date | null | undefined }): Partial<Period> {
  return {
    ...(period.from === undefined ? {} : { from: period.from }),
    ...(period.to === undefined ? {} : { to: period.to }),
  };
}

function usageRow(row: SumsRow, dimensions: readonly Dimension[], columns: readonly string[]): UsageRow {
  const count = (column: string): number => Number(row[column] ?? 0);
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
    const value = row[columns[index] ?? ''] as string | null;
    group[dimension] = dimension === 'provider' && value !== null ? shortProviderName(value) : value;
  }
  const requests = count('requests');
  const failed = count('failed');
  const timed = count('duration_count');
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
    images: sum('images'),
    videoSeconds: sum('video_seconds'),
    audioSeconds: sum('audio_seconds'),
    characters: sum('characters'),
    costUsd: row['cost_usd'] as string | null,
    withoutUsage: count('without_usage'),
    unpriced: count('unpriced'),
    meanDurationMs: timed === 0 ? null : (sum('duration_us') ?? 0) / timed / 1000,
    firstUsedAt: time('first_used'),
    lastUsedAt: time('last_used'),
  };
}
