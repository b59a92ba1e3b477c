/** The table that a run prints: one row a provider and operation, as the corpus labels them. */
import type { Comparison } from './compare.ts';
import type { Replayed } from './replay.ts';

const COLUMNS = ['provider', 'operation', 'exchanges', 'records', 'state usage', 'exact', 'priced'] as const;

export function summaryTable(replayed: readonly Replayed[], comparisons: readonly Comparison[]): string {
  const rows = new Map<string, number[]>();
  replayed.forEach(({ exchange, record }, index) => {
    const comparison = comparisons[index];
    const key = `${exchange.provider}\t${exchange.operation}`;
    const row = rows.get(key) ?? [0, 0, 0, 0, 0];
    const states = comparison?.states === true;
    const add = [
      true,
      record !== null,
      states,
      states && comparison.differences.length === 0,
      record?.cost_usd != null,
    ];
    rows.set(
      key,
      add.map((flag, column) => (row[column] ?? 0) + (flag ? 1 : 0)),
    );
  });
  const body = [...rows]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, row]) => [...key.split('\t'), ...row.map(String)]);
  const total = body.reduce((sum, row) => sum.map((value, column) => value + Number(row[column + 2])), [0, 0, 0, 0, 0]);
  const table = [[...COLUMNS], ...body, ['all', '', ...total.map(String)]];
  const widths = COLUMNS.map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
