/** Two periods side by side, on one state of the ledger. */
import type { z } from '@hono/zod-openapi';
import type { Pool } from 'pg';
import type { UsageFilter } from '../report/call-conditions.ts';
import type { Period } from '../report/period.ts';
import { onOneSnapshot } from '../report/queryable.ts';
import { sumUsage } from '../report/sum-usage.ts';
import { statsOf } from './admin-routes.ts';
import type { Stats } from './admin-routes.ts';
import { ApiError } from './api-error.ts';

export type PeriodSums = z.infer<typeof Stats> & { readonly from: string; readonly to: string };

/** @throws ApiError where one of them has no bound on a side. */
export function comparePeriods(
  pool: Pool,
  periods: readonly [Period, Period],
  filter: UsageFilter,
): Promise<[PeriodSums, PeriodSums]> {
  return onOneSnapshot(pool, async (db) => {
    const side = async ({ from, to }: Period): Promise<PeriodSums> => {
      if (from === null || to === null) {
        throw new ApiError('invalid_input', 'Both periods need a beginning and an end.');
      }
      const [row] = await sumUsage(db, { from, to, filter });
      if (row === undefined) throw new Error('an ungrouped sum has one row');
      return { ...statsOf(row), from: from.toISOString(), to: to.toISOString() };
    };
    return [await side(periods[0]), await side(periods[1])];
  });
}
