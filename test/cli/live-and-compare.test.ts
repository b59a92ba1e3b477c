/** `top`, `compare` and `completion` as people and scripts use them. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRates, renderRates } from '../../src/ledger/cli/top-rates.ts';
import { sumsOfLedger } from '../../src/ledger/cli/usage-sums.ts';
import { runCli, startCli, until } from '../report/cli.fixture.ts';
import { call, openTestLedger, refused } from '../report/ledger.fixture.ts';
import type { TestLedger } from '../report/ledger.fixture.ts';

const NOW = new Date('2026-06-22T10:41:00Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);

let own: TestLedger;
beforeAll(async () => {
  own = await openTestLedger();
  await own.send([
    call({ at: ago(10), costUsd: '0.001', tokens: { input: 1200, output: 30 }, durationMs: 100 }),
    call({ at: ago(20), costUsd: '0.002', tokens: { input: 300, output: 30 }, durationMs: 300 }),
    refused({ at: ago(30) }),
    call({ at: ago(40), provider: 'gcp.gemini', requestModel: 'gemini-2.5-pro', costUsd: '0.5' }),
    // Outside of the last minute.
    call({ at: ago(61), costUsd: '100' }),
    call({ at: new Date('2026-10-10T00:00:00Z'), costUsd: '50', tokens: { input: 1000, output: 0 } }),
    ...[1, 2, 3].map((hour) => call({ at: new Date(Date.now() - hour * 1000), costUsd: '0.1' })),
  ]);
});
afterAll(() => own.close());
const data = (): string[] => ['--database', own.databaseUrl];

describe('wiretally top', () => {
  test('rates are those of the last minute: calls, tokens, dollars an hour', async () => {
    const snapshot = await readRates(sumsOfLedger(own.ledger), NOW, 1);
    expect(renderRates(snapshot, 'UTC', { width: Infinity, colour: false })).toEqual([
      'wiretally top – 2026-06-22 10:41:00 (UTC), the last minute',
      'Provider  Model           Calls/min  Failed  Input/min  Output/min       $/h  No cost  Mean time',
      '────────────────────────────────────────────────────────────────────────────────────────────────',
      'gemini    gemini-2.5-pro        1.0                100        20.0  $30.0000            1,000 ms',
      'openai    gpt-4o-mini           3.0       1      1,500        60.0   $0.1800        1     467 ms',
      '────────────────────────────────────────────────────────────────────────────────────────────────',
      'Total                           4.0       1      1,600        80.0  $30.1800        1     600 ms',
    ]);
    const two = await readRates(sumsOfLedger(own.ledger, { provider: 'openai' }), NOW, 2);
    expect(two.total).toMatchObject({ callsPerMinute: 2, usdPerHour: '3000.09' });
  });

  test('--once says it once, as a table or as JSON', async () => {
    const { code, stdout } = await runCli(['top', '--once', '--window', '1440', ...data()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^wiretally top – .*\n.*Calls\/min/);
    const json = JSON.parse((await runCli(['top', '--once', '--json', '--window', '60', ...data()])).stdout) as {
      total: { usd_per_hour: string };
    };
    expect(json.total.usd_per_hour).toBe('0.3');
  });

  test('in a pipe it goes on in plain lines until a signal, and ends with 0', async () => {
    const started = startCli(['top', '--interval', '0.2', '--window', '60', ...data()]);
    await until(started, () => (started.output().split('wiretally top').length > 3 ? true : null));
    started.child.kill('SIGINT');
    const { code, stdout, stderr } = await started.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('\u001B');
  });

  test.each([
    [['--interval', '0'], /number from 0\.2 to 3600/],
    [['--window', 'day'], /number from 1 to 1440/],
  ])('top %j is refused', async (words, message) => {
    const ended = await runCli(['top', ...words]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(message);
  });
});

describe('wiretally compare', () => {
  const PERIODS = [
    '--from',
    '2026-06-22',
    '--to',
    '2026-06-22',
    '--with-from',
    '2026-10-01',
    '--with-to',
    '2026-10-31',
  ];

  test('shows two periods, what changed and by how much', async () => {
    const { code, stdout } = await runCli(['compare', ...PERIODS, '--model', 'gpt-4o-mini', ...data()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Period {2}2026-06-22 00:00:00 – 2026-06-23 00:00:00 \(UTC\)\nWith {4}2026-10-01/);
    expect(stdout).toMatch(/^Calls +4 +1 +\+3 +\+300\.00%$/m);
    expect(stdout).toMatch(/^Cost +\$100\.0030 +\$50\.0000 +\+\$50\.0030 +\+100\.01%$/m);
  });

  test('as JSON and CSV, money is exact; of nothing no part is known', async () => {
    const json = JSON.parse((await runCli(['compare', ...PERIODS, '--json', ...data()])).stdout) as Record<
      string,
      unknown
    >;
    expect(json).toMatchObject({
      period: { requests: 5, cost_usd: '100.503', from: '2026-06-22T00:00:00.000Z' },
      with: { requests: 1, cost_usd: '50' },
      change: { cost_usd: { absolute: '50.503', percent: 101.01 }, failed: { absolute: 1, percent: null } },
    });
    const csv = await runCli(['compare', ...PERIODS, '--provider', 'cohere', '--format', 'csv', ...data()]);
    expect(csv.stdout.split('\r\n')).toContain('cost_usd,0,0,0,');
  });

  test.each([
    [PERIODS.slice(2), /required option '--from <time>' not specified/],
    [[...PERIODS.slice(0, 6), '--with-to', 'soon'], /must be a date such as/],
    [['--from', '2026-06-22', '--to', '2026-06-01', ...PERIODS.slice(4)], /must be before/],
  ])('compare %j is refused', async (words, message) => {
    const ended = await runCli(['compare', ...words, ...data()]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(message);
  });
});

describe('wiretally completion', () => {
  test('bash completes commands, flags and choices', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'wiretally-completion-'));
    const script = path.join(folder, 'completion.bash');
    await writeFile(script, (await runCli(['completion', 'bash'])).stdout);
    const complete = async (...words: string[]): Promise<string[]> => {
      const list = ['wiretally', ...words].map((word) => `'${word}'`).join(' ');
      const { stdout } = await promisify(execFile)('bash', [
        '-c',
        `source '${script}'; COMP_WORDS=(${list}); COMP_CWORD=${words.length}; _wiretally; printf '%s\\n' "\${COMPREPLY[@]}"`,
      ]);
      return stdout.trim().split('\n');
    };
    expect(await complete('ex')).toEqual(['explain', 'export']);
    expect(await complete('export', '--f')).toEqual(expect.arrayContaining(['--format', '--force', '--from']));
    expect(await complete('export', '--format', 's')).toEqual(['sqlite']);
    expect(await complete('import', 'lite')).toEqual(['litellm']);
    expect(await complete('report', '--language', '')).toEqual(['en', 'fa', 'ar']);
    expect(await complete('completion', '')).toContain('fish');
    await rm(folder, { recursive: true });
  });

  test.each(['zsh', 'fish'])('%s knows every command and its flags', async (shell) => {
    const { code, stdout } = await runCli(['completion', shell]);
    expect(code).toBe(0);
    const help = (await runCli(['--help'])).stdout;
    const names = [...help.matchAll(/^ {2}([a-z]+) (?:\[|<| {2})/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(15);
    for (const name of names.filter((each) => each !== 'help')) expect(stdout).toContain(name);
    expect(stdout).toMatch(/table text markdown json csv html/);
  });

  test('another shell is refused', async () => {
    const ended = await runCli(['completion', 'tcsh']);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('Allowed choices are bash, zsh, fish');
  });
});
