/** `wiretally backup` and `restore`: what comes back is what went, and half a file is none. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openLedger } from '../../src/ledger/ledger.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { silentLogger } from '../../src/ledger/logger.ts';
import { restoreLedger } from '../../src/ledger/restore-ledger.ts';
import { writeBackup } from '../../src/ledger/store/backup/write-backup.ts';
import { migrate, readMigrations } from '../../src/ledger/store/migrate.ts';
import { createPool } from '../../src/ledger/store/pool.ts';
import { runCli } from '../report/cli.fixture.ts';
import { QUICK_SETTINGS, startTestServer, temporaryFolder } from './harness.ts';
import type { TestServer } from './harness.ts';
import { failedRecord, NOON, parsed, usageRecord } from './usage-record.ts';

let server: TestServer;
let folder: string;
let made = 0;
let file: string;
beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'wiretally-backup-'));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  made += 1;
  file = join(folder, `${made}.gz`);
});

const DAY_MICROS = 86_400_000_000;
async function filled(ledger: Ledger, count = 60): Promise<void> {
  const records = Array.from({ length: count }, (_, index) =>
    (index % 5 === 0 ? failedRecord : usageRecord)({
      timeUnixMicros: NOON - (index % 3) * DAY_MICROS + index,
      requestModel: `a\tb\\c\n\u2028"${index % 4}\r`,
      userId: index % 2 === 0 ? '\\.' : 'آدا',
      sessionId: index % 7 === 0 ? `session ${index}` : null,
      tags: { team: 'search' },
    }),
  );
  await ledger.ingestLogs(parsed(...records, usageRecord({ timeUnixMicros: NOON - 900 * DAY_MICROS })));
  await ledger.ingestLogs(parsed(usageRecord({ id: 'no uuid' })));
  await ledger.pool.query("insert into wiretally_private.budgets values ('all', 'day', 12.50)");
  await ledger.pool.query(
    "insert into wiretally_private.sessions values ('session 7', '2026-11-20'), ('empty', '2026-11-20')",
  );
  await ledger.count();
}

/** Every row of every table, but for the migrations' times. */
async function contents(databaseUrl: string): Promise<unknown> {
  const pool = createPool({ connectionString: databaseUrl });
  const { rows } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'wiretally_private'::regnamespace
       and relkind in ('r', 'p') and not relispartition and relname <> 'migrations' order by 1`,
  );
  const all: Record<string, unknown> = {};
  for (const { name } of rows) {
    const found = await pool.query<{ text: string }>(
      `select t::text as text from wiretally_private.${name} t order by 1`,
    );
    all[name] = found.rows.map(({ text }) => text);
  }
  await pool.end();
  return all;
}

describe('a restored backup', () => {
  it('is the ledger that was saved, row by row, in a database that had none', async () => {
    const from = await server.newDatabase();
    const ledger = await server.open({ databaseUrl: from });
    await filled(ledger);
    const { rows } = await writeBackup(ledger.pool, file);
    expect(rows).toMatchObject({ calls: 61, dead_letters: 1, budgets: 1 });
    const to = await server.emptyDatabase();
    const restored = await restoreLedger(file, { databaseUrl: to });
    expect(restored).toMatchObject({ rows, audit: { calls: 61, differences: [] } });
    expect(await contents(to)).toEqual(await contents(from));
    // The partitions are there, too: only the one of years ago stands apart.
    const again = await server.open({ databaseUrl: to });
    const apart = await again.pool.query('select count(*)::int as n from wiretally_private.calls_default');
    expect(apart.rows).toEqual([{ n: 1 }]);
  });

  it('goes into a ledger that is empty, and into no other', async () => {
    const ledger = await server.open();
    await filled(ledger);
    await writeBackup(ledger.pool, file);
    const empty = await server.newDatabase();
    await restoreLedger(file, { databaseUrl: empty });
    const before = await contents(empty);
    await expect(restoreLedger(file, { databaseUrl: empty })).rejects.toMatchObject({
      code: 'backup',
      message: expect.stringMatching(/not empty .*--data/) as unknown,
    });
    expect(await contents(empty)).toEqual(before);
  });

  it('is brought up to date when it is of an older version', async () => {
    const from = await server.emptyDatabase();
    const pool = createPool({ connectionString: from });
    const migrations = await readMigrations();
    await migrate(
      pool,
      silentLogger,
      migrations.filter(({ version }) => version <= 8),
    );
    await pool.query("insert into token_usage (model, input_tokens) values ('gpt-4o', 1)");
    await writeBackup(pool, file);
    await pool.end();
    expect(await restoreLedger(file, { databaseUrl: await server.emptyDatabase() })).toMatchObject({
      audit: { calls: 1, differences: [] },
    });
    await expect(restoreLedger(file, { databaseUrl: await server.newDatabase() })).rejects.toThrow(/another version/);
  });

  it('keeps which days were dropped', async () => {
    const now = NOON / 1000;
    const ledger = await server.open({ now: () => now, retentionDays: 1 });
    await filled(ledger);
    await ledger.applyRetention();
    await writeBackup(ledger.pool, file);
    const databaseUrl = await server.emptyDatabase();
    const restored = await restoreLedger(file, { databaseUrl });
    expect(restored.audit).toMatchObject({ calls: 40, detailsFrom: '2026-11-19T00:00:00.000Z', differences: [] });
    const late = parsed(usageRecord({ timeUnixMicros: NOON - 2 * DAY_MICROS }));
    expect(await (await server.open({ databaseUrl })).ingestLogs(late)).toMatchObject({ rejected: 1 });
  });

  it('is of one moment while sinks write', async () => {
    const ledger = await server.open();
    const writing = { done: false };
    const written = (async () => {
      while (!writing.done) await ledger.ingestLogs(parsed(...Array.from({ length: 50 }, () => usageRecord())));
    })();
    await filled(ledger);
    await writeBackup(ledger.pool, file);
    writing.done = true;
    await written;
    const restored = await restoreLedger(file, { databaseUrl: await server.emptyDatabase() });
    expect(restored.audit.differences).toEqual([]);
    expect(restored.audit.calls).toBe(restored.rows['calls']);
  });
});

describe('a backup file', () => {
  it('is for its owner alone, never written over, and not there when it fails', async () => {
    const ledger = await server.open();
    await writeBackup(ledger.pool, file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(writeBackup(ledger.pool, file)).rejects.toThrow(/exists/);
    await ledger.pool.query('drop table wiretally_private.budgets');
    await ledger.pool.query('create table wiretally_private.budgets (a int, b int)');
    await ledger.pool.query('alter table wiretally_private.sessions rename to "Broken"');
    await expect(writeBackup(ledger.pool, `${file}.2`)).rejects.toThrow(/broken/);
    expect((await readdir(folder)).filter((name) => name.startsWith(`${made}.`))).toEqual([`${made}.gz`]);
  });

  it('that was cut or changed restores nothing', async () => {
    const ledger = await server.open();
    await filled(ledger);
    await writeBackup(ledger.pool, file);
    const whole = await readFile(file);
    const text = gunzipSync(whole);
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 6]! ^= 1;
    const rowLess = text.toString('utf8').replace(/(\n\{"table":"calls"[^\n]*\n)[^\n]*\n/, '$1');
    const wrong: [string, Buffer][] = [
      ['cut', whole.subarray(0, whole.length - 20)],
      ['cut within a table', gzipSync(text.subarray(0, text.length / 2))],
      ['without its end', gzipSync(text.subarray(0, text.lastIndexOf(10, text.length - 2) + 1))],
      ['with another checksum', flipped],
      ['with a row less', gzipSync(rowLess)],
      ['no backup', gzipSync('hello\n')],
      ['empty', Buffer.alloc(0)],
      ['not gzip', Buffer.from('hello')],
    ];
    const databaseUrl = await server.newDatabase();
    const before = await contents(databaseUrl);
    for (const [name, bytes] of wrong) {
      await writeFile(file, bytes);
      await expect(restoreLedger(file, { databaseUrl }), name).rejects.toMatchObject({ code: 'backup' });
      expect(await contents(databaseUrl), name).toEqual(before);
    }
    await expect(restoreLedger(`${file}.none`, { databaseUrl })).rejects.toThrow(/no file/);
    await writeFile(file, whole);
    expect((await restoreLedger(file, { databaseUrl })).audit.calls).toBe(61);
  });
});

describe('wiretally backup and restore', () => {
  it('move an embedded ledger into another folder', async () => {
    const [from, to] = [await temporaryFolder(), await temporaryFolder()];
    const ledger = await openLedger({ dataDir: from.dataDir, serverSettings: QUICK_SETTINGS });
    try {
      await filled(ledger);
      // While it runs.
      const saved = await runCli(['backup', file, '--data', from.dataDir]);
      await ledger.close();
      expect(saved).toMatchObject({ code: 0, stderr: '' });
      expect(saved.stdout).toContain(`calls: 61`);
      const restored = await runCli(['restore', file, '--data', to.dataDir]);
      expect(restored).toMatchObject({ code: 0, stderr: '' });
      expect(restored.stdout).toContain('restored; totals that differ from their calls: 0\n');
      const again = await runCli(['restore', file, '--data', to.dataDir]);
      expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('not empty') as unknown });
    } finally {
      await ledger.close();
      await from.remove();
      await to.remove();
    }
  });
});
