/** Whether every rollup says what its rows say, as far as rows are kept. Reads all rows: minutes at 10 million. */
import type { Pool } from 'pg';
import { auditParts } from './later-totals/audit-parts.ts';
import { MAX_LISTED } from './max-listed.ts';
import { DURATION_BUCKETS_SQL, MEASURES, UNIT_MEASURES } from './measures.ts';

/** One rollup value, or one of the later totals, that is not what its rows say. */
export interface AuditDifference {
  /** ISO 8601, UTC. */
  readonly hour: string;
  /** Of a later total: what it is about (`user, by day:`), and as the model the name. */
  readonly provider: string;
  readonly model: string;
  readonly measure: string;
  readonly rollup: string;
  readonly rows: string;
}

export interface AuditResult {
  readonly calls: number;
  readonly rollups: number;
  /** Earlier calls are dropped, so that nothing is left to compare their totals with. ISO 8601; null: all are kept. */
  readonly detailsFrom: string | null;
  /** Empty when every rollup equals its rows; those of 100 rollups at most are listed. */
  readonly differences: readonly AuditDifference[];
}

/** Each compared value: its rollup column, and the same of rows. */
const COMPARED: readonly { readonly column: string; readonly sql: string }[] = [
  ...MEASURES,
  ...UNIT_MEASURES,
  { column: 'cost_usd', sql: 'coalesce(sum(cost_usd), 0)' },
  { column: 'duration_buckets', sql: DURATION_BUCKETS_SQL },
  { column: 'first_used', sql: 'min(created_at)' },
  { column: 'last_used', sql: 'max(created_at)' },
];
export const COMPARED_COLUMNS: readonly string[] = COMPARED.map(({ column }) => column);

/** What the calls of `source` say, under the names of `rollup_hour`. */
export const sumsOfCalls = (source: string): string =>
  `select date_trunc('hour', created_at, 'UTC') as hour, rollup_key as key, min(provider) as provider,
      min(coalesce(model, '')) as model, ${COMPARED.map(({ column, sql }) => `${sql} as ${column}`).join(', ')}
    from ${source} group by 1, 2`;

/** Rows of `rollup`, as the columns of `rollup_hour`, that are not what `rows` says; values as their columns have them. */
export const differing = (rollup: string): string =>
  `select coalesce(rollup.hour, rows.hour) as hour, coalesce(rollup.key, rows.key) as key,
      coalesce(rollup.provider, rows.provider) as provider, coalesce(rollup.model, rows.model) as model,
      rollup.key is null as missing, rows.key is null as unfounded,
      ${COMPARED_COLUMNS.map((column) => `rollup.${column} as "rollup ${column}", rows.${column} as "rows ${column}"`).join(', ')}
    from (${rollup}) as rollup full join rows using (hour, key)
    where ${COMPARED_COLUMNS.map((column) => `rollup.${column} is distinct from rows.${column}`).join(' or ')}`;

/** The first rows of `different`, as `differencesOf` takes them. */
export const listed = (different: string): string =>
  `select hour, provider, model, ${COMPARED_COLUMNS.flatMap((column) => [`rollup ${column}`, `rows ${column}`])
    .map((name) => `"${name}"::text`)
    .join(', ')} from ${different} order by hour, provider, model, key limit ${MAX_LISTED}`;

/** One statement, hence one state of the ledger, while others write. */
const STATEMENT = `with kept as (select wiretally_private.details_from() as since),
  rows as (${sumsOfCalls('wiretally_private.calls where created_at >= (select * from kept)')}),
  different as (${differing('select * from wiretally_private.rollup_hour where hour >= (select * from kept)')})
  select *, (select count(*) from wiretally_private.calls) as calls, (select count(*) from wiretally_private.rollup_hour) as rollups,
    (select value from wiretally_private.settings where name = 'details_from') as details_from
  from (select) as one left join (${listed('different')}) as found on true`;

export async function audit(pool: Pool): Promise<AuditResult> {
  const { rows } = await pool.query<Record<string, unknown>>(STATEMENT);
  const first = rows[0];
  return {
    calls: Number(first?.['calls']),
    rollups: Number(first?.['rollups']),
    detailsFrom: (first?.['details_from'] ?? null) as string | null,
    differences: [...rows.filter((row) => row['hour'] !== null).flatMap(differencesOf), ...(await auditParts(pool))],
  };
}

/** @param row of `listed` */
export function differencesOf(row: Record<string, unknown>): AuditDifference[] {
  return COMPARED_COLUMNS.filter((column) => row[`rollup ${column}`] !== row[`rows ${column}`]).map((column) => ({
    hour: (row['hour'] as Date).toISOString(),
    provider: String(row['provider']),
    model: String(row['model']),
    measure: column,
    rollup: (row[`rollup ${column}`] as string | null) ?? 'missing',
    rows: (row[`rows ${column}`] as string | null) ?? 'missing',
  }));
}
