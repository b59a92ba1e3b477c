/** A database a test, cloned from a migrated template, on the one PostgreSQL of the run: both are cheap. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbedded } from '../../src/ledger/embedded/supervisor.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import type { Ledger, LedgerOptions } from '../../src/ledger/ledger.ts';
import { silentLogger } from '../../src/ledger/logger.ts';

/** Crash safety of the disk is PostgreSQL's own business; processes that die need no fsync. */
export const QUICK_SETTINGS = { fsync: 'off', max_connections: '200' };

const TEMPLATE = 'migrated';
const TEMPLATE_LOCK = 4711;

export interface TestServer {
  /** A database of its own with the current schema. */
  newDatabase(): Promise<string>;
  emptyDatabase(): Promise<string>;
  /** A ledger on a new database, or on that of `options.databaseUrl`; closed with the server. */
  open(options?: LedgerOptions): Promise<Ledger>;
  close(): Promise<void>;
}

export async function startTestServer(): Promise<TestServer> {
  const { dataDir, remove } = await sharedFolder();
  const server = await startEmbedded({ dataDir, logger: silentLogger, settings: QUICK_SETTINGS });
  const { host, port, user } = server.connection();
  const urlOf = (database: string): string =>
    `postgresql:///${database}?host=${encodeURIComponent(host ?? '')}&port=${port}&user=${String(user)}`;
  const admin = new Client({ ...server.connection(), database: 'postgres' });
  await admin.connect();
  const opened: Ledger[] = [];
  const databases: string[] = [];
  let template: Promise<void> | null = null;

  const create = async (source: string): Promise<string> => {
    // Other test files have the same server at the same time.
    const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
    await admin.query(`create database ${name} template ${source} encoding 'UTF8'`);
    databases.push(name);
    return urlOf(name);
  };
  const makeTemplate = async (): Promise<void> => {
    await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [TEMPLATE]);
    if (rowCount === 0) {
      await admin.query(`create database half_migrated template template0 encoding 'UTF8'`);
      await (await openLedger({ databaseUrl: urlOf('half_migrated') })).close();
      await admin.query(`alter database half_migrated rename to ${TEMPLATE}`);
    }
    await admin.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  };
  const newDatabase = async (): Promise<string> => {
    template ??= makeTemplate();
    await template;
    return create(TEMPLATE);
  };
  return {
    newDatabase,
    emptyDatabase: () => create('template0'),
    async open(options = {}) {
      const ledger = await openLedger({ ...options, databaseUrl: options.databaseUrl ?? (await newDatabase()) });
      opened.push(ledger);
      return ledger;
    },
    async close() {
      for (const ledger of opened) await ledger.close();
      for (const name of databases) await admin.query(`drop database ${name} with (force)`);
      await admin.end();
      await server.close();
      await remove();
    },
  };
}

/** That of the run (shared-postgres.ts), or one of this process's own where tests are not run by vitest. */
async function sharedFolder(): Promise<{ dataDir: string; remove: () => Promise<void> }> {
  const dataDir = process.env['WIRETALLY_TEST_POSTGRES'];
  return dataDir === undefined ? temporaryFolder() : { dataDir, remove: async () => {} };
}

/** A data folder that is not there yet, and how to remove it. */
export async function temporaryFolder(): Promise<{ dataDir: string; remove: () => Promise<void> }> {
  const parent = await mkdtemp(join(tmpdir(), 'wiretally-test-'));
  // As root, the server runs as another user, who has to get there.
  await chmod(parent, 0o711);
  return { dataDir: join(parent, 'data'), remove: () => rm(parent, { recursive: true, force: true }) };
}
