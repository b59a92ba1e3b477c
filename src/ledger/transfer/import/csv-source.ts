/** A CSV file with a head. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { errorMessage } from '../../ledger-error.ts';
import { CsvParser, guessDelimiter } from './csv-parser.ts';
import type { CsvRecord } from './csv-parser.ts';
import { SourceError } from './source.ts';
import type { Source, SourceRow } from './source.ts';

const HEAD_BYTES = 65_536;

/**
 * @param delimiter null: found out from the head
 * @throws SourceError where the file cannot be read or has no head.
 */
export async function openCsv(path: string, delimiter: string | null): Promise<Source> {
  const head = await readHead(path);
  const separator = delimiter ?? guessDelimiter(head);
  const columns = [...new CsvParser(separator).push(`${head}\n`)][0]?.cells.map((name) => name.trim());
  if (columns === undefined) throw new SourceError(`${path} is empty; its first line must name the columns.`);
  return {
    description: path,
    columns,
    rows: () => readRows(path, separator, columns),
    close: () => Promise.resolve(),
  };
}

async function readHead(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return withoutMark(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new SourceError(`${path} cannot be read: ${errorMessage(cause)}`, { cause });
  }
}

const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

async function* readRows(path: string, separator: string, columns: readonly string[]): AsyncGenerator<SourceRow> {
  const parser = new CsvParser(separator);
  let first = true;
  let head = true;
  const rowsOf = function* (records: Iterable<CsvRecord>): Generator<SourceRow> {
    for (const record of records) {
      if (head) head = false;
      else yield rowOf(record, columns);
    }
  };
  for await (const piece of createReadStream(path, 'utf8') as AsyncIterable<string>) {
    yield* rowsOf(parser.push(first ? withoutMark(piece) : piece));
    first = false;
  }
  const { openQuote } = parser;
  for (const row of rowsOf(parser.end())) {
    yield openQuote ? { ...row, fields: {}, broken: 'the file ends within quotes' } : row;
  }
}

function rowOf({ line, cells }: CsvRecord, columns: readonly string[]): SourceRow {
  const place = `line ${line}`;
  if (cells.length !== columns.length) {
    return { place, fields: {}, broken: `it has ${cells.length} cells where the head has ${columns.length}` };
  }
  const fields: Record<string, string | null> = {};
  for (const [index, name] of columns.entries()) fields[name] = valueOf(cells[index] ?? '');
  return { place, fields };
}

/** An empty cell is "not stated". What was kept from being a formula for spreadsheets is what it was again. */
function valueOf(cell: string): string | null {
  const text = cell.trim();
  if (text === '') return null;
  return /^'[=+\-@]/.test(text) ? text.slice(1) : text;
}
