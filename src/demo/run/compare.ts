/** The self-check: calls, tokens and cost in the ledger against what the simulator served. */
import { fromAtto, toAtto } from '../decimal.ts';
import type { ServedModel } from '../simulator/served.ts';
import type { LedgerModel } from './ledger-totals.ts';

export interface Difference {
  readonly provider: string;
  readonly model: string;
  readonly what: string;
  readonly served: string;
  readonly ledger: string;
}

/** 1e-9 USD; sums are exact, so this only allows for a ledger that rounds. */
const COST_TOLERANCE = toAtto('0.000000001');

const COUNTS = {
  calls: 'calls',
  failed: 'failed calls',
  withoutCost: 'calls of unknown cost',
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
  totalTokens: 'total tokens',
  cacheReadTokens: 'tokens read from a cache',
  cacheWriteTokens: 'tokens written to a cache',
  reasoningTokens: 'reasoning tokens',
} as const;

export function compare(served: readonly ServedModel[], ledger: readonly LedgerModel[]): Difference[] {
  const stored = new Map(ledger.map((row) => [keyOf(row), row]));
  const differences = served.flatMap((row) => differencesOf(row, stored.get(keyOf(row)) ?? { ...row, ...NOTHING }));
  const known = new Set(served.map(keyOf));
  for (const row of ledger) if (!known.has(keyOf(row))) differences.push(...differencesOf({ ...row, ...NOTHING }, row));
  return differences;
}

const NOTHING = {
  calls: 0,
  failed: 0,
  withoutCost: 0,
  inputTokens: 0,
  outputTokens: 0,
  totalTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  costUsd: '0',
};

function keyOf(row: { readonly provider: string; readonly model: string }): string {
  return `${row.provider} ${row.model}`;
}

function differencesOf(served: LedgerModel, ledger: LedgerModel): Difference[] {
  const { provider, model } = ledger;
  const found: Difference[] = [];
  for (const [field, what] of Object.entries(COUNTS) as [keyof typeof COUNTS, string][]) {
    if (served[field] !== ledger[field])
      found.push({ provider, model, what, served: String(served[field]), ledger: String(ledger[field]) });
  }
  const gap = toAtto(served.costUsd) - toAtto(ledger.costUsd);
  if (gap > COST_TOLERANCE || gap < -COST_TOLERANCE)
    found.push({ provider, model, what: 'cost in USD', served: served.costUsd, ledger: ledger.costUsd });
  return found;
}

export interface Totals {
  readonly calls: number;
  readonly tokens: number;
  readonly costUsd: string;
}

export function totalsOf(rows: readonly LedgerModel[]): Totals {
  return {
    calls: rows.reduce((sum, row) => sum + row.calls, 0),
    tokens: rows.reduce((sum, row) => sum + row.totalTokens, 0),
    costUsd: fromAtto(rows.reduce((sum, row) => sum + toAtto(row.costUsd), 0n)),
  };
}
