/**
 * What each report and endpoint takes, in process and without a port: calls of 30 days (30 models, a user for 200 calls,
 * a session for 10), every question asked in turn, round after round, so that no one question has a quiet machine.
 * What is asked says the same as the rows; else it is no result.
 *
 * npm run bench -- report [--rows 1000000] [--rounds 20] [--only TEXT] [--data FOLDER] [--json FILE]
 *
 * With --data, the ledger stays there, and the next run asks the same one.
 */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createApp, createLedgerMetrics, openLedger } from 'wiretally';
import { loadCalls } from './load-calls.ts';
import { writeRows } from './rows.ts';
import type { BenchRow } from './rows.ts';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '20' },
    only: { type: 'string', default: '' },
    data: { type: 'string' },
    json: { type: 'string' },
  },
});
const ROWS = Number(flags.rows);
const ROUNDS = Number(flags.rounds);
const DAYS = 30;
const AIM_MS = 200;

const folder = mkdtempSync(join(tmpdir(), 'wiretally-bench-'));
chmodSync(folder, 0o711);
const logger = { debug() {}, info() {}, warn() {}, error: console.error };
const ledger = await openLedger({ dataDir: flags.data ?? join(folder, 'data'), logger });
const metrics = createLedgerMetrics(ledger.stats);
const { now, lastId } = await fill();
const app = createApp({ ledger, metrics, logger, tokens: [], loopback: true, now: () => new Date(now) });

const day = (ago: number): string => new Date(now - ago * 86_400_000).toISOString().slice(0, 10);
const session = `s-${Math.floor(ROWS / 20)}`;
const QUESTIONS: Readonly<Record<string, string>> = {
  stats: '/api/admin/ai-usage/stats',
  'stats, 30 days': '/api/admin/ai-usage/stats?days=30',
  'stats of a user': '/api/admin/ai-usage/stats?user_id=u-7',
  'stats of a team': '/api/admin/ai-usage/stats?team=search',
  'by-model': '/api/admin/ai-usage/by-model',
  'by-model, 7 days': '/api/admin/ai-usage/by-model?days=7',
  'report admin': '/api/reports/admin',
  'report providers': '/api/reports/providers',
  'report models': '/api/reports/models',
  'report services': '/api/reports/services',
  'report daily': '/api/reports/daily',
  'report users': '/api/reports/users',
  'report applications': '/api/reports/applications',
  'report tags': '/api/reports/tags',
  sessions: '/api/usage/sessions',
  'session-stats': `/api/usage/session-stats/${session}`,
  'session-summary': `/api/usage/session-summary/${session}`,
  'export-session': `/api/usage/export-session/${session}`,
  'services-breakdown': `/api/usage/services-breakdown/${session}`,
  'query by day and provider': '/api/usage/query?group_by=day,provider&days=30',
  'query by team': '/api/usage/query?group_by=tag:team&days=30',
  recent: '/api/usage/recent',
  'recent of a user': '/api/usage/recent?user_id=u-7',
  compare: `/api/usage/compare?from=${day(13)}&to=${day(7)}&with_from=${day(20)}&with_to=${day(14)}`,
  explain: `/api/records/${lastId}/explain`,
  pricing: '/api/usage/pricing',
};

await assertSums();
const asked = Object.entries(QUESTIONS).filter(([name]) => name.includes(flags.only));
const times = new Map<string, number[]>(asked.map(([name]) => [name, []]));
// The first round warms up and is thrown away.
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const [name, path] of round % 2 === 0 ? asked : asked.toReversed()) {
    const start = performance.now();
    const answer = await app.fetch(new Request(`http://localhost${path}`));
    await answer.text();
    if (answer.status !== 200) throw new Error(`${name}: ${path} answered ${answer.status}`);
    if (round > 0) times.get(name)?.push(performance.now() - start);
  }
}

const rows: BenchRow[] = [];
console.log(`${ROWS} calls in ${DAYS} days, ${ROUNDS} rounds; milliseconds\n${'question'.padEnd(28)}    p50     p99`);
for (const [name, measured] of times) {
  const sorted = measured.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? 0;
  const [low, high] = [at(0.01), at(1)];
  for (const [metric, part] of [
    ['p50_ms', 0.5],
    ['p99_ms', 0.99],
  ] as const) {
    rows.push({ case: name, variant: `${ROWS} calls`, metric, value: at(part), low, high });
  }
  const mark = at(0.99) > AIM_MS ? `  above ${AIM_MS}` : '';
  console.log(`${name.padEnd(28)} ${at(0.5).toFixed(1).padStart(6)}  ${at(0.99).toFixed(1).padStart(6)}${mark}`);
}
writeRows(rows, flags.json);
metrics.close();
await ledger.close();
rmSync(folder, { recursive: true, force: true });

/** Where the folder has calls already, they are asked. @returns the time of the last call, and its id */
async function fill(): Promise<{ now: number; lastId: string }> {
  const last = async (): Promise<{ now: number; lastId: string } | null> => {
    const { rows: found } = await ledger.pool.query<{ id: string; created_at: Date }>(
      'SELECT id, created_at FROM wiretally_private.calls ORDER BY created_at DESC LIMIT 1',
    );
    return found[0] === undefined ? null : { now: found[0].created_at.getTime() + 1000, lastId: found[0].id };
  };
  const there = await last();
  if (there !== null) return there;
  const start = performance.now();
  await loadCalls(ledger, { rows: ROWS, days: DAYS, now: Date.now() });
  console.log(`loaded in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  const made = await last();
  if (made === null) throw new Error('no call was stored');
  return made;
}

async function assertSums(): Promise<void> {
  const { rows: truth } = await ledger.pool.query<{ calls: number; cost: string }>(
    "SELECT count(*)::int AS calls, trim_scale(sum(cost_usd))::text AS cost FROM wiretally_private.calls WHERE kind = 'call'",
  );
  const answer = await app.fetch(new Request('http://localhost/api/admin/ai-usage/stats'));
  const { data } = (await answer.json()) as { data: { total_requests: number; estimated_cost_exact: string } };
  assert.deepEqual({ calls: data.total_requests, cost: data.estimated_cost_exact }, truth[0]);
}
