/** What a reading costs by the book: the call itself, or its parts, each by its own model. */
import type { Reading, UnpricedReason, UsagePart } from '../record.ts';
import type { PriceBook, Resolved } from './book.ts';
import { rateCard } from './card.ts';
import { charge } from './charge.ts';
import type { CompiledSheet } from './charge.ts';
import { add, ZERO } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { billedUsages } from './usages.ts';
import type { BilledUsage } from './usages.ts';
import type { CardSheet, RateCard } from './rate.ts';

export interface Calculation {
  readonly amount: Decimal | null;
  readonly card: RateCard | null;
  readonly unpricedReason: UnpricedReason | null;
  readonly zeroReason: string | null;
  /** Holds also where the provider states a cost. */
  readonly force: boolean;
  /** The user's own price, rather than a preset that overrides. */
  readonly userForced: boolean;
}

const NOTHING: Calculation = {
  amount: null,
  card: null,
  unpricedReason: null,
  zeroReason: null,
  force: false,
  userForced: false,
};

/** @throws ImpossibleCounts */
export function calculate(reading: Reading, atMs: number, book: PriceBook): Calculation {
  if (reading.kind === 'free') return { ...NOTHING, amount: ZERO, zeroReason: 'free-operation' };
  const resolutions: { usage: BilledUsage; resolved: Resolved }[] = billedUsages(reading).map((usage) => ({
    usage,
    resolved: book.resolve(callOf(reading, usage.part), atMs, reading.modifiers),
  }));
  let amount: Decimal = ZERO;
  let zeroReason: string | null = null;
  const sheets = new Map<CompiledSheet, string | null>();
  const force = resolutions.some(({ resolved }) => resolved.kind !== 'unpriced' && resolved.force);
  const userForced = force && book.preset === null;
  for (const { usage, resolved } of resolutions) {
    if (resolved.kind === 'unpriced') return unpriced(reading, resolved.reason);
    if (resolved.kind === 'free') {
      zeroReason ??= resolved.reason;
      continue;
    }
    const charged = charge(resolved.compiled, usage);
    if ('unpriced' in charged) return unpriced(reading, charged.unpriced);
    amount = add(amount, charged.total);
    sheets.set(resolved.compiled, usage.part?.model ?? null);
  }
  return { amount, card: cardOf(sheets), unpricedReason: null, zeroReason, force, userForced };
}

function unpriced(reading: Reading, reason: UnpricedReason): Calculation {
  // That the usage is missing explains more than that its model is unknown: a refused call has neither.
  const missing = reading.usageSource === 'missing' && Object.keys(reading.units).length === 0;
  return { ...NOTHING, unpricedReason: missing ? 'usage-missing' : reason };
}

function callOf(reading: Reading, part: UsagePart | null) {
  if (part === null || part.model === null) return reading;
  return {
    provider: reading.provider,
    upstreamProvider: reading.upstreamProvider,
    requestModel: part.model,
    responseModel: null,
  };
}

const cards = new WeakMap<CompiledSheet, RateCard>();

function cardOf(sheets: ReadonlyMap<CompiledSheet, string | null>): RateCard | null {
  const [only, ...others] = sheets;
  if (only === undefined) return null;
  const cardSheets = [...sheets].map(([compiled, part]): CardSheet => ({ part, ...compiled.sheet }));
  if (others.length > 0 || only[1] !== null) return rateCard(cardSheets);
  const known = cards.get(only[0]) ?? rateCard(cardSheets);
  cards.set(only[0], known);
  return known;
}
