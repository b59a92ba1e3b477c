/** A sheet and the usage of a call or a part of it → what it costs. */
import type { TokenCounts, Units, UnpricedReason } from '../record.ts';
import { add, divide, knownDecimal, multiply, ZERO } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { billedTokens, tokenQuantities, unitQuantity } from './quantities.ts';
import { isTokenMeter, isWorkMeter, WORK_METERS } from './rate.ts';
import type { Meter, Modifier, Rate, RateSheet } from './rate.ts';

export interface Usage {
  readonly tokens: TokenCounts;
  readonly units: Units;
  /** The work itself is billed elsewhere (in parts): only what is bought besides it counts. */
  readonly feesOnly?: boolean;
}

/** What was paid for one meter. */
export interface ChargedLine {
  readonly meter: Meter;
  /** What is billed: the stated quantity within the rate's minimum and maximum. */
  readonly quantity: number;
  readonly stated: number;
  /** For `per` units, modifiers applied. */
  readonly price: Decimal;
  readonly per: number;
  /** The price is that of the tier above this many input tokens; null: the rate's own. */
  readonly tierAbove: number | null;
  readonly amount: Decimal;
}

export type Charge =
  { readonly lines: readonly ChargedLine[]; readonly total: Decimal } | { readonly unpriced: UnpricedReason };

interface CompiledRate {
  readonly meter: Meter;
  readonly price: Decimal;
  readonly tiers: readonly { readonly above: number; readonly price: Decimal }[];
  readonly per: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** A sheet made ready for arithmetic, once for all its calls. */
export interface CompiledSheet {
  readonly sheet: RateSheet;
  readonly meters: ReadonlySet<Meter>;
  readonly tokenRates: readonly CompiledRate[];
  readonly workRates: readonly CompiledRate[];
  readonly feeRates: readonly CompiledRate[];
}

export function compileSheet(sheet: RateSheet): CompiledSheet {
  const rates = sheet.rates.map((rate) => compileRate(rate, sheet.modifiers));
  return {
    sheet,
    meters: new Set(rates.map((rate) => rate.meter)),
    tokenRates: rates.filter((rate) => isTokenMeter(rate.meter)),
    workRates: rates.filter((rate) => isWorkMeter(rate.meter)),
    feeRates: rates.filter((rate) => !isTokenMeter(rate.meter) && !isWorkMeter(rate.meter)),
  };
}

function compileRate(rate: Rate, modifiers: readonly Modifier[]): CompiledRate {
  const factor = modifiers
    .filter((modifier) => appliesTo(modifier, rate.meter))
    .reduce((product, modifier) => multiply(product, knownDecimal(modifier.factor ?? '1')), knownDecimal(1));
  const price = (usd: string): Decimal => multiply(knownDecimal(usd), factor);
  return {
    meter: rate.meter,
    price: price(rate.usd),
    tiers: (rate.tiers ?? []).map((tier) => ({ above: tier.aboveInputTokens, price: price(tier.usd) })),
    per: rate.per,
    minimum: rate.minimum ?? 0,
    maximum: rate.maximum ?? Infinity,
  };
}

function appliesTo(modifier: Modifier, meter: Meter): boolean {
  if (modifier.factor === undefined || modifier.meters === undefined) return false;
  if (modifier.meters === 'all') return true;
  return modifier.meters === 'tokens' ? isTokenMeter(meter) : modifier.meters.includes(meter);
}

/** @throws ImpossibleCounts */
export function charge(compiled: CompiledSheet, usage: Usage): Charge {
  const lines: ChargedLine[] = [];
  if (compiled.sheet.free !== null) return { lines, total: ZERO };
  const input = billedTokens(usage.tokens).input ?? 0;
  if (usage.feesOnly !== true) {
    const unpriced = chargeWork(lines, compiled, usage, input);
    if (unpriced !== null) return { unpriced };
  }
  for (const rate of compiled.feeRates) {
    const quantity = rate.meter === 'requests' ? requests(usage) : unitQuantity(usage.units, rate.meter as keyof Units);
    addLine(lines, rate, quantity, input);
  }
  if (hasUnpricedFee(compiled, usage.units)) return { unpriced: 'unit-unpriced' };
  return { lines, total: lines.reduce((sum, line) => add(sum, line.amount), ZERO) };
}

/** Tokens where they are priced and stated, else units: the two describe the same work. */
function chargeWork(lines: ChargedLine[], compiled: CompiledSheet, usage: Usage, input: number): UnpricedReason | null {
  const billed = billedTokens(usage.tokens);
  const tokensStated = billed.input !== null || billed.output !== null;
  if (compiled.tokenRates.length > 0 && tokensStated) {
    if (lacksOutput(compiled, usage.tokens)) return 'usage-missing';
    const quantities = tokenQuantities(usage.tokens, compiled.meters);
    for (const rate of compiled.tokenRates) addLine(lines, rate, quantities[rate.meter] ?? 0, input);
    return null;
  }
  let stated = false;
  for (const rate of compiled.workRates) {
    stated ||= usage.units[rate.meter as keyof Units] !== undefined;
    addLine(lines, rate, unitQuantity(usage.units, rate.meter as keyof Units), input);
  }
  return stated ? null : unpricedWork(compiled, usage, tokensStated);
}

function addLine(lines: ChargedLine[], rate: CompiledRate, quantity: number, inputTokens: number): void {
  if (quantity === 0) return;
  let price = rate.price;
  let tierAbove: number | null = null;
  for (const tier of rate.tiers) if (inputTokens > tier.above) ({ price, above: tierAbove } = tier);
  const billed = Math.min(Math.max(quantity, rate.minimum), rate.maximum);
  lines.push({
    meter: rate.meter,
    quantity: billed,
    stated: quantity,
    price,
    per: rate.per,
    tierAbove,
    amount: divide(multiply(knownDecimal(billed), price), rate.per),
  });
}

/**
 * Input without output is half a bill, unless the total says that there was no output. A model without a price for
 * output (embeddings, rerank) needs none.
 */
function lacksOutput(compiled: CompiledSheet, tokens: TokenCounts): boolean {
  if (!compiled.meters.has('output')) return false;
  return billedTokens(tokens).output === null && (tokens.total === null || tokens.total !== tokens.input);
}

/** Units that the sheet does not price: was something else done, or is it not known what? */
function unpricedWork(compiled: CompiledSheet, usage: Usage, tokensStated: boolean): UnpricedReason | null {
  const otherUnits = WORK_METERS.some(
    (meter) => (usage.units[meter] ?? 0) > 0 && !compiled.sheet.included.includes(meter),
  );
  if (tokensStated || otherUnits) return 'unit-unpriced';
  // Where nothing but the request or a search has a price, a reader says whether it was served.
  const onlyFees = compiled.tokenRates.length === 0 && compiled.workRates.length === 0;
  const served = compiled.feeRates.some(({ meter }) => usage.units[meter as keyof Units] !== undefined);
  return onlyFees && served ? null : 'usage-missing';
}

/** A call whose work is known is one request, unless stated; its parts are none. */
function requests(usage: Usage): number {
  return usage.feesOnly === true ? 0 : unitQuantity({ requests: 1, ...usage.units }, 'requests');
}

function hasUnpricedFee(compiled: CompiledSheet, units: Units): boolean {
  return (['searches', 'fetches'] as const).some(
    (meter) => (units[meter] ?? 0) > 0 && !compiled.meters.has(meter) && !compiled.sheet.included.includes(meter),
  );
}
