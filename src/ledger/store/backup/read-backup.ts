/** Fills an empty ledger from a backup, all of it or nothing. */
import { createReadStream } from 'node:fs';
import { finished, pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Pool, PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { errorCode, LedgerError } from '../../ledger-error.ts';
import type { Logger } from '../../logger.ts';
import { migrate, readMigrations } from '../migrate.ts';
import { inTransaction } from '../transaction.ts';
import { END_OF_ROWS, linesOf, notABackup, parseLine } from './format.ts';
import type { BackupHeader } from './format.ts';

export interface RestoreResult {
  /** Rows by table, counted in the database. */
  readonly rows: Readonly<Record<string, number>>;
}

const WITHIN_MS = 24 * 3_600_000;
const CHUNK_BYTES = 262_144;
const NAME = /^[a-z_][a-z0-9_]*$/;
/** What every ledger has from its first start on. */
const SEEDED = ['migrations', 'providers', 'settings'];

/**
 * Makes the schema as it was when the backup was made; opening the ledger then brings it up to date.
 * @throws LedgerError `backup`: the file is not whole, the database is not empty, or of another version
 */
export async function readBackup(pool: Pool, file: string, logger: Logger): Promise<RestoreResult> {
  const source = createReadStream(file);
  const text = createGunzip();
  // Its failure ends `text` with the same error, which whoever reads the lines gets.
  const unpacked = pipeline(source, text).catch((error: unknown) => error);
  const lines = linesOf(text);
  try {
    const header = headerOf((await lines.next()).value as Buffer | undefined);
    await prepareSchema(pool, header, logger);
    return { rows: await inTransaction(pool, (client) => fill(client, lines), WITHIN_MS) };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') throw new LedgerError('backup', `There is no file ${file}.`, { cause: error });
    throw code?.startsWith('Z_') === true ? notABackup(error) : error;
  } finally {
    source.destroy();
    text.destroy();
    await unpacked;
  }
}

function headerOf(text: Buffer | undefined): BackupHeader {
  const header = parseLine(text, 'wiretally') as unknown as BackupHeader;
  if (header.wiretally !== 'backup' || header.format !== 1) throw notABackup();
  return header;
}

async function prepareSchema(pool: Pool, header: BackupHeader, logger: Logger): Promise<void> {
  const wanted = new Set(header.migrations);
  const migrations = (await readMigrations()).filter(({ version }) => wanted.has(version));
  if (migrations.length < wanted.size) {
    throw new LedgerError('backup', 'The backup was made by a later version of wiretally. Install that one first.');
  }
  const { rows } = await pool.query<{ found: boolean }>(
    "select to_regclass('wiretally_private.migrations') is not null as found",
  );
  if (rows[0]?.found === true) await checkTarget(pool, wanted);
  else await migrate(pool, logger, migrations);
  for (const day of header.days) await pool.query('select wiretally_private.ensure_partition($1::date)', [day]);
}

async function checkTarget(pool: Pool, wanted: ReadonlySet<number>): Promise<void> {
  const elsewhere = 'Name a new folder with --data, or a new database with --database.';
  const applied = await pool.query<{ version: number }>('select version from wiretally_private.migrations');
  if (applied.rows.length !== wanted.size || !applied.rows.every(({ version }) => wanted.has(version))) {
    throw new LedgerError('backup', `The ledger there is of another version than the backup. ${elsewhere}`);
  }
  const tables = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'wiretally_private'::regnamespace
       and relkind in ('r', 'p') and not relispartition and relname <> all($1)`,
    [SEEDED],
  );
  for (const { name } of tables.rows) {
    const { rowCount } = await pool.query(`select from wiretally_private.${name} limit 1`);
    if (rowCount !== 0) throw new LedgerError('backup', `The ledger there is not empty (${name}). ${elsewhere}`);
  }
}

async function fill(client: PoolClient, lines: AsyncGenerator<Buffer>): Promise<Record<string, number>> {
  await client.query('delete from wiretally_private.settings');
  await client.query('delete from wiretally_private.providers');
  const restored: Record<string, number> = {};
  for await (const text of lines) {
    if (text.toString('utf8', 0, 8) === '{"rows":') {
      const { rows } = parseLine(text, 'rows') as { rows: Record<string, number> };
      // Reading on to the end lets gzip compare its checksum.
      const { done } = await lines.next();
      if (done !== true || JSON.stringify(rows) !== JSON.stringify(restored)) throw notABackup();
      return restored;
    }
    const { table, columns } = parseLine(text, 'table') as { table: string; columns: string[] };
    if (![table, ...columns].every((name) => NAME.test(name))) throw notABackup();
    await copyRows(client, `copy wiretally_private.${table} (${columns.join(', ')}) from stdin`, lines);
    const { rows } = await client.query<{ n: string }>(`select count(*) as n from wiretally_private.${table}`);
    restored[table] = Number(rows[0]?.n);
  }
  throw notABackup();
}

async function copyRows(client: PoolClient, statement: string, lines: AsyncGenerator<Buffer>): Promise<void> {
  const stream = client.query(copyFrom(statement));
  const done = finished(stream);
  // Heard at the end; a failure before it must not be an unhandled one.
  done.catch(() => undefined);
  const newline = Buffer.from('\n');
  let pieces: Buffer[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (!stream.write(Buffer.concat(pieces))) {
      await Promise.race([new Promise<void>((resolve) => stream.once('drain', resolve)), done]);
    }
    pieces = [];
    bytes = 0;
  };
  try {
    for (;;) {
      const next = await lines.next();
      if (next.done === true) throw notABackup();
      if (next.value.length === 2 && next.value.toString('latin1') === END_OF_ROWS) break;
      pieces.push(next.value, newline);
      bytes += next.value.length + 1;
      if (bytes >= CHUNK_BYTES) await flush();
    }
    await flush();
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
  stream.end();
  await done;
}
