/** Finds out what a source is: a PostgreSQL, or a file of one of three kinds. */
import { open } from 'node:fs/promises';
import { errorMessage } from '../../ledger-error.ts';
import { openCsv } from './csv-source.ts';
import { openJson } from './json-source.ts';
import { openPostgres } from './postgres-source.ts';
import { SourceError } from './source.ts';
import type { Source } from './source.ts';
import { openSqlite } from './sqlite-source.ts';

export interface SourceOptions {
  readonly file: string | undefined;
  /** URL of a PostgreSQL. */
  readonly database: string | undefined;
  /** Null: what is imported is in no table. */
  readonly table: string | null;
  readonly delimiter: string | null;
  /** The columns that are wanted. */
  readonly columns: readonly string[];
}

/** @throws SourceError with what to give instead */
export async function openSource(options: SourceOptions): Promise<Source> {
  const { file, database, table, columns, delimiter } = options;
  if ((file === undefined) === (database === undefined)) {
    throw new SourceError('Give a file, or --from-database with the URL of a PostgreSQL.');
  }
  if (database !== undefined) {
    if (table === null) throw new SourceError('A CSV file is no table of a database: give the file.');
    return openPostgres(database, table, columns);
  }
  if (file === undefined) throw new SourceError('No file was given.');
  const head = await firstBytes(file);
  if (head.startsWith('SQLite format 3\0')) {
    if (table === null) throw new SourceError(`${file} is a SQLite file, not CSV.`);
    return openSqlite(file, table, columns);
  }
  return /^(?:\uFEFF)?\s*[[{]/.test(head) ? openJson(file, columns) : openCsv(file, delimiter);
}

async function firstBytes(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new SourceError(`${path} cannot be read: ${errorMessage(cause)}`, { cause });
  }
}
