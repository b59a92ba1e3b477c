/** Rows as CSV (RFC 4180). */

export type CsvRow = readonly (string | number | null)[];

export function renderCsv(head: readonly string[], rows: readonly CsvRow[]): string {
  return csvLines([head, ...rows]);
}

/** More of a file that has its head already. */
export function csvLines(rows: readonly CsvRow[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  // A spreadsheet runs what begins like a formula; names come from the network. Plain numbers stay numbers.
  const isNumber = /^-?\d+(\.\d+)?$/.test(value);
  const text = !isNumber && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
