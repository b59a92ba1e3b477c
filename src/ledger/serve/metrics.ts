/** The ledger's own metrics in Prometheus' text format. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LedgerStats } from '../ledger.ts';
import type { BudgetState } from './budgets.ts';

export interface LedgerMetrics {
  setBudgets(states: readonly BudgetState[]): void;
  render(): Promise<{ contentType: string; text: string }>;
  close(): void;
}

const BUDGET_LABELS = ['budget', 'scope', 'owner'] as const;

export function createLedgerMetrics(stats: LedgerStats): LedgerMetrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];

  const counter = (name: string, help: string, read: () => number): Counter =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  const gauge = (name: string, help: string, read: () => number | null): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const value = read();
        // No sample rather than a 0 that looks measured.
        if (value === null) this.remove();
        else this.set(value);
      },
    });
  counter('wiretally_ledger_received_records_total', 'Records of calls that arrived.', () => stats.received);
  counter('wiretally_ledger_stored_records_total', 'Records that were stored.', () => stats.stored);
  counter('wiretally_ledger_duplicate_records_total', 'Records that were there already.', () => stats.duplicate);
  counter('wiretally_ledger_rejected_records_total', 'Records kept as dead letters.', () => stats.rejected);
  gauge('wiretally_ledger_lag_seconds', 'Age of the newest record of the last commit.', () => stats.lagSeconds);
  gauge('wiretally_ledger_queue_records', 'Records that wait for the database.', () => stats.queuedRecords);
  gauge(
    'wiretally_ledger_queue_limit_records',
    'Records that may wait before requests are refused.',
    () => stats.maxQueuedRecords,
  );
  gauge('wiretally_ledger_ready', '1 when records can be stored.', () => (stats.ready ? 1 : 0));
  const commits = new Histogram({
    name: 'wiretally_ledger_commit_seconds',
    help: 'Time of one commit of records and rollups.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const stopListening = stats.onCommit((seconds) => commits.observe(seconds));

  const budgetGauge = (name: string, help: string): Gauge<(typeof BUDGET_LABELS)[number]> =>
    new Gauge({ name, help, labelNames: BUDGET_LABELS, registers });
  const limit = budgetGauge('wiretally_budget_limit_usd', 'What may be spent in the budget’s window.');
  const spent = budgetGauge('wiretally_budget_spent_usd', 'What was spent since the window began.');
  const forecast = budgetGauge(
    'wiretally_budget_forecast_usd',
    'What will be spent by the end of the window at the rate of the last seven days.',
  );
  const windowEnd = budgetGauge('wiretally_budget_window_end_timestamp_seconds', 'When the window ends.');

  return {
    setBudgets(states) {
      for (const each of [limit, spent, forecast, windowEnd]) each.reset();
      for (const state of states) {
        const labels = { budget: state.name, scope: state.scope, owner: state.owner };
        limit.set(labels, Number(state.limitUsd));
        spent.set(labels, Number(state.spentUsd));
        forecast.set(labels, state.forecastUsd);
        windowEnd.set(labels, state.windowEnd.getTime() / 1000);
      }
    },
    async render() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
    close() {
      stopListening();
      registry.clear();
    },
  };
}
