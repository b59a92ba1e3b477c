/** How many calls lack usage or cost, and why: a sum is only as good as this list is short. */
import { callConditions, StatementValues } from '../call-conditions.ts';
import type { UsageFilter } from '../call-conditions.ts';
import type { Period } from '../period.ts';
import type { Queryable } from '../queryable.ts';
import type { UnknownCount } from './admin-report.ts';

interface Row {
  readonly [column: string]: unknown;
  readonly what: 'usage' | 'cost';
  readonly reason: string;
  readonly calls: string;
}

export async function unknownCounts(db: Queryable, period: Period, filter: UsageFilter = {}): Promise<UnknownCount[]> {
  const values = new StatementValues();
  const where = callConditions(period, filter, values).join(' AND ');
  const { rows } = await db.query<Row>(
    `SELECT 'usage' AS what, coalesce(usage_missing_reason, 'not-stated') AS reason, count(*) AS calls
       FROM wiretally_private.calls WHERE ${where} AND usage_source = 'missing' GROUP BY 2
     UNION ALL
     SELECT 'cost', coalesce(unpriced_reason, 'price-unknown'), count(*)
       FROM wiretally_private.calls WHERE ${where} AND cost_usd IS NULL GROUP BY 2
     ORDER BY 1 DESC, 3 DESC, 2`,
    values.list,
  );
  return rows.map(({ what, reason, calls }) => ({ what, reason, calls: Number(calls) }));
}
