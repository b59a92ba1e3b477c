/** Rows of usage as a terminal table, a Markdown table, CSV or JSON. */
import { MEASURES, terminalColumn } from '../columns.ts';
import type { Column } from '../columns.ts';
import type { UsageRow } from '../usage-row.ts';
import type { Words } from '../words/index.ts';
import { renderCsv } from './csv.ts';
import { escapeHtml } from './html.ts';
import { escape } from './markdown.ts';
import { terminalTable } from './terminal-table.ts';
import type { TerminalOptions } from './terminal-table.ts';

export interface UsageTable {
  readonly columns: readonly Column[];
  readonly rows: readonly UsageRow[];
  /** Below the rows; null where a sum says nothing new. */
  readonly total: UsageRow | null;
  readonly words: Words;
  readonly timeZone: string;
}

const forPeople = (table: UsageTable): UsageTable => ({
  ...table,
  columns: table.columns.filter(({ only }) => only !== 'programs'),
});
const forPrograms = (table: UsageTable): readonly Column[] => table.columns.filter(({ only }) => only !== 'people');

const cells = (table: UsageTable, row: UsageRow): string[] =>
  table.columns.map((column) => column.text(row, table.words, table.timeZone));

function totalCells(table: UsageTable, total: UsageRow): string[] {
  return table.columns.map((column, index) => {
    if (index === 0) return table.words.total;
    return MEASURES.includes(column) ? column.text(total, table.words, table.timeZone) : '';
  });
}

export function usageTerminalTable(all: UsageTable, options: TerminalOptions): string[] {
  const table = withoutEmpty(forPeople(all));
  return terminalTable(
    table.columns.map((column) => terminalColumn(column, table.words)),
    table.rows.map((row) => cells(table, row)),
    table.total === null ? null : totalCells(table, table.total),
    options,
  );
}

export function usageMarkdownTable(all: UsageTable): string[] {
  const table = forPeople(all);
  const line = (texts: readonly string[]): string => `| ${texts.map(escape).join(' | ')} |`;
  return [
    line(table.columns.map((column) => table.words.columns[column.words])),
    `|${table.columns.map(({ align }) => (align === 'left' ? ' --- ' : ' ---: ')).join('|')}|`,
    ...table.rows.map((row) => line(cells(table, row))),
    ...(table.total === null ? [] : [line(totalCells(table, table.total))]),
  ];
}

export function usageHtmlTable(all: UsageTable): string {
  const table = forPeople(all);
  const row = (tag: 'td' | 'th', texts: readonly string[]): string =>
    `<tr>${texts.map((text, index) => `<${tag} class="${table.columns[index]?.align ?? 'left'}">${escapeHtml(text)}</${tag}>`).join('')}</tr>`;
  const head = table.columns.map((column) => table.words.columns[column.words]);
  const body = table.rows.map((each) => row('td', cells(table, each))).join('');
  const foot = table.total === null ? '' : `<tfoot>${row('td', totalCells(table, table.total))}</tfoot>`;
  return `<table><thead>${row('th', head)}</thead><tbody>${body}</tbody>${foot}</table>`;
}

/** A column in which no row has anything takes no room in a window. */
function withoutEmpty(table: UsageTable): UsageTable {
  const { rows, words, timeZone } = table;
  return {
    ...table,
    columns: table.columns.filter(
      (column) => column.dropFirst === undefined || rows.some((row) => column.text(row, words, timeZone) !== ''),
    ),
  };
}

/** Exact values under the names of the columns; no total, so that a sum over the file is right. */
export function usageCsv(table: UsageTable): string {
  const columns = forPrograms(table);
  return renderCsv(
    columns.map(({ key }) => key),
    table.rows.map((row) => columns.map((column) => column.raw(row))),
  );
}

export function usageJson(table: UsageTable): Record<string, string | number | null>[] {
  const columns = forPrograms(table);
  return table.rows.map((row) => Object.fromEntries(columns.map((column) => [column.key, column.raw(row)])));
}
