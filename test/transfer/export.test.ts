/** What leaves the ledger is what is in it: to the last digit, and unknown stays unknown. */
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addDecimals, trimDecimal } from '../../src/ledger/report/decimal.ts';
import { exportCalls } from '../../src/ledger/transfer/export/export-calls.ts';
import { ALL_TIME } from '../../src/ledger/report/period.ts';
import { runCli } from '../report/cli.fixture.ts';
import { parseCsv } from '../report/csv.fixture.ts';
import { call, openTestLedger, refused } from '../report/ledger.fixture.ts';
import type { TestLedger } from '../report/ledger.fixture.ts';

const CALLS = 2345;
const START = Date.UTC(2026, 9, 1, 20);

let own: TestLedger;
let folder: string;
beforeAll(async () => {
  own = await openTestLedger();
  const records = Array.from({ length: CALLS }, (_, index) => {
    const at = new Date(START + index * 61_000);
    if (index % 50 === 7) return refused({ at, userId: 'ann' });
    return call({
      at,
      provider: index % 3 === 0 ? 'gcp.gemini' : 'openai',
      requestModel: index % 3 === 0 ? 'gemini-2.5-pro' : 'gpt-4o-mini',
      // The microseconds are part of a call's key.
      ...(index === 0 ? { timeUnixMicros: START * 1000 + 123_457 } : {}),
      tokens: { input: 100 + index, output: index % 9 },
      costUsd: `0.0000${String(1 + index * 7).padStart(6, '0')}1`,
      userId: index % 2 === 0 ? 'bob, "the builder"' : '=cmd()',
      sessionId: 's-1',
      tags: { team: 'search' },
    });
  });
  for (let from = 0; from < records.length; from += 500) await own.send(records.slice(from, from + 500));
});
afterAll(() => own.close());
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'wiretally-export-'));
  return () => rm(folder, { recursive: true, force: true });
});

interface Sums {
  readonly calls: string;
  readonly input: string | null;
  readonly output: string | null;
  readonly cost: string | null;
}

async function sums(where = 'true'): Promise<Sums> {
  const { rows } = await own.ledger.pool.query<Sums>(
    `SELECT count(*) AS calls, sum(input_tokens)::text AS input, sum(output_tokens)::text AS output,
       trim_scale(sum(estimated_cost))::text AS cost FROM token_usage WHERE ${where}`,
  );
  if (rows[0] === undefined) throw new Error('a sum has one row');
  return rows[0];
}

type Exported = Readonly<Record<string, string | number | null>>;

function sumsOf(rows: readonly Exported[], cost: string): Sums {
  const total = (name: string): string => String(rows.reduce((sum, row) => sum + Number(row[name] ?? 0), 0));
  return {
    calls: String(rows.length),
    input: total('input_tokens'),
    output: total('output_tokens'),
    cost: trimDecimal(rows.reduce((sum, row) => addDecimals(sum, exactText(row[cost] ?? 0)), '0')),
  };
}

/** The shortest decimal that is this number, without an exponent. */
const exactText = (value: string | number): string =>
  typeof value === 'string' ? value : Number.isInteger(value) ? String(value) : trimDecimal(value.toFixed(15));

const run = (...words: string[]): ReturnType<typeof runCli> =>
  runCli(['export', ...words, '--database', own.databaseUrl], {}, folder);

