import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp, createLedgerMetrics } from 'wiretally';
import { budgetStates, budgetWindow, readBudgets } from '../../src/ledger/serve/budgets.ts';
import { startBudgetTimer } from '../../src/ledger/serve/budget-timer.ts';
import { call, openTestLedger } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

const NOW = new Date('2026-03-11T12:00:00Z');
const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * 3_600_000);
const logger = { debug() {}, info() {}, warn() {}, error() {} };

let own: TestLedger;
beforeAll(async () => {
  own = await openTestLedger();
  const sent = call({ at: hoursAgo(1), costUsd: '2', tags: { team: 'search' } });
  await own.send([
    sent,
    call({ at: hoursAgo(13), costUsd: '5' }),
    call({ at: hoursAgo(24 * 6), costUsd: '7' }),
    call({ at: hoursAgo(24 * 20), costUsd: '100' }),
    call({ at: hoursAgo(1), costUsd: null, unpricedReason: 'model-unknown' }),
  ]);
  await own.send([sent]);
});
afterAll(() => own.close());

async function scrape(): Promise<Map<string, number>> {
  const metrics = createLedgerMetrics(own.ledger.stats);
  const stop = await startBudgetTimer({
    ledger: own.ledger,
    metrics,
    logger,
    now: () => NOW,
    configured: [
      { name: 'daily', period: 'day', limitUsd: '10' },
      { name: 'monthly', period: 'month', limitUsd: '300' },
    ],
  });
  const app = createApp({ ledger: own.ledger, metrics, logger, tokens: [], loopback: true });
  const text = await (await app.fetch(new Request('http://localhost/metrics'))).text();
  await stop();
  metrics.close();
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

describe('/metrics', () => {
  test('counts what arrived under the names that dashboards and rules ask for', async () => {
    const series = await scrape();
    expect(series.get('wiretally_ledger_received_records_total')).toBe(6);
    expect(series.get('wiretally_ledger_stored_records_total')).toBe(5);
    expect(series.get('wiretally_ledger_duplicate_records_total')).toBe(1);
    expect(series.get('wiretally_ledger_rejected_records_total')).toBe(0);
    expect(series.get('wiretally_ledger_ready')).toBe(1);
    expect(series.get('wiretally_ledger_queue_records')).toBe(0);
    expect(series.get('wiretally_ledger_lag_seconds')).toBeGreaterThan(0);
    expect(series.has('wiretally_ledger_commit_seconds_bucket{le="+Inf"}')).toBe(true);
  });

  test('has every budget with limit, spent, forecast and end, in the window of the reporting time zone', async () => {
    const series = await scrape();
    const of = (name: string, budget: string): number | undefined =>
      series.get(`wiretally_budget_${name}{budget="${budget}",scope="all",owner=""}`);
    expect(of('limit_usd', 'daily')).toBe(10);
    expect(of('spent_usd', 'daily')).toBe(2);
    expect(of('window_end_timestamp_seconds', 'daily')).toBe(Date.parse('2026-03-12T00:00:00Z') / 1000);
    // Spent 2, and 14 in the last seven days are 1 in the half day that is left.
    expect(of('forecast_usd', 'daily')).toBeCloseTo(3, 9);
    expect(of('spent_usd', 'monthly')).toBe(14);
    expect(of('forecast_usd', 'monthly')).toBeCloseTo(14 + 2 * 20.5, 9);
    expect(of('window_end_timestamp_seconds', 'monthly')).toBe(Date.parse('2026-04-01T00:00:00Z') / 1000);
  });
});

describe('budgets', () => {
  test('of one team count its calls only; a stored one replaces the configured one of its name', async () => {
    await own.ledger.pool.query(
      `INSERT INTO wiretally_private.budgets (name, period, limit_usd, scope, owner) VALUES ('daily', 'month', 50, 'team', 'search')`,
    );
    const budgets = await readBudgets(own.ledger.pool, [{ name: 'daily', period: 'day', limitUsd: '10' }]);
    const states = await budgetStates(own.ledger.pool, budgets, NOW, 'UTC');
    expect(states).toMatchObject([{ name: 'daily', period: 'month', scope: 'team', owner: 'search', spentUsd: '2' }]);
    await own.ledger.pool.query('DELETE FROM wiretally_private.budgets');
  });

  test.each([
    ['day', '2026-03-11T22:00:00Z', 'Asia/Tehran', '2026-03-11T20:30:00Z', '2026-03-12T20:30:00Z'],
    ['day', '2026-03-08T12:00:00Z', 'America/New_York', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z'],
    ['month', '2026-01-31T23:30:00Z', 'Asia/Riyadh', '2026-01-31T21:00:00Z', '2026-02-28T21:00:00Z'],
    ['month', '2024-02-10T00:00:00Z', 'UTC', '2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z'],
  ] as const)('the %s that %s is in, in %s, is from %s to %s', (period, at, zone, start, end) => {
    expect(budgetWindow(period, new Date(at), zone)).toEqual({ start: new Date(start), end: new Date(end) });
  });
});
