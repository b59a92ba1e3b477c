/** What each command says to a command line that is wrong: what is wrong and what would be right, and 2. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProgram } from '../../src/ledger/cli/program.ts';
import { runCli } from '../report/cli.fixture.ts';
import { call, openTestLedger } from '../report/ledger.fixture.ts';
import type { TestLedger } from '../report/ledger.fixture.ts';

let own: TestLedger;
let folder: string;
beforeAll(async () => {
  own = await openTestLedger();
  await own.send([call({ at: new Date() })]);
  folder = await mkdtemp(path.join(tmpdir(), 'wiretally-words-'));
  await writeFile(path.join(folder, 'note.txt'), 'no backup, no database, no bill\n');
});
afterAll(async () => {
  await own.close();
  await rm(folder, { recursive: true });
});

const PERIOD = ['--from', '2026-10-01', '--to', '2026-10-31', '--with-from', '2026-09-01'];

/** Found out before a ledger is opened. A command without a row here, or below, fails a test. */
const WRONG: readonly (readonly [words: readonly string[], message: RegExp])[] = [
  [[], /Usage: wiretally/],
  [['reprot'], /unknown command 'reprot'.*report/s],
  [['report', 'weekly'], /too many arguments/],
  [['report', '--day', '7'], /unknown option '--day'.*--days/s],
  [['report', '--days', '0'], /whole number of days from 1/],
  [['report', '--days', 'week'], /whole number of days/],
  [['report', '--language', 'de'], /Allowed choices are en, fa, ar/],
  [['report', '--format', 'pdf'], /Allowed choices are/],
  [['report', '--json', '--format', 'csv'], /cannot be used with/],
  [['report', '--database', 'postgres://x', '--data', 'y'], /cannot be used with/],
  [['report', '--url', 'http://localhost:4319', '--data', 'y'], /cannot be used with/],
  [['providers', '--format', 'text'], /Allowed choices are table, markdown/],
  [['models', '--days', '1.5'], /whole number of days/],
  [['services', '--provider'], /argument missing/],
  [['users', '--tag', 'team'], /unknown option '--tag'/],
  [['applications', '--days', '99999'], /whole number of days/],
  [['tags', '--tag', 'a b'], /letters, digits/],
  [['daily', '--language', 'english'], /Allowed choices are en, fa, ar/],
  [['sessions', '--limit', '0'], /whole number from 1/],
  [['sessions', '--url', 'localhost'], /--url: "localhost" is not a URL/],
  [['session'], /missing required argument 'id'/],
  [['prices'], /missing required argument 'model'/],
  [['estimate', 'gpt-4o-mini', '--input', 'many'], /number from 0/],
  [['explain'], /missing required argument 'record'/],
  [['reprice', '--from', 'yesterday'], /date such as/],
  [['run'], /missing required argument 'command'/],
  [['doctor', '--url', 'ledger'], /is not a URL/],
  [['audit', '--url', 'http://localhost:4319', '--repair'], /--database instead of --url/],
  [['forget'], /--user ID or --session ID/],
  [['forget', '--user', 'a', '--session', 'b'], /either --user ID or --session ID/],
  [['backup'], /missing required argument 'file'/],
  [['restore'], /missing required argument 'file'/],
  [['export'], /required option '--format <name>' not specified/],
  [['export', '--format', 'xml'], /Allowed choices are csv, json, ndjson, sqlite/],
  [['import', 'excel'], /Allowed choices are token-usage/],
  [['import', 'csv'], /a file|FILE|file/],
  [['import', 'csv', 'none.csv', '--time-zone', 'Mars'], /IANA name such as Asia\/Tehran/],
  [['import', 'csv', 'none.csv'], /none\.csv/],
  [['import', 'token-usage', 'note.txt'], /note\.txt/],
  [['import', 'csv', 'note.txt'], /note\.txt/],
  [['chat'], /TELEGRAM_BOT_TOKEN is not set/],
  [['top', '--interval', '0'], /number from 0\.2 to 3600/],
  [['top', '--window', 'day'], /number from 1 to 1440/],
  [['compare'], /required option '--from <time>' not specified/],
  [['compare', ...PERIOD, '--with-to', 'soon'], /date such as/],
  [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
  [['up', '--port', 'http'], /WIRETALLY_PORT is "http"/],
  [['up', '--host', '0.0.0.0'], /WIRETALLY_TOKEN/],
];

/** Found out by asking: the command line is right, what it names is not there. These end with 1. */
const NOT_THERE: readonly (readonly [words: readonly string[], message: RegExp])[] = [
  [['session', 'nobody'], /There is no session nobody\. "wiretally sessions" lists them/],
  [['explain', '019aab00-0000-7000-8000-000000000001'], /There is no call 019aab00/],
  [['explain', '17'], /There is no call 17/],
  [['restore', 'note.txt'], /no complete backup of a ledger/],
  [['export', '--format', 'csv', '--out', 'note.txt'], /is there already\. Give --force/],
  [['backup', 'note.txt'], /note\.txt/],
];

describe('a wrong command line', () => {
  test.each(WRONG)('wiretally %j ends with 2 and says what is wrong, without a stack', async (words, message) => {
    const { code, stdout, stderr } = await runCli(words, {}, folder);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toMatch(/^\s+at .*:\d+/m);
  });

  test('each command has its row', () => {
    const told = new Set(WRONG.map(([[name]]) => name));
    const missing = createProgram()
      .commands.map((command) => command.name())
      .filter((name) => !told.has(name));
    expect(missing).toEqual([]);
  });

  test('a period that contradicts itself is refused', async () => {
    for (const words of [['export', '--format', 'csv'], ['reprice']]) {
      const database = ['--database', own.databaseUrl];
      const both = await runCli([...words, '--days', '3', '--from', '2026-01-01', ...database]);
      expect(both).toMatchObject({ code: 2, stdout: '' });
      expect(both.stderr).toContain('either days, or from and to');
      const back = await runCli([...words, '--from', '2026-02-01', '--to', '2026-01-01', ...database]);
      expect(back).toMatchObject({ code: 2, stdout: '' });
      expect(back.stderr).toContain('must be before');
    }
  });
});

describe('what is not there', () => {
  test.each(NOT_THERE)('wiretally %j ends with 1 and says what to do', async (words, message) => {
    const { code, stdout, stderr } = await runCli([...words, '--database', own.databaseUrl], {}, folder);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).not.toMatch(/^\s+at .*:\d+/m);
  });

  test('a model without a price is named, with its neighbours', async () => {
    for (const words of [
      ['prices', 'gpt-4o-minni'],
      ['estimate', 'gpt-4o-minni', '--input', '1'],
    ]) {
      const { code, stdout, stderr } = await runCli(words);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/No price is known for gpt-4o-minni\. Did you mean .*gpt-4o-mini/);
    }
  });

  test('a database and a ledger that do not answer are one line', async () => {
    for (const words of [
      ['--database', 'postgres://nobody@127.0.0.1:1/none'],
      ['--url', 'http://127.0.0.1:1'],
    ]) {
      const { code, stdout, stderr } = await runCli(['report', ...words]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^wiretally: /);
      expect(stderr).not.toMatch(/^\s+at .*:\d+/m);
    }
  });
});
