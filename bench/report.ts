/**
 * What each report and endpoint takes, in process and without a port: calls of 30 days (30 models, a user for 200 calls,
 * a session for 10), every question asked in turn, round after round, so that no one question has a quiet machine.
 *
 * npm run bench -- report [--rows 100000] [--rounds 20] [--only TEXT] [--json FILE]
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createApp, createLedgerMetrics, openLedger } from 'wiretally';
import { usageRecord } from '../test/ledger/usage-record.ts';
import { writeRows } from './rows.ts';
import type { BenchRow } from './rows.ts';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '20' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
  },
});
const ROWS = Number(flags.rows);
const ROUNDS = Number(flags.rounds);
const BATCH = 5000;
const DAYS = 30;
const AIM_MS = 200;
const TEAMS = ['search', 'support', 'billing', 'growth'];
const PROVIDERS = ['openai', 'anthropic', 'gcp.gemini', 'groq', 'cohere'];

const folder = mkdtempSync(join(tmpdir(), 'wiretally-bench-'));
chmodSync(folder, 0o711);
const logger = { debug() {}, info() {}, warn() {}, error: console.error };
const ledger = await openLedger({ dataDir: join(folder, 'data'), logger });
const metrics = createLedgerMetrics(ledger.stats);
const app = createApp({ ledger, metrics, logger, tokens: [], loopback: true });
const now = Date.now();
const lastId = await fill();

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
rmSync(folder, { recursive: true });

/** @returns the id of one call. */
async function fill(): Promise<string> {
  let id = '';
  for (let start = 0; start < ROWS; start += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, ROWS - start) }, (_, offset) => {
      const index = start + offset;
      const model = index % 30;
      const failed = index % 50 === 0;
      const record = usageRecord({
        timeUnixMicros: (now - DAYS * 86_400_000 + Math.floor((index / ROWS) * DAYS * 86_400_000)) * 1000,
        provider: PROVIDERS[model % PROVIDERS.length] ?? 'openai',
        requestModel: `model-${model}`,
        responseModel: `model-${model}`,
        userId: `u-${(index * 7919) % Math.ceil(ROWS / 200)}`,
        sessionId: `s-${Math.floor(index / 10)}`,
        serviceName: `service-${index % 12}`,
        tags: { team: TEAMS[index % TEAMS.length] ?? 'search' },
        tokens: failed
          ? {}
          : { input: 100 + (index % 900), output: 10 + (index % 90), total: 110 + (index % 900) + (index % 90) },
        costUsd: failed ? null : `0.000${1 + (index % 9)}`,
        ...(failed
          ? { status: 429, errorType: 'rate_limit', usageSource: 'missing', usageMissingReason: 'error-response' }
          : {}),
      });
      ({ id } = record);
      return { record, unknown: {} };
    });
    const { rejected, reasons } = await ledger.ingestLogs(batch);
    if (rejected > 0) throw new Error(`the ledger refused ${rejected} calls: ${reasons.join('; ')}`);
  }
  await ledger.pool.query('ANALYZE');
  return id;
}
