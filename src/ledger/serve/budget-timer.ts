/** Keeps the budget series fresh, traffic or not: a rule must see a budget that nothing was spent of. */
import type { Ledger, Logger } from '../ledger.ts';
import { budgetStates, readBudgets } from './budgets.ts';
import type { ConfiguredBudget } from './configuration.ts';
import type { LedgerMetrics } from './metrics.ts';

export interface BudgetTimerOptions {
  readonly ledger: Pick<Ledger, 'pool' | 'timeZone'>;
  readonly metrics: LedgerMetrics;
  readonly configured: readonly ConfiguredBudget[];
  readonly logger: Logger;
  readonly now: () => Date;
  readonly intervalMs?: number | undefined;
}

/** @returns its undo, which waits for a running refresh. The first refresh has ended when this resolves. */
export async function startBudgetTimer(options: BudgetTimerOptions): Promise<() => Promise<void>> {
  const { ledger, metrics, logger } = options;
  const refresh = async (): Promise<void> => {
    try {
      const budgets = await readBudgets(ledger.pool, options.configured);
      metrics.setBudgets(await budgetStates(ledger.pool, budgets, options.now(), ledger.timeZone));
    } catch (error) {
      // The series keep their last values; readiness says that the database is away.
      logger.warn({ err: error }, 'budgets could not be read');
    }
  };
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = refresh();
  await running;
  const schedule = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      running = refresh().finally(schedule);
    }, options.intervalMs ?? 10_000);
    timer.unref();
  };
  schedule();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
