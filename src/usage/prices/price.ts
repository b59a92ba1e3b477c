/** `price`: Reading → Pricing. Pure and dated: the time of the call comes in as an argument. */
import type { Pricing, Reading, UnpricedReason } from '../record.ts';
import { defaultPriceBook } from './book.ts';
import type { PriceBook } from './book.ts';
import { calculate } from './calculate.ts';
import type { Calculation } from './calculate.ts';
import { add, decimal, format, isGreater, isNegative, isZero } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import type { RateCard } from './rate.ts';

export interface PriceOptions {
  /** When the call was made, epoch milliseconds: prices are dated. */
  readonly atMs: number;
  /** Which prices hold; default: the project's, without a user's tables. */
  readonly book?: PriceBook;
}

/** A pricing with the card that it was computed from, for those who store cards. */
export interface PricingWithCard {
  readonly pricing: Pricing;
  readonly card: RateCard | null;
}

/**
 * What the call cost, with its evidence. Never throws.
 *
 * Order: a price that the user forces, a cost that the provider states, the user's table, the project's supplement,
 * genai-prices; else null with a reason, never 0. Amounts are decimal USD, exact to 18 fraction digits.
 */
export function priceReading(reading: Reading, options: PriceOptions): Pricing {
  return priceReadingWithCard(reading, options).pricing;
}

/** Like `priceReading`, and the rate card itself. */
export function priceReadingWithCard(reading: Reading, options: PriceOptions): PricingWithCard {
  const reported = statedAmount(reading.costReportedUsd);
  try {
    if (reading.kind === 'restated' || reading.kind === 'admin') {
      return { pricing: nothing(reported, 'not-billed-here'), card: null };
    }
    const calculation = calculate(reading, options.atMs, options.book ?? defaultPriceBook);
    return { pricing: weigh(reading, reported, calculation), card: calculation.card };
  } catch {
    return { pricing: reportedOnly(reading, reported, 'pricing-failed'), card: null };
  }
}

/** Side by side: what was stated, what was calculated, and which of the two holds. */
function weigh(reading: Reading, reported: Decimal | null, calculation: Calculation): Pricing {
  const { amount, force } = calculation;
  if (reported !== null && !(force && amount !== null)) {
    const pricing = reportedOnly(reading, reported, null);
    return { ...pricing, costCalculatedUsd: text(amount), priceCard: calculation.card?.id ?? null };
  }
  return {
    costReportedUsd: text(reported),
    costCalculatedUsd: text(amount),
    costUsd: text(amount),
    costSource: amount === null ? null : calculation.userForced ? 'user' : 'calculated',
    priceCard: calculation.card?.id ?? null,
    unpricedReason: amount === null ? (calculation.unpricedReason ?? 'price-unknown') : null,
    zeroReason: amount !== null && isZero(amount) ? (calculation.zeroReason ?? 'nothing-used') : null,
  };
}

function reportedOnly(reading: Reading, reported: Decimal | null, reason: UnpricedReason | null): Pricing {
  if (reported === null) return nothing(null, reason ?? 'price-unknown');
  const effective = withUpstream(reported, statedAmount(reading.costUpstreamUsd));
  return {
    costReportedUsd: format(reported),
    costCalculatedUsd: null,
    costUsd: format(effective),
    costSource: 'provider',
    priceCard: null,
    unpricedReason: null,
    zeroReason: isZero(effective) ? 'reported-zero' : null,
  };
}

function nothing(reported: Decimal | null, reason: UnpricedReason): Pricing {
  return {
    costReportedUsd: text(reported),
    costCalculatedUsd: null,
    costUsd: null,
    costSource: null,
    priceCard: null,
    unpricedReason: reason,
    zeroReason: null,
  };
}

/**
 * A router that is called with the user's own key states its fee alone (often 0); the vendor bills the rest. No router
 * charges less than it pays, so an upstream cost above the stated one is not included in it.
 */
function withUpstream(reported: Decimal, upstream: Decimal | null): Decimal {
  return upstream !== null && isGreater(upstream, reported) ? add(reported, upstream) : reported;
}

/** A stated amount that is no amount (negative, not a number) was not stated. */
function statedAmount(value: unknown): Decimal | null {
  if (typeof value !== 'string') return null;
  const amount = decimal(value);
  return amount === null || isNegative(amount) ? null : amount;
}

function text(amount: Decimal | null): string | null {
  return amount === null ? null : format(amount);
}
