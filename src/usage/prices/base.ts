/** The project's supplement and the price base as one: model → list price at a time, before tiers and discounts. */
import { genaiPricedModel, sheetAt } from './genai-prices.ts';
import type { PricedModel } from './genai-prices.ts';
import { makerOf } from './makers.ts';
import { isFreeVariant, modelCandidates } from './model-ids.ts';
import type { Rate, RateSheet } from './rate.ts';
import { withHourWrites } from './supplement/anthropic.ts';
import { selectRates } from './supplement/entry.ts';
import type { CallFacts, SupplementEntry } from './supplement/entry.ts';
import { SUPPLEMENT } from './supplement/index.ts';

/** What is known about one model at one provider, for all times. */
export interface BaseModel {
  readonly provider: string;
  readonly model: string;
  readonly name: string | null;
  readonly free: RateSheet | null;
  /** Oldest first. */
  readonly prices: readonly SupplementEntry[];
  readonly extras: readonly SupplementEntry[];
  readonly library: PricedModel | null;
}

/**
 * @param provider the price provider's id, see `priceProviderId`.
 * @param name OpenTelemetry's name of it.
 * @returns null where neither knows the model.
 */
export function baseModel(provider: string, name: string, model: string): BaseModel | null {
  const maker = makerOf(provider, model);
  const made = maker === null ? null : ownModel(maker.provider, maker.name, maker.model);
  return made !== null && hasPrice(made) ? made : ownModel(provider, name, model);
}

export function hasPrice(base: BaseModel): boolean {
  return base.free !== null || base.prices.length > 0 || (base.library?.sheets.length ?? 0) > 0;
}

function ownModel(provider: string, name: string, model: string): BaseModel | null {
  const names = [provider, name];
  const candidates = modelCandidates(provider, model);
  const entries = firstMatch(names, candidates);
  const extras = SUPPLEMENT.filter((entry) => entry.kind === 'extra' && matches(entry, names, candidates));
  const library = genaiPricedModel(provider, model);
  const free = freeSheet(provider, model, entries);
  const prices = entries.filter((entry) => entry.kind === 'price');
  if (free === null && prices.length === 0 && library === null) return null;
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

function freeSheet(provider: string, model: string, entries: readonly SupplementEntry[]): RateSheet | null {
  const entry = entries.find(({ kind }) => kind === 'free');
  if (entry === undefined && !isFreeVariant(provider, model)) return null;
  return {
    source: 'supplement',
    sourceVersion: entry?.checked ?? 'free-variant',
    datasetHash: null,
    provider,
    model: entry?.model ?? model.toLowerCase(),
    effectiveFrom: entry?.from ?? null,
    hours: null,
    rates: [],
    included: [],
    modifiers: [],
    free: 'free-model',
  };
}

/** Entries of the most specific spelling that has any: an alias may have a price of its own. */
function firstMatch(names: readonly string[], candidates: readonly string[]): readonly SupplementEntry[] {
  for (const candidate of candidates) {
    const found = SUPPLEMENT.filter((entry) => entry.kind !== 'extra' && matches(entry, names, [candidate]));
    if (found.length > 0) return found;
  }
  return [];
}

function matches(entry: SupplementEntry, names: readonly string[], candidates: readonly string[]): boolean {
  return (
    entry.providers.some((provider) => names.includes(provider)) &&
    candidates.some((candidate) => entry.match.test(candidate))
  );
}

/**
 * The list price at a time.
 *
 * @returns null where there is none (then or at all).
 */
export function listPrice(base: BaseModel, atMs: number, facts: CallFacts): RateSheet | null {
  const own = base.prices.findLast((entry) => startMs(entry) <= atMs);
  const sheet = own === undefined ? librarySheet(base, atMs) : supplementSheet(own, base.provider, facts);
  if (sheet === null) return null;
  return base.extras
    .filter((entry) => startMs(entry) <= atMs)
    .reduce((extended, entry) => withExtra(extended, entry, facts), sheet);
}

function librarySheet(base: BaseModel, atMs: number): RateSheet | null {
  const sheet = base.library === null ? null : sheetAt(base.library.sheets, atMs);
  return sheet === null ? null : withHourWrites(sheet);
}

function supplementSheet(entry: SupplementEntry, provider: string, facts: CallFacts): RateSheet {
  return {
    source: 'supplement',
    sourceVersion: entry.checked,
    datasetHash: null,
    provider,
    model: entry.model,
    effectiveFrom: entry.from,
    hours: null,
    included: entry.included ?? [],
    free: null,
    ...selectRates(entry.rates, facts),
  };
}

/** Rates that the base lacks; what it has stays. */
function withExtra(sheet: RateSheet, entry: SupplementEntry, facts: CallFacts): RateSheet {
  const selected = selectRates(entry.rates, facts);
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
