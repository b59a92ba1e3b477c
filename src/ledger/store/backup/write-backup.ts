/** Writes all that a ledger holds into one file, as of one moment, while others write. */
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Pool, PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { LedgerError } from '../../ledger-error.ts';
import { END_OF_ROWS, line } from './format.ts';

export interface BackupResult {
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
}

/** Tables with their columns; partitions are in their table, and the migrations are in the header. */
const TABLES = `select relname as table, array_agg(attname::text order by attnum) as columns
  from pg_class c join pg_attribute a on attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = ''
  where relnamespace = 'wiretally_private'::regnamespace and relkind in ('r', 'p') and not relispartition
    and relname <> 'migrations'
  group by relname order by relname`;

const DAYS = `select to_char(to_date(right(relname, 8), 'YYYYMMDD'), 'YYYY-MM-DD') as day
  from pg_inherits join pg_class c on c.oid = inhrelid
  where inhparent = 'wiretally_private.calls'::regclass and relname ~ '^calls_[0-9]{8}$' order by day`;

/**
 * The file is there when all is in it, and not before.
 * @throws LedgerError `backup` where the file exists
 */
export async function writeBackup(pool: Pool, file: string): Promise<BackupResult> {
  if ((await stat(file).catch(() => null)) !== null) {
    throw new LedgerError('backup', `${file} exists. Name another file, or move that one away.`);
  }
  const partial = `${file}.${process.pid}.partial`;
  const client = await pool.connect();
  const rows: Record<string, number> = {};
  try {
    // It names users: nobody else may read it.
    const out = createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(Readable.from(backupOf(client, rows), { objectMode: false }), createGzip({ level: 4 }), out);
    await rename(partial, file);
    return { rows };
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  } finally {
    await client.query('rollback').catch(() => undefined);
    client.release();
  }
}

/** @param rows gets the rows of each table */
async function* backupOf(client: PoolClient, rows: Record<string, number>): AsyncGenerator<Buffer | string> {
  await client.query('begin isolation level repeatable read, read only');
  // Before the moment is fixed: a day that is dropped is in the backup with all its rows, or with none.
  await client.query('lock table wiretally_private.calls in access share mode');
  const migrations = await client.query<{ version: number }>(
    'select version from wiretally_private.migrations order by version',
  );
  const days = await client.query<{ day: string }>(DAYS);
  yield line({
    wiretally: 'backup',
    format: 1,
    at: new Date().toISOString(),
    migrations: migrations.rows.map(({ version }) => version),
    days: days.rows.map(({ day }) => day),
  });
  const tables = await client.query<{ table: string; columns: string[] }>(TABLES);
  for (const { table, columns } of tables.rows) {
    yield line({ table, columns });
    const stream = client.query(
      copyTo(`copy (select ${columns.join(', ')} from wiretally_private.${table}) to stdout`),
    );
    for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
    rows[table] = stream.rowCount;
    yield `${END_OF_ROWS}\n`;
  }
  yield line({ rows });
}
