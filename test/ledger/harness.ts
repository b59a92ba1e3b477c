/** One real PostgreSQL a test file, a database a test: cloned from a migrated template, so that it is cheap. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbedded } from '../../src/ledger/embedded/supervisor.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import type { Ledger, LedgerOptions } from '../../src/ledger/ledger.ts';
import { silentLogger } from '../../src/ledger/logger.ts';

/** Crash safety of the disk is PostgreSQL's own business; processes that die need no fsync. */
export const QUICK_SETTINGS = { fsync: 'off', max_connections: '60' };

export interface TestServer {
  /** A database of its own with the current schema. */
  newDatabase(): Promise<string>;
  emptyDatabase(): Promise<string>;
  /** A ledger on a new database, or on that of `options.databaseUrl`; closed with the server. */
  open(options?: LedgerOptions): Promise<Ledger>;
  close(): Promise<void>;
}

export async function startTestServer(): Promise<TestServer> {
  const { dataDir, remove } = await temporaryFolder();
  const server = await startEmbedded({ dataDir, logger: silentLogger, settings: QUICK_SETTINGS });
  const { host, port, user } = server.connection();
  const urlOf = (database: string): string =>
    `postgresql:///${database}?host=${encodeURIComponent(host ?? '')}&port=${port}&user=${String(user)}`;
  const admin = new Client({ ...server.connection(), database: 'postgres' });
  await admin.connect();
  const opened: Ledger[] = [];
  let databases = 0;
  let template: Promise<void> | null = null;

  const create = async (source: string): Promise<string> => {
    databases += 1;
    await admin.query(`create database test_${databases} template ${source} encoding 'UTF8'`);
    return urlOf(`test_${databases}`);
  };
  const makeTemplate = async (): Promise<void> => {
    await admin.query(`create database migrated template template0 encoding 'UTF8'`);
    await (await openLedger({ databaseUrl: urlOf('migrated') })).close();
  };
  const newDatabase = async (): Promise<string> => {
    template ??= makeTemplate();
    await template;
    return create('migrated');
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
      await admin.end();
      await server.close();
      await remove();
    },
  };
}

/** A data folder that is not there yet, and how to remove it. */
export async function temporaryFolder(): Promise<{ dataDir: string; remove: () => Promise<void> }> {
  const parent = await mkdtemp(join(tmpdir(), 'wiretally-test-'));
  // As root, the server runs as another user, who has to get there.
  await chmod(parent, 0o711);
  return { dataDir: join(parent, 'data'), remove: () => rm(parent, { recursive: true, force: true }) };
}
