/** One stored call and the prices of now: what becomes of its cost. */
import { priceReading } from '@wiretally/usage';
import type { PriceBook, UsageRecord } from '@wiretally/usage';
import { parseDecimal } from '../../store/decimal.ts';

export type Verdict =
  | { readonly kind: 'changes'; readonly after: UsageRecord }
  /** The same cost, by whatever card: nothing is rewritten. */
  | { readonly kind: 'same' }
  /** Had a cost, and could not be priced now: a known cost is not given up. */
  | { readonly kind: 'not-priceable' }
  /** Whoever recorded it stated the cost; prices are not theirs to change. */
  | { readonly kind: 'stated' };

/** Prices of the time of the call, as the book knows them now. */
export function judge(record: UsageRecord, book: PriceBook): Verdict {
  const { costUsd, costCalculatedUsd, costReportedUsd, priceCard } = record;
  if (costUsd !== null && costCalculatedUsd === null && costReportedUsd === null && priceCard === null) {
    return { kind: 'stated' };
  }
  const pricing = priceReading(record, { atMs: Math.floor(record.timeUnixMicros / 1000), book });
  const lost = (before: string | null, after: string | null): boolean => before !== null && after === null;
  if (lost(costUsd, pricing.costUsd) || lost(costCalculatedUsd, pricing.costCalculatedUsd)) {
    return { kind: 'not-priceable' };
  }
  const same = isSame(costUsd, pricing.costUsd) && isSame(costCalculatedUsd, pricing.costCalculatedUsd);
  // What the provider stated is no opinion of ours.
  return same ? { kind: 'same' } : { kind: 'changes', after: { ...record, ...pricing, costReportedUsd } };
}

function isSame(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  return parseDecimal(a) === parseDecimal(b);
}
