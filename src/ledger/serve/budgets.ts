/** What was spent of each budget, and what will have been at the end of its window. */
import type { Queryable } from '../report/queryable.ts';
import { sumUsage } from '../report/sum-usage.ts';
import type { UsageFilter } from '../report/call-conditions.ts';
import { formatDate } from '../report/numbers.ts';
import { addDays, startOfDay } from '../report/zoned-time.ts';
import type { ConfiguredBudget } from './configuration.ts';

export interface Budget extends ConfiguredBudget {
  /** `all`, or whose calls are counted: `provider`, `application`, `user`, or a tag's key. */
  readonly scope: string;
  /** Which provider, application, user or tag value; empty for `all`. */
  readonly owner: string;
}

export interface BudgetState extends Budget {
  readonly spentUsd: string;
  /** USD, an estimate. */
  readonly forecastUsd: number;
  readonly windowStart: Date;
  readonly windowEnd: Date;
}

const DAY_MS = 86_400_000;
const RATE_DAYS = 7;

/** Stored budgets, and those of the environment; a stored one wins over one of the same name. */
export async function readBudgets(db: Queryable, configured: readonly ConfiguredBudget[]): Promise<Budget[]> {
  const { rows } = await db.query<{
    name: string;
    period: 'day' | 'month';
    limit_usd: string;
    scope: string;
    owner: string;
  }>('SELECT name, period, limit_usd, scope, owner FROM wiretally_private.budgets ORDER BY name');
  const budgets = new Map<string, Budget>(
    configured.map((budget) => [budget.name, { ...budget, scope: 'all', owner: '' }]),
  );
  for (const { limit_usd: limitUsd, ...row } of rows) budgets.set(row.name, { ...row, limitUsd });
  return [...budgets.values()];
}

export async function budgetStates(
  db: Queryable,
  budgets: readonly Budget[],
  now: Date,
  timeZone: string,
): Promise<BudgetState[]> {
  const states: BudgetState[] = [];
  const firstCall = budgets.length === 0 ? null : await firstCallAt(db);
  for (const budget of budgets) {
    const { start, end } = budgetWindow(budget.period, now, timeZone);
    const filter = filterOf(budget);
    const weekAgo = new Date(now.getTime() - RATE_DAYS * DAY_MS);
    const [spent] = await sumUsage(db, { from: start, to: end, filter });
    const [recent] = await sumUsage(db, { from: weekAgo, to: now, filter });
    const spentUsd = spent?.costUsd ?? '0';
    states.push({
      ...budget,
      spentUsd,
      forecastUsd: forecast(Number(spentUsd), recent?.costUsd ?? '0', firstCall, now, end),
      windowStart: start,
      windowEnd: end,
    });
  }
  return states;
}

async function firstCallAt(db: Queryable): Promise<Date | null> {
  const { rows } = await db.query<{ first: Date | null }>(
    "SELECT min(first_used) AS first FROM wiretally_private.rollup_hour WHERE kind = 'call'",
  );
  return rows[0]?.first ?? null;
}

/** Spent + 7-day rate × what remains. A ledger younger than seven days has a rate over its age, a day at least. */
function forecast(spent: number, recentUsd: string, firstCall: Date | null, now: Date, end: Date): number {
  if (firstCall === null) return spent;
  const observed = Math.min(RATE_DAYS * DAY_MS, Math.max(DAY_MS, now.getTime() - firstCall.getTime()));
  return spent + (Number(recentUsd) / observed) * (end.getTime() - now.getTime());
}

/** The day or month of the reporting time zone that `now` is in. */
export function budgetWindow(period: Budget['period'], now: Date, timeZone: string): { start: Date; end: Date } {
  const today = formatDate(now, timeZone);
  if (period === 'day') return { start: startOfDay(today, timeZone), end: startOfDay(addDays(today, 1), timeZone) };
  const first = `${today.slice(0, 8)}01`;
  const next = `${addDays(first, 31).slice(0, 8)}01`;
  return { start: startOfDay(first, timeZone), end: startOfDay(next, timeZone) };
}

function filterOf(budget: Budget): UsageFilter {
  switch (budget.scope) {
    case 'all':
      return {};
    case 'provider':
      return { provider: budget.owner };
    case 'application':
      return { application: budget.owner };
    case 'user':
      return { user: budget.owner };
    default:
      return { tags: { [budget.scope]: budget.owner } };
  }
}
