/** What an import understood and what it did not. */
import { addDecimals, trimDecimal } from '../../report/decimal.ts';
import type { UsageRecord } from '@wiretally/usage';

/** Rows that share a reason, and where a few of them are. */
export interface Reason {
  readonly reason: string;
  readonly rows: number;
  /** Places and what stands there. */
  readonly examples: readonly string[];
}

export interface ImportReport {
  readonly source: string;
  /** False: a dry run, nothing was written. */
  readonly applied: boolean;
  readonly rows: number;
  /** Calls that were written, or would be. */
  readonly imported: number;
  /** Calls that the ledger has already, from an earlier import. */
  readonly alreadyThere: number;
  /** Not imported, by reason. */
  readonly notUnderstood: readonly Reason[];
  /** Rows that are no calls to a provider, by what they are. */
  readonly skipped: readonly Reason[];
  /** Imported, but not as they stand there. */
  readonly remarks: readonly Reason[];
  /** Columns that nothing was taken from. */
  readonly columnsNotRead: readonly string[];
  /** ISO 8601, UTC; null where nothing was understood. */
  readonly firstCall: string | null;
  readonly lastCall: string | null;
  /** Over imported calls and those already there. Exact decimal USD. */
  readonly costStatedUsd: string;
  readonly costUsd: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly callsWithoutUsage: number;
  /** Calls without a cost by reason of the price rules, most first. */
  readonly unpriced: readonly { readonly reason: string; readonly calls: number }[];
}

const EXAMPLES = 3;

export class ReasonCounts {
  readonly #found = new Map<string, { rows: number; examples: string[] }>();

  add(reason: string, example: string): void {
    const entry = this.#found.get(reason) ?? { rows: 0, examples: [] };
    this.#found.set(reason, entry);
    entry.rows += 1;
    if (entry.examples.length < EXAMPLES) entry.examples.push(example);
  }

  list(): Reason[] {
    return [...this.#found].map(([reason, entry]) => ({ reason, ...entry })).toSorted((a, b) => b.rows - a.rows);
  }
}

/** Sums over what was understood. */
export class ImportSums {
  #first = Infinity;
  #last = -Infinity;
  #stated = '0';
  #cost = '0';
  #input = 0;
  #output = 0;
  #withoutUsage = 0;
  readonly #unpriced = new Map<string, number>();

  add(record: UsageRecord, statedCostUsd: string | null): void {
    this.#first = Math.min(this.#first, record.timeUnixMicros);
    this.#last = Math.max(this.#last, record.timeUnixMicros);
    if (statedCostUsd !== null) this.#stated = addDecimals(this.#stated, statedCostUsd);
    if (record.costUsd !== null) this.#cost = addDecimals(this.#cost, record.costUsd);
    this.#input += record.tokens.input ?? 0;
    this.#output += record.tokens.output ?? 0;
    if (record.usageSource === 'missing') this.#withoutUsage += 1;
    const { unpricedReason: reason } = record;
    if (reason !== null) this.#unpriced.set(reason, (this.#unpriced.get(reason) ?? 0) + 1);
  }

  get(): Pick<
    ImportReport,
    | 'firstCall'
    | 'lastCall'
    | 'costStatedUsd'
    | 'costUsd'
    | 'inputTokens'
    | 'outputTokens'
    | 'callsWithoutUsage'
    | 'unpriced'
  > {
    const iso = (micros: number): string | null =>
      Number.isFinite(micros) ? new Date(Math.floor(micros / 1000)).toISOString() : null;
    return {
      firstCall: iso(this.#first),
      lastCall: iso(this.#last),
      costStatedUsd: trimDecimal(this.#stated),
      costUsd: trimDecimal(this.#cost),
      inputTokens: this.#input,
      outputTokens: this.#output,
      callsWithoutUsage: this.#withoutUsage,
      unpriced: [...this.#unpriced].map(([reason, calls]) => ({ reason, calls })).toSorted((a, b) => b.calls - a.calls),
    };
  }
}
