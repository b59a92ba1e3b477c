/** A table of somebody's PostgreSQL, read through a cursor in a transaction that can only read. */
import { Client } from 'pg';
import { errorCode, errorMessage } from '../../ledger-error.ts';
import { SourceError } from './source.ts';
import type { Source, SourceRow } from './source.ts';

const PAGE = 1000;

/** @throws SourceError where the server does not answer or the table is not there. */
export async function openPostgres(url: string, table: string, wanted: readonly string[]): Promise<Source> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'wiretally' });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    throw new SourceError(`The database of --from-database cannot be used: ${errorMessage(cause)}.`, { cause });
  }
  try {
    await client.query("SET default_transaction_read_only = on; SET timezone = 'UTC'; SET datestyle = 'ISO'");
    const { columns, relation } = await describe(client, table);
    const found = wanted.filter((name) => columns.includes(name));
    return {
      description: `table ${table} of ${client.database ?? 'the database'}`,
      columns,
      rows: () => readRows(client, relation, found),
      close: () => client.end(),
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function describe(client: Client, table: string): Promise<{ columns: string[]; relation: string }> {
  // Names with capitals (LiteLLM's) are quoted in SQL, and people leave that out.
  for (const name of [table, `"${table.replaceAll('"', '""')}"`]) {
    const { rows } = await client
      .query<{ relation: string; columns: string[] | null }>(
        `SELECT $1::text::regclass::text AS relation,
           (SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute
            WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped) AS columns`,
        [name],
      )
      .catch((error: unknown) => {
        // No such table or schema, or not a name at all.
        if (['42P01', '3F000', '42602', '42601'].includes(errorCode(error) ?? '')) return { rows: [] };
        throw error;
      });
    const [row] = rows;
    if (row !== undefined) return { relation: row.relation, columns: row.columns ?? [] };
  }
  throw new SourceError(`The database has no table ${table}. Name it with --table, as schema.table if need be.`);
}

async function* readRows(client: Client, relation: string, columns: readonly string[]): AsyncGenerator<SourceRow> {
  if (columns.length === 0) return;
  const list = columns.map((name) => {
    const column = `"${name.replaceAll('"', '""')}"`;
    return `${column}::text AS ${column}`;
  });
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.query(`DECLARE imported_rows NO SCROLL CURSOR FOR SELECT ${list.join(', ')} FROM ${relation}`);
  let row = 0;
  for (;;) {
    const { rows } = await client.query<Record<string, string | null>>(`FETCH ${PAGE} FROM imported_rows`);
    for (const fields of rows) {
      row += 1;
      yield { place: `row ${row}`, fields };
    }
    if (rows.length < PAGE) break;
  }
  await client.query('COMMIT');
}
