/** A table of a SQLite file. */
import { access, constants } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import { errorMessage } from '../../ledger-error.ts';
import { asText, SourceError } from './source.ts';
import type { Source, SourceRow } from './source.ts';

/** @throws SourceError where the file or the table is not there. */
export async function openSqlite(path: string, table: string, wanted: readonly string[]): Promise<Source> {
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw new SourceError(`${path} cannot be read: ${errorMessage(cause)}`, { cause });
  });
  // Loaded where it is used: Node 22 warns of it once, and only whoever wants SQLite should read that.
  const sqlite = await import('node:sqlite');
  const file = new sqlite.DatabaseSync(path, { readOnly: true });
  try {
    const columns = columnsOf(file, path, table);
    const found = wanted.filter((name) => columns.includes(name));
    return {
      description: `${path}, table ${table}`,
      columns,
      // eslint-disable-next-line typescript/require-await -- SQLite is read at once, other sources are not
      async *rows() {
        if (found.length === 0) return;
        const select = file.prepare(`SELECT ${found.map(quoted).join(', ')} FROM ${quoted(table)}`);
        // A count beyond 2^53 keeps its digits.
        select.setReadBigInts(true);
        let row = 0;
        for (const values of select.iterate()) {
          row += 1;
          yield { place: `row ${row}`, fields: texts(values) } satisfies SourceRow;
        }
      },
      close: () => Promise.resolve(file.close()),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const texts = (values: Record<string, unknown>): Record<string, string | null> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asText(value)]));

function columnsOf(file: DatabaseSync, path: string, table: string): string[] {
  try {
    const columns = file.prepare('SELECT name FROM pragma_table_info(?)').all(table);
    if (columns.length > 0) return columns.map(({ name }) => String(name));
  } catch (cause) {
    throw new SourceError(`${path} is not a SQLite database: ${errorMessage(cause)}`, { cause });
  }
  const tables = file.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  const names = tables.map(({ name }) => String(name)).join(', ');
  throw new SourceError(
    `${path} has no table ${table}. It has: ${names === '' ? 'none' : names}. Name it with --table.`,
  );
}
