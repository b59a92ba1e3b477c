/** Migrations: forward only, from every older version, any number of sinks at once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLedger } from '../../src/ledger/ledger.ts';
import { silentLogger } from '../../src/ledger/logger.ts';
import { migrate, readMigrations } from '../../src/ledger/store/migrate.ts';
import { createPool } from '../../src/ledger/store/pool.ts';
import { dumpSchema } from './dump-schema.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { parsed, usageRecord } from './usage-record.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('the schema', () => {
  it('is the one that store/schema.sql shows', async () => {
    const ledger = await server.open();
    await expect(await dumpSchema(ledger.pool)).toMatchFileSnapshot('../../src/ledger/store/schema.sql');
  });

  it('is the same whatever version it comes from', async () => {
    const migrations = await readMigrations();
    const wanted = await dumpSchema((await server.open()).pool);
    for (const { version } of migrations) {
      const pool = createPool({ connectionString: await server.emptyDatabase() });
      const older = migrations.filter((migration) => migration.version <= version);
      expect(await migrate(pool, silentLogger, older)).toBe(older.length);
      expect(await migrate(pool, silentLogger, migrations)).toBe(migrations.length - older.length);
      expect(await dumpSchema(pool)).toBe(wanted);
      await pool.end();
    }
  });

  it('is made once by sinks that start at once', async () => {
    const databaseUrl = await server.emptyDatabase();
    const sinks = await Promise.all([1, 2, 3, 4].map(() => openLedger({ databaseUrl })));
    await Promise.all(sinks.map((sink) => sink.ingestLogs(parsed(usageRecord()))));
    expect((await sinks[0]!.audit()).calls).toBe(4);
    const { rows } = await sinks[0]!.pool.query('select count(*)::int as n from wiretally_private.migrations');
    expect(rows).toEqual([{ n: (await readMigrations()).length }]);
    for (const sink of sinks) await sink.close();
  });

  it('needs no superuser: owning the database is enough', async () => {
    const databaseUrl = await server.emptyDatabase();
    const admin = createPool({ connectionString: databaseUrl });
    const { rows } = await admin.query<{ name: string }>('select current_database() as name');
    await admin.query('create role modest login');
    await admin.query(`alter database ${rows[0]!.name} owner to modest`);
    const ledger = await openLedger({ databaseUrl: databaseUrl.replace(/user=\w+/, 'user=modest') });
    await ledger.ingestLogs(parsed(usageRecord()));
    await ledger.pool.query("insert into token_usage (model, input_tokens) values ('gpt-4o', 1)");
    expect((await ledger.pool.query('select distinct current_user, provider from ai_usage_tracking')).rows).toEqual([
      { current_user: 'modest', provider: 'openai' },
    ]);
    expect(await ledger.audit()).toMatchObject({ calls: 2, differences: [] });
    await ledger.close();
    await admin.query(`alter database ${rows[0]!.name} owner to wiretally`);
    await admin.end();
  });

  it('keeps what is stored when the ledger is opened again', async () => {
    const databaseUrl = await server.newDatabase();
    for (let opened = 1; opened < 4; opened += 1) {
      const ledger = await openLedger({ databaseUrl });
      await ledger.ingestLogs(parsed(usageRecord()));
      expect((await ledger.audit()).calls).toBe(opened);
      await ledger.close();
    }
  });

  it('of a later version is served when that says so, and refused in words when it does not', async () => {
    const databaseUrl = await server.newDatabase();
    const pool = createPool({ connectionString: databaseUrl });
    const add = (version: number, breaking: boolean): Promise<unknown> =>
      pool.query('insert into wiretally_private.migrations (version, name, breaking) values ($1, $2, $3)', [
        version,
        'tomorrow',
        breaking,
      ]);
    await add(900_001, false);
    await (await openLedger({ databaseUrl })).close();
    await add(900_002, true);
    await expect(openLedger({ databaseUrl })).rejects.toMatchObject({
      code: 'schema-newer',
      message: expect.stringContaining('900002') as unknown,
    });
    await pool.end();
  });

  it('is not left half-way by a migration that fails', async () => {
    const pool = createPool({ connectionString: await server.emptyDatabase() });
    const [first] = await readMigrations();
    const bad = { version: 2, name: 'bad', breaking: false, sql: 'create table public.half (a int); select 1 / 0;' };
    await expect(migrate(pool, silentLogger, [first!, bad])).rejects.toThrow(/division by zero/);
    const { rows } = await pool.query(
      `select (select max(version) from wiretally_private.migrations) as version, to_regclass('public.half') as half`,
    );
    expect(rows).toEqual([{ version: 1, half: null }]);
    await pool.end();
  });

  it('has numbered migrations that each say whether older sinks may go on', async () => {
    const versions = (await readMigrations()).map(({ version }) => version);
    expect(new Set(versions).size).toBe(versions.length);
    expect(versions.toSorted((a, b) => a - b)).toEqual(versions);
  });
});
