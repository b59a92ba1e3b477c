/** Sums by model for a command, from the database or from the API of a ledger that runs elsewhere: the same values. */
import type { z } from 'zod';
import type { UsageClient } from '../client/index.ts';
import type { Ledger } from '../ledger.ts';
import { sumUsageBy } from '../report/sum-usage.ts';
import { statsOf } from '../serve/admin-routes.ts';
import type { Stats } from '../serve/admin-routes.ts';
import { filterParameters, selectedFilter } from './selection-flags.ts';
import type { SelectionFlags } from './selection-flags.ts';

export type UsageSums = z.infer<typeof Stats>;

export interface ModelSums {
  readonly total: UsageSums;
  /** What costs most first. */
  readonly models: readonly (UsageSums & { readonly group: Readonly<Record<string, string | null>> })[];
}

/** Of the calls between two instants. */
export type ReadModelSums = (from: Date, to: Date) => Promise<ModelSums>;

export function sumsOfLedger(
  { pool, timeZone }: Pick<Ledger, 'pool' | 'timeZone'>,
  flags: SelectionFlags = {},
): ReadModelSums {
  const filter = selectedFilter(flags);
  return async (from, to) => {
    const ask = { from, to, filter, timeZone, orderBy: 'cost' } as const;
    const [[total], models] = await sumUsageBy(pool, ask, [[], ['provider', 'model']]);
    if (total === undefined) throw new Error('an ungrouped sum has one row');
    return { total: statsOf(total), models: models.map((row) => ({ ...statsOf(row), group: row.group })) };
  };
}

/** The most that the API answers at once; nobody reads a longer screen. */
const MOST_MODELS = 1000;

export function sumsOfRemote(remote: UsageClient, flags: SelectionFlags = {}): ReadModelSums {
  return async (from, to) => {
    const ask = { from: from.toISOString(), to: to.toISOString(), ...filterParameters(flags) };
    const [[total], models] = await Promise.all([
      remote.query(ask),
      remote.query({ ...ask, group_by: ['provider', 'model'], order: 'cost', limit: MOST_MODELS }),
    ]);
    if (total === undefined) throw new Error('an ungrouped sum has one row');
    return { total, models };
  };
}