describe('wiretally export', () => {
  test('CSV sums to what SQL says, to the last digit', async () => {
    const { code, stdout } = await run('--format', 'csv');
    expect(code).toBe(0);
    const rows = parseCsv(stdout);
    expect(sumsOf(rows, 'cost_usd')).toEqual(await sums());
    expect(rows[0]).toMatchObject({ time: '2026-10-01T20:00:00.123457Z', provider: 'gemini', session: 's-1' });
    expect(rows[1]).toMatchObject({ user: "'=cmd()" });
    expect(rows[2]).toMatchObject({ user: 'bob, "the builder"' });
  });

  test('JSON and NDJSON have the same calls, and null where nothing was stated', async () => {
    const json = JSON.parse((await run('--format', 'json')).stdout) as Exported[];
    const lines = (await run('--format', 'ndjson')).stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as Exported)).toEqual(json);
    expect(sumsOf(json, 'cost_usd')).toEqual(await sums());
    expect(json[7]).toMatchObject({
      success: false,
      input_tokens: null,
      output_tokens: null,
      cost_usd: null,
      usage_missing_reason: 'error-response',
    });
    expect(json[1]).toMatchObject({ user: '=cmd()', tags: { team: 'search' }, cost_usd: '0.00000000081' });
  });

  test('SQLite has the two tables under data/token_usage.db, with the sums of the views', async () => {
    expect(await run('--format', 'sqlite')).toMatchObject({ code: 0, stdout: '' });
    const file = new DatabaseSync(path.join(folder, 'data/token_usage.db'), { readOnly: true });
    const columns = (table: string): unknown[] =>
      file
        .prepare(`SELECT name FROM pragma_table_info('${table}')`)
        .all()
        .map((row) => row['name']);
    expect(columns('token_usage')).toEqual(
      'id timestamp model input_tokens output_tokens total_tokens estimated_cost user_id session_id'.split(' '),
    );
    expect(columns('daily_summary')).toEqual(
      'date model requests input_tokens output_tokens total_tokens estimated_cost'.split(' '),
    );
    const all = (sql: string): Exported[] => file.prepare(sql).all() as unknown as Exported[];
    expect(sumsOf(all('SELECT * FROM token_usage'), 'estimated_cost')).toEqual(await sums());
    expect(all('SELECT count(*) AS n FROM token_usage WHERE input_tokens IS NULL')).toEqual(
      all("SELECT count(*) AS n FROM token_usage WHERE user_id = 'ann'"),
    );
    const { rows } = await own.ledger.pool.query<Exported>(
      `SELECT date::text, model, requests::int, input_tokens::int, output_tokens::int, total_tokens::int,
         estimated_cost::float8 FROM daily_summary ORDER BY 1, 2`,
    );
    expect(all('SELECT * FROM daily_summary ORDER BY 1, 2').map((row) => ({ ...row }))).toEqual(rows);
    file.close();
  });

  test('chooses by period and filter', async () => {
    const day = await run('--format', 'ndjson', '--from', '2026-10-02', '--to', '2026-10-02', '--provider', 'gemini');
    const rows = day.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Exported);
    expect(sumsOf(rows, 'cost_usd')).toEqual(
      await sums(`model = 'gemini-2.5-pro' AND timestamp >= '2026-10-02Z' AND timestamp < '2026-10-03Z'`),
    );
    expect((await run('--format', 'json', '--user', 'nobody')).stdout).toBe('[\n]\n');
  });

  test.each([
    [['--format', 'xml'], 2, /Allowed choices are csv, json, ndjson, sqlite/],
    [[], 2, /required option '--format <name>' not specified/],
    [['--format', 'csv', '--from', 'yesterday'], 2, /must be a date such as/],
    [['--format', 'csv', '--days', '3', '--from', '2026-10-01'], 2, /either days, or from and to/],
    [['--format', 'csv', '--from', '2026-10-02', '--to', '2026-10-01'], 2, /must be before/],
    [['--format', 'csv', '--out', '.'], 1, /is not a file/],
    [['--format', 'csv', '--out', 'there.csv'], 1, /there\.csv is there already\. Give --force/],
    [['--format', 'csv', '--out', 'there.csv/x.csv'], 1, /is a file, or lies in one/],
    [['--format', 'sqlite', '--out', '/dev/null/x.db'], 1, /\/dev\/null\/x\.db cannot be written: the folder/],
  ])('%j ends with %i, says what is wrong, and leaves no file', async (words, code, message) => {
    await writeFile(path.join(folder, 'there.csv'), 'mine');
    const ended = await run(...words);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(await readdir(folder)).toEqual(['there.csv']);
    expect(await readFile(path.join(folder, 'there.csv'), 'utf8')).toBe('mine');
  });

  // Root may write anywhere.
  test.skipIf(process.getuid?.() === 0)('a folder that may not be written is named', async () => {
    await chmod(folder, 0o500);
    const ended = await run('--format', 'csv', '--out', 'calls.csv');
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toContain('is not writable');
  });

  test('--force replaces the file', async () => {
    await writeFile(path.join(folder, 'calls.ndjson'), 'old');
    const ended = await run('--format', 'ndjson', '--out', 'calls.ndjson', '--force');
    expect(ended).toMatchObject({ code: 0, stdout: '' });
    expect(ended.stderr).toContain('2,345 calls are in calls.ndjson');
    expect((await readFile(path.join(folder, 'calls.ndjson'), 'utf8')).split('\n')).toHaveLength(CALLS + 1);
    expect(await readdir(folder)).toEqual(['calls.ndjson']);
  });

  test.each(['csv', 'sqlite'] as const)('an export of %s that is interrupted leaves nothing', async (format) => {
    const controller = new AbortController();
    const target = path.join(folder, 'out/calls');
    const exporting = exportCalls({
      pool: own.ledger.pool,
      timeZone: 'UTC',
      selection: { period: ALL_TIME, filter: {} },
      format,
      to: { path: target, force: false },
      onProgress: () => controller.abort(),
      signal: controller.signal,
    });
    await expect(exporting).rejects.toThrow('abort');
    expect(await readdir(path.dirname(target))).toEqual([]);
  });

  test('rows are read a page at a time, however many there are', async () => {
    const sizes: number[] = [];
    await exportCalls({
      pool: own.ledger.pool,
      timeZone: 'UTC',
      selection: { period: ALL_TIME, filter: {} },
      format: 'ndjson',
      async to(text) {
        sizes.push(text.trimEnd().split('\n').length);
      },
    });
    expect(sizes).toEqual([1000, 1000, 345]);
  });
});
