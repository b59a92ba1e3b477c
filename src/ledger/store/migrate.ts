/**
 * Brings the schema up to date: numbered SQL files, forward only, each in a transaction of its own. Any number of sinks
 * may start at once. Line 1 of a file says whether sinks that do not know it may go on; when not, they refuse to start.
 */
import { readdir, readFile } from 'node:fs/promises';
import type { Pool, PoolClient } from 'pg';
import { LedgerError } from '../ledger-error.ts';
import type { Logger } from '../logger.ts';
import { inTransaction } from './transaction.ts';

const MIGRATIONS_LOCK = 77_003;
const FIRST_LINE = /^-- older sinks may go on: (yes|no)\n/;

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly breaking: boolean;
  readonly sql: string;
}

export async function readMigrations(folder: URL = new URL('./migrations/', import.meta.url)): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8');
      const firstLine = FIRST_LINE.exec(sql);
      if (firstLine === null) {
        throw new Error(`${name} must begin with "-- older sinks may go on: yes" or "… no"`);
      }
      return { version: Number(name.slice(0, 6)), name: name.slice(7, -4), breaking: firstLine[1] === 'no', sql };
    }),
  );
}

/**
 * @returns how many were applied
 * @throws LedgerError `schema-newer`
 */
export async function migrate(pool: Pool, logger: Logger, migrations: readonly Migration[]): Promise<number> {
  await inTransaction(pool, async (client) => {
    await lock(client);
    // Asked first: `if not exists` still wants the right to create.
    const { rows } = await client.query(`select to_regclass('wiretally_private.migrations') is not null as found`);
    if ((rows as { found: boolean }[])[0]?.found === true) return;
    await client.query('create schema if not exists wiretally_private');
    await client.query(`create table wiretally_private.migrations (
      version integer primary key, name text not null, breaking boolean not null,
      applied_at timestamptz not null default now())`);
  });
  await refuseNewer(pool, migrations.at(-1)?.version ?? 0);
  let applied = 0;
  for (const migration of migrations) {
    if (await apply(pool, migration)) {
      applied += 1;
      logger.debug({ version: migration.version, name: migration.name }, 'schema migrated');
    }
  }
  return applied;
}

async function refuseNewer(pool: Pool, newest: number): Promise<void> {
  const { rows } = await pool.query<{ version: number; name: string }>(
    'select version, name from wiretally_private.migrations where breaking and version > $1 limit 1',
    [newest],
  );
  const newer = rows[0];
  if (newer === undefined) return;
  throw new LedgerError(
    'schema-newer',
    `The database has migration ${newer.version} (${newer.name}), which this version does not know and cannot serve. ` +
      'Install the version that made it, or a later one.',
  );
}

async function apply(pool: Pool, migration: Migration): Promise<boolean> {
  const known = await pool.query('select from wiretally_private.migrations where version = $1', [migration.version]);
  if (known.rowCount !== 0) return false;
  return inTransaction(pool, async (client) => {
    await lock(client);
    // The row first: of two sinks that got here, the second finds it.
    const claimed = await client.query(
      `insert into wiretally_private.migrations (version, name, breaking) values ($1, $2, $3)
       on conflict do nothing`,
      [migration.version, migration.name, migration.breaking],
    );
    if (claimed.rowCount === 0) return false;
    await client.query(migration.sql);
    return true;
  });
}

async function lock(client: PoolClient): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [MIGRATIONS_LOCK]);
}
