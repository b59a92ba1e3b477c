/**
 * A backup is one gzip file of lines. The first line is the header, in JSON. Each table follows as a line of JSON that
 * names it and its columns, its rows in PostgreSQL's COPY text format, and a line `\.`. The last line counts the rows:
 * a file without it was cut.
 */
import type { Readable } from 'node:stream';
import { LedgerError } from '../../ledger-error.ts';

export interface BackupHeader {
  readonly wiretally: 'backup';
  readonly format: 1;
  /** ISO 8601. */
  readonly at: string;
  /** Versions of the migrations that made the tables. */
  readonly migrations: readonly number[];
  /** Days with a partition, YYYY-MM-DD. */
  readonly days: readonly string[];
}

export interface BackupTable {
  readonly table: string;
  readonly columns: readonly string[];
}

export interface BackupEnd {
  /** By table. */
  readonly rows: Readonly<Record<string, number>>;
}

export const END_OF_ROWS = '\\.';
const NEWLINE = 10;

export const line = (value: BackupHeader | BackupTable | BackupEnd): string => `${JSON.stringify(value)}\n`;

/** Lines without their newline. Not readline(): that ends lines at characters that COPY leaves as they are. */
export async function* linesOf(stream: Readable): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      const piece = chunk.subarray(from, end);
      yield rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      rest = Buffer.alloc(0);
      from = end + 1;
    }
    if (from < chunk.length) rest = Buffer.concat([rest, chunk.subarray(from)]);
  }
  if (rest.length > 0) yield rest;
}

/** @throws LedgerError `backup` where the line is not of that kind */
export function parseLine(text: Buffer | undefined, key: 'wiretally' | 'table' | 'rows'): Record<string, unknown> {
  try {
    const value = JSON.parse(text?.toString('utf8') ?? '') as unknown;
    if (typeof value === 'object' && value !== null && key in value) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw notABackup();
}

export function notABackup(cause?: unknown): LedgerError {
  return new LedgerError('backup', 'The file is no complete backup of a ledger: it was cut, changed, or is another.', {
    cause,
  });
}
