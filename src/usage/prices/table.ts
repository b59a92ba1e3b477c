/** A user's own prices, as parsed; table-schema.ts reads them from JSON or YAML. */
import type { Meter, Rate } from './rate.ts';

export interface UserPrice {
  /** Id as in `priceProviderId`; null: any provider. */
  readonly provider: string | null;
  /** A model id, or a pattern in which `*` stands for anything; also the name of a deployment. Lower case. */
  readonly model: string;
  /** First day (UTC); null: always. */
  readonly from: string | null;
  /** Also where the provider states a cost of its own. */
  readonly force: boolean;
  readonly free: boolean;
  readonly rates: readonly Rate[];
  readonly included: readonly Meter[];
}

export interface Deployment {
  readonly provider: string | null;
  /** As it appears in requests or answers; lower case. */
  readonly name: string;
  /** The model it is priced as. */
  readonly model: string;
}

export interface Discount {
  readonly provider: string | null;
  readonly model: string;
  readonly from: string | null;
  /** What remains of the list price: `0.85` for 15 percent off. */
  readonly factor: string;
  /** Also where the provider states a cost of its own: what is paid is then the discounted list price. */
  readonly force: boolean;
}

export interface PriceTable {
  readonly name: string;
  readonly source: 'user' | 'legacy';
  readonly prices: readonly UserPrice[];
  readonly deployments: readonly Deployment[];
  readonly discounts: readonly Discount[];
}

const patterns = new Map<string, RegExp>();
const MAX_PATTERNS = 10_000;

/** @param pattern `*` stands for anything. */
export function matchesPattern(pattern: string, id: string): boolean {
  if (!pattern.includes('*')) return pattern === id;
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    const source = pattern
      .split('*')
      .map((literal) => literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*');
    compiled = new RegExp(`^${source}$`);
    if (patterns.size < MAX_PATTERNS) patterns.set(pattern, compiled);
  }
  return compiled.test(id);
}

/** An exact id beats a pattern, a longer pattern a shorter one, a named provider any provider. */
export function specificity(entry: { readonly provider: string | null; readonly model: string }): number {
  const wildcard = entry.model.includes('*');
  return (wildcard ? entry.model.length : 1_000_000) * 2 + (entry.provider === null ? 0 : 1);
}
