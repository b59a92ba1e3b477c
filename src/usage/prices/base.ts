/** The project's supplement and the price base as one: model → list price at a time, before tiers and discounts. */
import type { PriceModifiers } from '../record.ts';
import { genaiPricedModel, sheetAt } from './genai-prices.ts';
import type { PricedModel } from './genai-prices.ts';
import { isFreeVariant } from './model-ids.ts';
import { modelCandidates } from './model-ids.ts';
import type { Rate, RateSheet } from './rate.ts';
import { selectRates } from './supplement/entry.ts';
import type { SupplementEntry } from './supplement/entry.ts';
import { SUPPLEMENT } from './supplement/index.ts';

/** What is known about one model at one provider, for all times. */
export interface BaseModel {
  readonly provider: string;
  readonly model: string;
  readonly name: string | null;
  readonly free: boolean;
  /** Oldest first. */
  readonly prices: readonly SupplementEntry[];
  readonly extras: readonly SupplementEntry[];
  readonly library: PricedModel | null;
}

/** @returns null where neither knows the model. */
export function baseModel(provider: string, model: string): BaseModel | null {
  const candidates = modelCandidates(provider, model);
  const entries = firstMatch(provider, candidates);
  const extras = SUPPLEMENT.filter((entry) => entry.kind === 'extra' && matches(entry, provider, candidates));
  const library = genaiPricedModel(provider, model);
  const free = isFreeVariant(provider, model) || entries.some((entry) => entry.kind === 'free');
  const prices = entries.filter((entry) => entry.kind === 'price');
  if (!free && prices.length === 0 && library === null) return null;
  const named = prices.find((entry) => entry.name !== null);
  return {
    provider,
    model: library?.model ?? prices[0]?.model ?? model,
    name: named?.name ?? library?.name ?? null,
    free,
    prices: prices.toSorted((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1)),
    extras,
    library,
  };
}

/** Entries of the most specific spelling that has any: an alias may have a price of its own. */
function firstMatch(provider: string, candidates: readonly string[]): readonly SupplementEntry[] {
  for (const candidate of candidates) {
    const found = SUPPLEMENT.filter((entry) => entry.kind !== 'extra' && matches(entry, provider, [candidate]));
    if (found.length > 0) return found;
  }
  return [];
}

function matches(entry: SupplementEntry, provider: string, candidates: readonly string[]): boolean {
  return entry.providers.includes(provider) && candidates.some((candidate) => entry.match.test(candidate));
}

/**
 * The list price at a time.
 *
 * @returns null where there is none (then or at all).
 */
export function listPrice(base: BaseModel, atMs: number, modifiers: PriceModifiers): RateSheet | null {
  const own = base.prices.findLast((entry) => startMs(entry) <= atMs);
  const sheet = own === undefined ? librarySheet(base, atMs) : supplementSheet(own, base.provider, modifiers);
  if (sheet === null) return null;
  return base.extras
    .filter((entry) => startMs(entry) <= atMs)
    .reduce((extended, entry) => withExtra(extended, entry, modifiers), sheet);
}

function librarySheet(base: BaseModel, atMs: number): RateSheet | null {
  return base.library === null ? null : sheetAt(base.library.sheets, atMs);
}

function supplementSheet(entry: SupplementEntry, provider: string, modifiers: PriceModifiers): RateSheet {
  return {
    source: 'supplement',
    sourceVersion: entry.checked,
    datasetHash: null,
    provider,
    model: entry.model,
    effectiveFrom: entry.from,
    hours: null,
    included: entry.included ?? [],
    ...selectRates(entry.rates, modifiers),
  };
}

/** Rates that the base lacks; what it has stays. */
function withExtra(sheet: RateSheet, entry: SupplementEntry, modifiers: PriceModifiers): RateSheet {
  const selected = selectRates(entry.rates, modifiers);
  const added = selected.rates.filter((rate) => !sheet.rates.some((present: Rate) => present.meter === rate.meter));
  const included = (entry.included ?? []).filter((meter) => !sheet.included.includes(meter));
  if (added.length === 0 && included.length === 0) return sheet;
  return {
    ...sheet,
    sourceVersion: `${sheet.sourceVersion}+supplement-${entry.checked}`,
    rates: [...sheet.rates, ...added],
    included: [...sheet.included, ...included],
    modifiers: added.length === 0 ? sheet.modifiers : [...sheet.modifiers, ...selected.modifiers],
  };
}

function startMs(entry: SupplementEntry): number {
  return entry.from === null ? -Infinity : Date.parse(`${entry.from}T00:00:00Z`);
}
