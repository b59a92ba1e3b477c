/** The database within the server, and whether it answers. */
import type { ClientConfig, Pool } from 'pg';
import { Client } from 'pg';
import { errorCode, errorMessage, LedgerError } from '../ledger-error.ts';

export const DATABASE = 'wiretally';
const DUPLICATE_DATABASE = '42P04';
const MIN_VERSION = 140_000;

/** In the embedded server. */
export async function ensureDatabase(connection: ClientConfig): Promise<void> {
  const client = new Client({ ...connection, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE} template template0 encoding 'UTF8'`);
  } catch (error) {
    // Another process was faster; two that do it at once can also meet in the catalogue's unique index.
    if (errorCode(error) !== DUPLICATE_DATABASE && errorCode(error) !== '23505') throw error;
  } finally {
    await client.end();
  }
}

/** @throws LedgerError `unavailable` with what to do */
export async function checkServer(pool: Pool): Promise<void> {
  try {
    const { rows } = await pool.query<{ version: string; encoding: string }>(
      `select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding`,
    );
    const server = rows[0];
    if (server === undefined || Number(server.version) < MIN_VERSION || server.encoding !== 'UTF8') {
      throw new LedgerError(
        'unavailable',
        `The database is of version ${server?.version} and encoding ${server?.encoding}; it must be PostgreSQL 14 or ` +
          'later with UTF8. Set another DATABASE_URL.',
      );
    }
  } catch (error) {
    if (error instanceof LedgerError) throw error;
    throw new LedgerError(
      'unavailable',
      `The database cannot be used: ${errorMessage(error)}. Check DATABASE_URL and that the server is up, or unset it ` +
        'to use the embedded one.',
      { cause: error },
    );
  }
}

/** For people: what to give `psql`, without a password. */
export function describeConnection(url: string | undefined, connection: ClientConfig | null): string {
  if (connection !== null) {
    return `host=${connection.host ?? ''} port=${connection.port ?? ''} user=${connection.user as string} dbname=${DATABASE}`;
  }
  try {
    const parsed = new URL(url ?? '');
    parsed.password = '';
    return parsed.toString();
  } catch {
    return 'DATABASE_URL';
  }
}
