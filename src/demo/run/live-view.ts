/** The growing numbers: redrawn in a terminal, a line now and then elsewhere. */
import { totalsOf } from './compare.ts';
import type { LedgerModel } from './ledger-totals.ts';

export interface LiveView {
  show(rows: readonly LedgerModel[]): void;
  /** A message that stays. */
  say(line: string): void;
}

export interface Terminal {
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
  write(text: string): unknown;
}

const PIPE_INTERVAL_MS = 30_000;
/** Messages that are kept above the table. */
const KEPT_MESSAGES = 8;

export function liveView(terminal: Terminal, footer: () => readonly string[], now: () => number = Date.now): LiveView {
  if (terminal.isTTY !== true) {
    let lastAt = Number.NEGATIVE_INFINITY;
    return {
      show(rows) {
        if (now() - lastAt < PIPE_INTERVAL_MS) return;
        lastAt = now();
        terminal.write(`${summary(rows)}\n`);
      },
      say: (line) => terminal.write(`${line}\n`),
    };
  }
  const messages: string[] = [];
  let drawn = false;
  return {
    show(rows) {
      drawn = true;
      const height = (terminal.rows ?? 40) - 1;
      const below = ['', summary(rows), '', ...footer()];
      const above = messages.slice(-KEPT_MESSAGES);
      const table = tableOf(rows).slice(0, Math.max(3, height - below.length - above.length));
      // Home, each line to its end, then the rest of the screen: without clearing first, nothing flickers.
      terminal.write(`\u001B[H${[...above, ...table, ...below].map((line) => `${line}\u001B[K\n`).join('')}\u001B[J`);
    },
    say(line) {
      messages.push(line);
      if (!drawn) terminal.write(`${line}\n`);
    },
  };
}

const COUNT = new Intl.NumberFormat('en-US');

function tableOf(rows: readonly LedgerModel[]): string[] {
  const lines = rows
    .toSorted((left, right) => left.provider.localeCompare(right.provider) || right.calls - left.calls)
    .map((row) => [
      row.provider,
      row.model,
      COUNT.format(row.calls),
      COUNT.format(row.failed),
      row.totalTokens === 0 ? '-' : COUNT.format(row.totalTokens),
      // No call of the group has a known cost: that is not 0.
      row.withoutCost === row.calls ? 'unknown' : dollars(row.costUsd),
    ]);
  return columns([['provider', 'model', 'calls', 'failed', 'tokens', 'cost USD'], ...lines]);
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}

function summary(rows: readonly LedgerModel[]): string {
  const { calls, tokens, costUsd } = totalsOf(rows);
  return `${COUNT.format(calls)} calls, ${COUNT.format(tokens)} tokens, ${dollars(costUsd)} USD in the ledger`;
}

/** Four decimals, as the reports print. */
export function dollars(decimal: string): string {
  return Number(decimal).toFixed(4);
}
