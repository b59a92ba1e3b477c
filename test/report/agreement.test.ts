/** All surfaces say the same of the same calls, to the last digit, and what plain SQL over the rows says. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer } from '../../src/ledger/chat/answers.ts';
import { TABLE_REPORTS } from '../../src/ledger/report/table-report.ts';
import { DIMENSIONS } from '../../src/ledger/report/usage-row.ts';
import { listen } from '../../src/ledger/serve/listen.ts';
import type { Listener } from '../../src/ledger/serve/listen.ts';
import { getTokenUsageSummary, queryUsage } from 'wiretally';
import { createUsageClient } from 'wiretally/client';
import type { UsageClient } from 'wiretally/client';
import { defaultCorpusFile } from '../conformance/corpus.ts';
import { runCli } from './cli.fixture.ts';
import { parseCsv } from './csv.fixture.ts';
import { openTestLedger } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';
import { expectEndpointShapes, expectViewShapes } from './shapes.fixture.ts';
import { sqliteRows, sumCalls, sumRows, sumsOfRows } from './sums.fixture.ts';
import type { Cells, Names, Sums } from './sums.fixture.ts';
import { replayedTraffic, simulatedTraffic } from './traffic.fixture.ts';

const corpus = defaultCorpusFile();
if (corpus === null)
  console.log('agreement: no corpus here, so the recorded traffic is skipped; the simulated one is not');

const API: Names = {
  calls: 'total_requests',
  failed: 'failed_requests',
  input: 'input_tokens',
  output: 'output_tokens',
  total: 'total_tokens',
  cost: 'estimated_cost_exact',
  unpriced: 'requests_without_cost',
};
const REPORT: Names = {
  calls: 'requests',
  failed: 'failed',
  input: 'input_tokens',
  output: 'output_tokens',
  total: 'total_tokens',
  cost: 'cost_usd',
  unpriced: 'requests_without_cost',
};
const CALL = { input: 'input_tokens', output: 'output_tokens', total: 'total_tokens' } as const;

describe.each([
  ['the simulated services', true, (url: string) => simulatedTraffic(url, 1)],
  ['the recorded exchanges', corpus !== null, (url: string) => replayedTraffic(url, corpus ?? '')],
] as const)('of %s', (_, here, traffic) => {
  let own: TestLedger;
  let listener: Listener;
  let client: UsageClient;
  let folder: string;
  let served: unknown;
  let truth: Required<Sums>;
  beforeAll(async () => {
    if (!here) return;
    // Half an hour off whole hours: days are summed from the calls, all else from their totals.
    own = await openTestLedger({ timeZone: 'Asia/Tehran' });
    listener = await listen({ host: '127.0.0.1', port: 0, portVariable: 'PORT', fetch: own.app.fetch });
    client = createUsageClient({ url: listener.url });
    folder = await mkdtemp(path.join(tmpdir(), 'wiretally-agreement-'));
    served = await traffic(listener.url);
    truth = await sumsOfRows(own);
  }, 180_000);
  afterAll(async () => {
    if (!here) return;
    await listener.close(0);
    await own.close();
    await rm(folder, { recursive: true });
  });

  const cli = async (...words: string[]): Promise<string> => {
    const ended = await runCli(
      [...words, '--database', own.databaseUrl],
      { WIRETALLY_TIME_ZONE: 'Asia/Tehran' },
      folder,
    );
    expect(ended.code, ended.stderr).toBe(0);
    return ended.stdout;
  };
  const expectAll = (sums: Sums, of: Required<Sums> = truth): void => {
    const known = Object.fromEntries(Object.keys(sums).map((name) => [name, of[name as keyof Sums]]));
    expect(sums).toEqual(known);
  };

  test.runIf(here)('the ledger has what was sent', () => {
    expect(Number(truth.calls)).toBeGreaterThan(35);
    expect(Number(truth.failed)).toBeGreaterThan(5);
    expect(Number(truth.unpriced)).toBeGreaterThan(5);
    if (typeof served === 'object' && served !== null && 'costUsd' in served) {
      // Of recorded exchanges, nobody knows a sum; test/conformance reads each of them a second way.
      expect(served).toMatchObject({ calls: Number(truth.calls), costUsd: truth.cost });
    }
  });

  test.runIf(here)('the command line', async () => {
    const report = JSON.parse(await cli('report', '--json')) as {
      totals: Cells;
      by_provider: Cells[];
      by_model: Cells[];
    };
    for (const rows of [[report.totals], report.by_provider, report.by_model]) expectAll(sumRows(rows, REPORT));
    expectAll(sumRows(parseCsv(await cli('report', '--format', 'csv')), REPORT));
    for (const { name } of TABLE_REPORTS) {
      expectAll(sumRows(JSON.parse(await cli(name, '--json')) as Cells[], REPORT));
      expectAll(sumRows(parseCsv(await cli(name, '--format', 'csv')), REPORT));
    }
    const sessions = JSON.parse(await cli('sessions', '--json', '--limit', '1000')) as Cells[];
    const inSessions = await sumsOfRows(own, 'session_id IS NOT NULL');
    expectAll(
      sumRows(sessions, { calls: 'total_operations', total: 'total_tokens', cost: 'total_cost_usd_exact' }),
      inSessions,
    );
    const one = sessions[0]?.['session_id'] as string;
    const session = JSON.parse(await cli('session', one, '--json', '--limit', '1000')) as { operations: Cells[] };
    const ofSession = await sumsOfRows(own, `session_id = '${one}'`);
    expectAll(sumCalls(session.operations, { ...CALL, cost: 'cost_exact', success: 'success' }), ofSession);
    const top = JSON.parse(await cli('top', '--once', '--json', '--window', '60')) as { total: Cells; models: Cells[] };
    expectAll({
      failed: String(top.total['failed']),
      calls: String(Math.round(Number(top.total['calls_per_minute']) * 60)),
    });
    // The cost of an hour is what a window of an hour has cost.
    expectAll({ cost: String(top.total['usd_per_hour']), calls: truth.calls });
    const periods = [
      '--from',
      '2020-01-01',
      '--to',
      '2100-01-01',
      '--with-from',
      '2020-01-01',
      '--with-to',
      '2100-01-01',
    ];
    const compared = JSON.parse(await cli('compare', ...periods, '--json')) as { period: Cells; with: Cells };
    for (const side of [compared.period, compared.with]) expectAll(sumRows([side], REPORT));
  });

  test.runIf(here)('the table that people read, as far as it goes', async () => {
    const [last = ''] = (await cli('models')).split('\n').filter((line) => line.startsWith('Total'));
    const cells = last.split(/ {2,}/).map((cell) => cell.replaceAll(/[,$]/g, ''));
    expect(cells.slice(0, 5)).toEqual(['Total', truth.calls, truth.failed, truth.input, truth.output]);
    expect(cells).toContain(Number(truth.cost).toFixed(4));
  });

  test.runIf(here)('the API', async () => {
    expectAll(sumRows([await client.stats()], API));
    expectAll(sumRows(await client.byModel(), { ...API, calls: 'request_count', failed: 'fail_count' }));
    for (const dimension of [...DIMENSIONS, 'tag:team'] as const) {
      expectAll(sumRows(await client.query({ group_by: [dimension], limit: 1000 }), API));
    }
    const report = JSON.parse(await client.report('admin')) as { totals: Cells };
    expectAll(sumRows([report.totals], REPORT));
    const { period } = await client.compare({
      from: '2020-01-01',
      to: '2100-01-01',
      with_from: '2020-01-01',
      with_to: '2020-01-02',
    });
    expectAll(sumRows([period], API));
    const recent: Cells[] = [];
    for (
      let page = await client.recent({ limit: 500 });
      page.length > 0;
      page = await client.recent({ limit: 500, offset: recent.length })
    ) {
      recent.push(...page);
    }
    expect(new Set(recent.map((row) => row['record_id'])).size).toBe(recent.length);
    expectAll(sumCalls(recent, { ...CALL, cost: 'cost_exact', success: 'success' }));
  });

  test.runIf(here)('the API of sessions', async () => {
    const { sessions, total } = await client.sessions({ limit: 1000 });
    expect(total).toBe(sessions.length);
    expect(total).toBeGreaterThan(3);
    const inSessions = await sumsOfRows(own, 'session_id IS NOT NULL');
    const ids = sessions.map(({ session_id: id }) => id);
    const SESSION: Names = { calls: 'total_operations', unpriced: 'operations_without_cost' };
    expectAll(sumRows(sessions, { ...SESSION, total: 'total_tokens', cost: 'total_cost_usd_exact' }), inSessions);
    const ofEach = async <T>(ask: (id: string) => Promise<T>): Promise<T[]> => {
      const found: T[] = [];
      for (const id of ids) found.push(await ask(id));
      return found;
    };
    const stats = await ofEach((id) => client.sessionStats(id));
    expectAll(sumRows(stats, { ...SESSION, ...CALL, cost: 'total_cost_exact' }), inSessions);
    expectAll(
      sumRows(await ofEach((id) => client.sessionSummary(id)), { ...SESSION, cost: 'total_cost_usd_exact' }),
      inSessions,
    );
    const services = (await ofEach((id) => client.servicesBreakdown(id))).flatMap((breakdown) =>
      Object.values(breakdown),
    );
    expectAll(sumRows(services, { calls: 'operations', cost: 'cost_exact' }), inSessions);
    const exported = await ofEach((id) => client.exportSession(id));
    const operations = exported.flatMap(({ operations: each }) => each);
    expectAll(sumCalls(operations, { ...CALL, cost: 'cost_exact', success: 'success' }), inSessions);
  });

  test.runIf(here)('code', async () => {
    const summary = await getTokenUsageSummary(30, { ledger: own.ledger });
    const CODE: Names = {
      calls: 'requests',
      failed: 'failed',
      input: 'inputTokens',
      output: 'outputTokens',
      total: 'totalTokens',
      cost: 'costUsd',
      unpriced: 'unpriced',
    };
    for (const rows of [[summary.totals], summary.byProvider, summary.byModel]) {
      expectAll(sumRows(rows as unknown as Cells[], CODE));
    }
    const rows = await queryUsage({ groupBy: ['provider', 'user', 'day'] }, { ledger: own.ledger });
    expectAll(sumRows(rows as unknown as Cells[], CODE));
  });

  test.runIf(here)('the chat', async () => {
    const ask = (command: 'token_usage' | 'report'): Promise<string> =>
      answer(
        { command, argument: '', language: 'en', userId: 1 },
        {
          ledger: own.ledger,
          now: () => new Date(),
          languages: { of: () => Promise.resolve('en'), choose: () => Promise.resolve() },
        },
      );
    const number = (text: string, label: string): string =>
      (new RegExp(`• ${label}: ([\\d,]+)`).exec(text)?.[1] ?? '').replaceAll(',', '');
    const usage = await ask('token_usage');
    const [, rounded, exact] = /• Estimated cost: \$([\d,.]+)(?: \(([\d.]+) USD\))?/.exec(usage) ?? [];
    expectAll({
      calls: number(usage, 'Requests'),
      failed: number(usage, 'Failed requests'),
      total: number(usage, 'Total tokens'),
      input: number(usage, 'Prompt tokens'),
      output: number(usage, 'Completion tokens'),
      cost: exact ?? rounded,
      unpriced: /(\d+) calls? without a known cost/.exec(usage)?.[1],
    } as Sums);
    // The report has a block a provider.
    const report = await ask('report');
    const blocks = (label: string): Cells[] =>
      [...report.matchAll(new RegExp(`  • ${label}: ([\\d,]+)`, 'g'))].map(([, value = '']) => ({
        value: value.replaceAll(',', ''),
      }));
    expectAll({
      calls: sumRows(blocks('Requests'), { calls: 'value' }).calls,
      failed: sumRows(blocks('Failed requests'), { calls: 'value' }).calls,
      total: sumRows(blocks('Total tokens'), { calls: 'value' }).calls,
      input: sumRows(blocks('Prompt tokens'), { calls: 'value' }).calls,
      output: sumRows(blocks('Completion tokens'), { calls: 'value' }).calls,
    });
  });

  test.runIf(here)('the views', async () => {
    const rows = async (sql: string): Promise<Cells[]> =>
      (await own.ledger.pool.query<Record<string, unknown>>(sql)).rows;
    const HT: Names = {
      input: 'prompt_tokens',
      output: 'completion_tokens',
      total: 'total_tokens',
      cost: 'cost_estimate',
    };
    expectAll(sumCalls(await rows('SELECT * FROM ai_usage_tracking'), HT));
    expectAll(
      sumRows(await rows('SELECT * FROM daily_ai_usage'), {
        ...HT,
        calls: 'total_requests',
        failed: 'failed_requests',
      }),
    );
    expectAll(sumRows(await rows('SELECT * FROM provider_ai_stats'), { ...HT, calls: 'total_requests' }));
    const RD = { input: 'request_tokens', output: 'response_tokens', total: 'total_tokens', success: 'success' };
    expectAll(sumCalls(await rows('SELECT * FROM ai_request_logs'), RD));
    expectAll(sumCalls(await rows('SELECT * FROM token_usage'), { ...CALL, cost: 'estimated_cost' }));
    expectAll(
      sumRows(await rows('SELECT * FROM daily_summary'), { ...CALL, calls: 'requests', cost: 'estimated_cost' }),
    );
    expectAll(
      sumCalls(await rows("SELECT * FROM wiretally_calls WHERE kind = 'call'"), {
        ...CALL,
        cost: 'cost_usd',
        success: 'success',
      }),
    );
    expectAll(
      sumRows(await rows("SELECT * FROM wiretally_hourly WHERE kind = 'call'"), {
        ...CALL,
        calls: 'requests',
        failed: 'failed',
        cost: 'cost_usd',
        unpriced: 'unpriced',
      }),
    );
  });

  test.runIf(here)('the files: CSV, JSON, NDJSON and SQLite, from here and from the API', async () => {
    const FILE = { ...CALL, cost: 'cost_usd', success: 'success' };
    for (const from of [
      ['--database', own.databaseUrl],
      ['--url', listener.url],
    ]) {
      const write = async (format: string, ...words: string[]): Promise<string> =>
        (
          await runCli(
            ['export', '--format', format, ...words, ...from],
            { WIRETALLY_TIME_ZONE: 'Asia/Tehran' },
            folder,
          )
        ).stdout;
      expectAll(sumCalls(parseCsv(await write('csv')), FILE));
      expectAll(sumCalls(JSON.parse(await write('json')) as Cells[], FILE));
      const lines = (await write('ndjson')).trimEnd().split('\n');
      expectAll(
        sumCalls(
          lines.map((line) => JSON.parse(line) as Cells),
          FILE,
        ),
      );
      await write('sqlite', '--force');
      const database = path.join(folder, 'data/token_usage.db');
      expectAll(sumCalls(sqliteRows(database, 'token_usage'), { ...CALL, cost: 'estimated_cost' }));
      expectAll(sumRows(sqliteRows(database, 'daily_summary'), { ...CALL, calls: 'requests', cost: 'estimated_cost' }));
    }
  });

  test.runIf(here)('an audit finds no total that differs from its calls', async () => {
    expect((await own.ledger.audit()).differences).toEqual([]);
  });

  test.runIf(here)('the views have the columns that their users know', () => expectViewShapes(own));

  // The last: it records usage of its own.
  test.runIf(here)('the endpoints have the shapes that their users know', () => expectEndpointShapes(own));
});
