/** A ledger that runs elsewhere answers what the same ledger here does, command by command. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProgram } from '../../src/ledger/cli/program.ts';
import { listen } from '../../src/ledger/serve/listen.ts';
import type { Listener } from '../../src/ledger/serve/listen.ts';
import { TABLE_REPORTS } from '../../src/ledger/report/table-report.ts';
import { runCli } from './cli.fixture.ts';
import { call, openTestLedger, refused } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

const RECORD_ID = '0f7a1c52-9c1e-4a55-8d0b-52d3a1f6c003';
const NOW = new Date('2026-11-22T10:41:00Z');

let own: TestLedger;
let listener: Listener;
let folder: string;
beforeAll(async () => {
  own = await openTestLedger();
  const at = new Date(NOW.getTime() - 3_600_000);
  await own.send([
    call({ at, id: RECORD_ID, costUsd: '0.25', sessionId: 's-1', userId: 'ann', tags: { team: 'search' } }),
    call({ at, costUsd: '0.123456789', provider: 'gcp.gemini', requestModel: 'gemini-2.5-pro', durationMs: 1234.567 }),
    refused({ at, userId: 'ann' }),
  ]);
  const { fetch } = own.appWith({ now: () => NOW });
  listener = await listen({ host: '127.0.0.1', port: 0, portVariable: 'PORT', fetch });
  folder = await mkdtemp(path.join(tmpdir(), 'wiretally-remote-'));
});
afterAll(async () => {
  await listener.close(0);
  await own.close();
  await rm(folder, { recursive: true });
});

const here = (...words: string[]) => runCli([...words, '--database', own.databaseUrl], {}, folder);
const there = (...words: string[]) => runCli([...words, '--url', listener.url], {}, folder);

/** What each command is asked; those of all time, since clocks go on between two questions. */
const PERIODS = ['--from', '2026-11-22', '--to', '2026-11-22', '--with-from', '2026-11-21', '--with-to', '2026-11-21'];
const ASKED: readonly (readonly string[])[] = [
  ...TABLE_REPORTS.flatMap(({ name }) => [
    [name, '--days', '36500'],
    [name, '--days', '36500', '--json', '--team', 'search'],
  ]),
  ['sessions'],
  ['sessions', '--json'],
  ['session', 's-1'],
  ['session', 's-1', '--format', 'csv'],
  ['explain', RECORD_ID],
  ['explain', RECORD_ID, '--json'],
  ['compare', ...PERIODS],
  ['compare', ...PERIODS, '--json', '--provider', 'gemini'],
  ['compare', ...PERIODS, '--format', 'csv', '--model', 'gpt-4o-mini'],
  ['export', '--format', 'csv'],
  ['export', '--format', 'json', '--user', 'ann'],
  ['export', '--format', 'ndjson', '--from', '2026-11-22', '--to', '2026-11-22'],
  ['audit'],
  ['audit', '--json'],
];

