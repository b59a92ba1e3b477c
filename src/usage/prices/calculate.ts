/** What a reading costs by the book: the call itself, or its parts, each by its own model. */
import type { Reading, UnpricedReason, UsagePart } from '../record.ts';
import type { PriceBook, PricedCall } from './book.ts';
import { rateCard } from './card.ts';
import { charge } from './charge.ts';
import type { CompiledSheet } from './charge.ts';
import { add, ZERO } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import type { CardSheet, RateCard } from './rate.ts';
import { billedUsages, hasTokens } from './usages.ts';

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
  // Its lines are calls of their own, which have the cost.
  if (reading.operation === 'batch' && usedNothing(reading))
    return { ...NOTHING, amount: ZERO, zeroReason: 'in-lines' };
  let amount: Decimal = ZERO;
  let zeroReason: string | null = null;
  let force = false;
  const sheets = new Map<string | null, CompiledSheet>();
  for (const usage of billedUsages(reading)) {
    const resolved = book.resolve(callOf(reading, usage.part), atMs, reading.modifiers);
    if (resolved.kind === 'unpriced') return unpriced(reading, resolved.reason);
    const charged = charge(resolved.compiled, usage);
    if ('unpriced' in charged) return unpriced(reading, charged.unpriced);
    amount = add(amount, charged.total);
    zeroReason ??= resolved.compiled.sheet.free;
    force ||= resolved.force;
    sheets.set(usage.part?.model ?? null, resolved.compiled);
  }
  const userForced = force && book.preset === null;
  return { amount, card: cardOf(sheets), unpricedReason: null, zeroReason, force, userForced };
}

function usedNothing({ tokens, units, parts }: Reading): boolean {
  return tokens.input === 0 && tokens.output === 0 && parts.length === 0 && Object.keys(units).length === 0;
}

function unpriced(reading: Reading, reason: UnpricedReason): Calculation {
  // That the usage is missing explains more than that its model is unknown: a refused call has neither.
  const missing = reading.usageSource === 'missing' && Object.keys(reading.units).length === 0;
  return { ...NOTHING, unpricedReason: missing ? 'usage-missing' : reason };
}

function callOf(reading: Reading, part: UsagePart | null): PricedCall {
  // Tokens of a part without a model may be another model's; a tool's units are the call's.
  if (part === null || (part.model === null && !hasTokens(part))) return reading;
  return {
    provider: reading.provider,
    operation: reading.operation,
    upstreamProvider: reading.upstreamProvider,
    requestModel: part.model,
    responseModel: null,
  };
}

/** Nearly all calls have one sheet, and its card is always the same. */
const cards = new WeakMap<CompiledSheet, RateCard>();

function cardOf(sheets: ReadonlyMap<string | null, CompiledSheet>): RateCard {
  const only = sheets.size === 1 ? sheets.get(null) : undefined;
  const known = only === undefined ? undefined : cards.get(only);
  if (known !== undefined) return known;
  const card = rateCard([...sheets].map(([part, compiled]): CardSheet => ({ part, ...compiled.sheet })));
  if (only !== undefined) cards.set(only, card);
  return card;
}
