/** Exported calls as text: CSV, JSON or one JSON object a line. */
import { shortProviderName } from '../../report/provider-names.ts';
import { csvLines } from '../../report/render/csv.ts';
import { CALL_COLUMNS } from './call-columns.ts';
import type { ExportColumn, ExportedValue } from './call-columns.ts';
import type { Row } from './read-calls.ts';

export const TEXT_FORMATS = ['csv', 'json', 'ndjson'] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

/** Pages of rows in, pieces of the file out. */
export async function* textOf(format: TextFormat, pages: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
  const names = CALL_COLUMNS.map(({ name }) => name);
  if (format === 'csv') yield csvLines([names]);
  if (format === 'json') yield '[';
  let separator = '\n';
  for await (const page of pages) {
    if (format === 'csv') {
      yield csvLines(page.map((row) => CALL_COLUMNS.map((column) => csvValue(column, row))));
    } else if (format === 'ndjson') {
      yield page.map((row) => `${jsonOf(row)}\n`).join('');
    } else {
      yield page.map((row, index) => `${index === 0 ? separator : ',\n'}${jsonOf(row)}`).join('');
      separator = ',\n';
    }
  }
  if (format === 'json') yield '\n]\n';
}

function jsonOf(row: Row): string {
  return JSON.stringify(Object.fromEntries(CALL_COLUMNS.map((column) => [column.name, valueOf(column, row)])));
}

function valueOf({ name, type }: ExportColumn, row: Row): ExportedValue {
  const value = (row[name] ?? null) as ExportedValue;
  if (value === null) return null;
  if (name === 'provider' && typeof value === 'string') return shortProviderName(value);
  // bigint and numeric arrive as text; a count beyond 2^53 stays text, since a number could not hold it.
  if (type === 'number' && Number.isSafeInteger(Math.trunc(Number(value)))) return Number(value);
  return value;
}

function csvValue(column: ExportColumn, row: Row): string | number | null {
  const value = valueOf(column, row);
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  return typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}