describe('a command with --url', () => {
  test.each(ASKED)('%s %s %s says what it says with --database', async (...words) => {
    const [local, remote] = [await here(...words), await there(...words)];
    expect(local).toMatchObject({ code: 0, stderr: '' });
    expect(local.stdout.length).toBeGreaterThan(20);
    expect(remote).toEqual(local);
  });

  test('report is the same but for the moment it was made', async () => {
    const unmade = (text: string): string => text.replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?/g, 'TIME');
    for (const format of ['table', 'text', 'markdown', 'html', 'csv']) {
      const words = ['report', '--days', '36500', '--format', format, '--language', 'fa'];
      expect(unmade((await there(...words)).stdout)).toBe(unmade((await here(...words)).stdout));
    }
  });

  test('doctor ends with 1 where something is wrong', async () => {
    const remote = await there('doctor');
    expect(remote.code).toBe(1);
    // The size of the database, which grows.
    const unsized = (text: string): string => text.replace(/, \d+ [kMG]B/, '');
    expect(unsized(remote.stdout)).toBe(unsized((await here('doctor')).stdout));
  });

  test('top has the same rates', async () => {
    await own.send([call({ at: new Date(Date.now() - 30_000), costUsd: '0.5', durationMs: 12.345 })]);
    const rates = async (run: typeof here): Promise<unknown> => {
      const { time, ...rest } = JSON.parse((await run('top', '--once', '--json', '--window', '60')).stdout) as {
        time: string;
      };
      expect(time).toMatch(/Z$/);
      return rest;
    };
    expect(await rates(there)).toEqual(await rates(here));
    expect(await rates(there)).toMatchObject({ total: { usd_per_hour: '0.5', mean_duration_ms: 12.345 } });
    expect((await there('top', '--once', '--provider', 'cohere')).stdout).toContain('No calls.');
  });

  test('export writes a SQLite file that is whole, or none', async () => {
    expect(await there('export', '--format', 'sqlite', '--out', 'there.db')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'The calls are in there.db\n',
    });
    await here('export', '--format', 'sqlite', '--out', 'here.db');
    const rows = (name: string): unknown => {
      const file = new DatabaseSync(path.join(folder, name), { readOnly: true });
      const found = ['token_usage', 'daily_summary'].map((table) => file.prepare(`SELECT * FROM ${table}`).all());
      file.close();
      return found;
    };
    expect(rows('there.db')).toEqual(rows('here.db'));
    expect((await there('export', '--format', 'csv', '--out', 'there.db')).stderr).toContain('is there already');
    const refusal = await there('export', '--format', 'csv', '--days', '3', '--from', '2026-01-01', '--out', 'no.csv');
    expect(refusal.stderr).toContain('either days, or from and to');
    expect(await readdir(folder)).toEqual(['here.db', 'there.db']);
    await Promise.all(['here.db', 'there.db'].map((name) => rm(path.join(folder, name))));
  });

  test('import is a dry run first, then writes each call once', async () => {
    const file = path.join(folder, 'bill.csv');
    const lines = Array.from(
      { length: 450 },
      (_, index) =>
        `2026-01-02T03:04:${String(index % 60).padStart(2, '0')}Z,gpt-4o-mini,${index + 1},7,0.00${index + 1},bob`,
    );
    await writeFile(file, ['time,model,input_tokens,output_tokens,cost_usd,user', ...lines].join('\n'));
    const report = async (run: typeof here, ...words: string[]): Promise<unknown> =>
      JSON.parse((await run('import', 'csv', file, '--application', 'bill', '--json', ...words)).stdout);
    expect(await report(there)).toEqual(await report(here));
    expect(await report(there)).toMatchObject({ applied: false, imported: 450, alreadyThere: 0 });
    expect(await report(there, '--apply')).toMatchObject({ applied: true, imported: 450, alreadyThere: 0 });
    expect(await report(here, '--apply')).toMatchObject({ imported: 0, alreadyThere: 450 });
    const { rows } = await own.ledger.pool.query(
      `SELECT count(*)::int AS calls, sum(input_tokens)::int AS input, min(source) AS source, min(cost_source) AS cost
       FROM wiretally_calls WHERE service_name = 'bill' AND user_id = 'bob'`,
    );
    expect(rows).toEqual([{ calls: 450, input: (450 * 451) / 2, source: 'import', cost: 'provider' }]);
    await rm(file);
  });
});

describe('every command', () => {
  /** Those that need no ledger. */
  const WITHOUT = new Set(['prices', 'estimate', 'completion']);
  /** Those that need the database itself, and say so. */
  const LOCAL = ['up', 'run', 'reprice', 'forget', 'backup', 'restore', 'chat'];

  test('asks a ledger by --url, or says what to do instead', async () => {
    const remote: string[] = [];
    const local: string[] = [];
    for (const command of createProgram().commands) {
      if (WITHOUT.has(command.name())) continue;
      const url = command.options.find(({ long }) => long === '--url');
      expect(url, command.name()).toBeDefined();
      (url?.hidden === true ? local : remote).push(command.name());
    }
    expect(local.toSorted()).toEqual(LOCAL.toSorted());
    const compared = new Set([...ASKED.map(([name]) => name), 'report', 'doctor', 'top', 'import']);
    expect(remote.filter((name) => !compared.has(name))).toEqual([]);
    for (const name of local) {
      const { code, stderr, stdout } = await runCli([name, '--url', listener.url]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/--database|--data/);
      expect(stderr).toContain(`See: wiretally ${name} --help`);
    }
    const repair = await there('audit', '--repair');
    expect(repair).toMatchObject({ code: 2, stdout: '' });
    expect(repair.stderr).toContain('give --database instead of --url');
  });

  test('has a help with an example, and the exit codes are told', async () => {
    for (const command of createProgram().commands) {
      const { code, stdout } = await runCli([command.name(), '--help']);
      expect(code).toBe(0);
      if (command.name() !== 'completion') expect(stdout, command.name()).toMatch(/Examples?:\n/);
      expect(stdout).toContain(`wiretally ${command.name()}`);
    }
    expect((await runCli(['--help'])).stdout).toContain('Exit codes: 0 done, 1 failed, 2 wrong command line');
  });

  test('that shows something has --json', () => {
    // They write what another flag or their name says, or run until they are stopped.
    const others = new Set(['up', 'run', 'chat', 'export', 'completion', 'backup', 'restore']);
    for (const command of createProgram().commands) {
      const json = command.options.some(({ long }) => long === '--json');
      expect(json || others.has(command.name()), command.name()).toBe(true);
    }
  });
});
