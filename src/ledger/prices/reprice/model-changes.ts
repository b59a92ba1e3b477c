/** What a repricing does to each model, summed. */
import type { UsageRecord } from '@wiretally/usage';
import { shortProviderName } from '../../report/provider-names.ts';
import { formatDecimal, parseDecimal } from '../../store/decimal.ts';
import type { Verdict } from './judge.ts';

export interface ModelChange {
  /** Short name; null in the total of all. */
  readonly provider: string | null;
  readonly model: string | null;
  readonly calls: number;
  /** Of the calls: those whose cost changes. */
  readonly changed: number;
  /** Had a cost, and cannot be priced now: they keep it. */
  readonly notPriceable: number;
  /** Cost of all the calls before and after, exact decimal USD; calls without a known cost add nothing. */
  readonly oldCostUsd: string;
  readonly newCostUsd: string;
  readonly differenceUsd: string;
}

interface Sums {
  provider: string | null;
  model: string | null;
  calls: number;
  changed: number;
  notPriceable: number;
  before: bigint;
  after: bigint;
}

export class ModelChanges {
  readonly #models = new Map<string, Sums>();
  readonly #total: Sums = emptySums(null, null);

  add(record: UsageRecord, verdict: Verdict): void {
    const sums = this.#of(shortProviderName(record.provider), record.requestModel ?? record.responseModel);
    for (const each of [sums, this.#total]) count(each, record, verdict);
  }

  merge(other: ModelChanges): void {
    for (const sums of other.#models.values()) addSums(this.#of(sums.provider, sums.model), sums);
    addSums(this.#total, other.#total);
  }

  #of(provider: string | null, model: string | null): Sums {
    const key = `${provider ?? ''} ${model ?? ''}`;
    let sums = this.#models.get(key);
    if (sums === undefined) {
      sums = emptySums(provider, model);
      this.#models.set(key, sums);
    }
    return sums;
  }

  /** Models whose cost changes or could not be priced, the largest difference first. */
  list(): readonly ModelChange[] {
    return [...this.#models.values()]
      .filter((sums) => sums.changed > 0 || sums.notPriceable > 0)
      .toSorted((a, b) => compare(size(b), size(a)) || b.changed - a.changed)
      .map(shown);
  }

  total(): ModelChange {
    return shown(this.#total);
  }
}

function emptySums(provider: string | null, model: string | null): Sums {
  return { provider, model, calls: 0, changed: 0, notPriceable: 0, before: 0n, after: 0n };
}

function count(sums: Sums, record: UsageRecord, verdict: Verdict): void {
  const before = amount(record.costUsd);
  sums.calls += 1;
  if (verdict.kind === 'changes') sums.changed += 1;
  if (verdict.kind === 'not-priceable') sums.notPriceable += 1;
  sums.before += before;
  sums.after += verdict.kind === 'changes' ? amount(verdict.after.costUsd) : before;
}

function addSums(sums: Sums, other: Sums): void {
  sums.calls += other.calls;
  sums.changed += other.changed;
  sums.notPriceable += other.notPriceable;
  sums.before += other.before;
  sums.after += other.after;
}

const amount = (usd: string | null): bigint => (usd === null ? 0n : (parseDecimal(usd) ?? 0n));
const size = ({ before, after }: Sums): bigint => (after > before ? after - before : before - after);
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

function shown({ before, after, ...sums }: Sums): ModelChange {
  return {
    ...sums,
    oldCostUsd: formatDecimal(before),
    newCostUsd: formatDecimal(after),
    differenceUsd: formatDecimal(after - before),
  };
}
