/**
 * All prices that hold for an observer, in one value: the user's tables, the supplement, the price base. It answers
 * which price a call has; what is resolved once is remembered, misses included.
 */
import type { Operation, PriceModifiers, UnpricedReason } from '../record.ts';
import { baseModel, hasPrice, listPrice } from './base.ts';
import type { BaseModel } from './base.ts';
import { compileSheet } from './charge.ts';
import type { CompiledSheet } from './charge.ts';
import { LEGACY_TABLE } from './legacy.ts';
import { Lru } from './lru.ts';
import { isFreeVariant, modelCandidates } from './model-ids.ts';
import { billingProvider, isLocal, priceProviderId, serviceName } from './provider-ids.ts';
import type { RateSheet } from './rate.ts';
import type { CallFacts } from './supplement/entry.ts';
import { modifiedSheet } from './supplement/tiers.ts';
import { matchesPattern, specificity } from './table.ts';
import type { Discount, PriceTable, UserPrice } from './table.ts';

/** Whose call it was: all that decides which prices hold, besides time and modifiers. */
export interface PricedCall {
  /** OpenTelemetry's name. */
  readonly provider: string;
  readonly upstreamProvider: string | null;
  readonly operation: Operation;
  readonly requestModel: string | null;
  readonly responseModel: string | null;
}

export type Resolved =
  | { readonly kind: 'sheet'; readonly compiled: CompiledSheet; readonly force: boolean }
  | { readonly kind: 'unpriced'; readonly reason: UnpricedReason };

export interface PriceBookOptions {
  /** The user's tables; where two have a price for the same id, the first wins. */
  readonly tables?: readonly PriceTable[];
  /** `legacy`: only the old flat table, also where the provider states a cost. For comparison with old reports. */
  readonly preset?: 'legacy';
  /** How many (provider, models) are remembered. */
  readonly cacheSize?: number;
}

export interface PriceBook {
  /** Never throws for any call. */
  resolve(call: PricedCall, atMs: number, modifiers: PriceModifiers): Resolved;
  /** Moments at which the call's price changed or will, epoch milliseconds, ascending. */
  changes(call: PricedCall): readonly number[];
  readonly tables: readonly PriceTable[];
  readonly preset: 'legacy' | null;
}

interface Entry {
  readonly prices: readonly { readonly table: PriceTable; readonly price: UserPrice }[];
  readonly discounts: readonly { readonly table: PriceTable; readonly discount: Discount }[];
  readonly base: BaseModel | null;
  readonly local: boolean;
  readonly reason: UnpricedReason;
  /** Moments at which some price of the entry changes, ascending. */
  readonly changesMs: readonly number[];
  readonly daySeconds: readonly number[];
  readonly resolved: Lru<Resolved>;
}

const MODELS_KEPT = 2_000;
/** Sizes, regions and tiers are texts from outside: as many combinations of one model are kept, no more. */
const VARIANTS_KEPT = 64;
const DAY_MS = 86_400_000;

export function createPriceBook(options: PriceBookOptions = {}): PriceBook {
  const preset = options.preset ?? null;
  const tables = preset === 'legacy' ? [LEGACY_TABLE] : (options.tables ?? []);
  const entries = new Lru<Entry>(options.cacheSize ?? MODELS_KEPT);
  const entryOf = (call: PricedCall): Entry => {
    const key = `${call.provider}\0${call.upstreamProvider ?? ''}\0${call.operation}\0${call.responseModel ?? ''}\0${call.requestModel ?? ''}`;
    return entries.get(key) ?? entries.set(key, findEntry(call, tables, preset));
  };
  return {
    tables,
    preset,
    changes: (call) => entryOf(call).changesMs,
    resolve(call, atMs, modifiers) {
      const entry = entryOf(call);
      const variant = periodKey(entry, atMs) + modifiersKey(modifiers);
      const facts = { operation: call.operation, modifiers };
      return entry.resolved.get(variant) ?? entry.resolved.set(variant, resolveEntry(entry, atMs, facts, preset));
    },
  };
}

const LOCAL_SHEET = compileSheet({
  source: 'supplement',
  sourceVersion: 'local',
  datasetHash: null,
  provider: 'local',
  model: '*',
  effectiveFrom: null,
  hours: null,
  rates: [],
  included: [],
  modifiers: [],
  free: 'local',
});

/** The supplement and the price base, without a user's tables. */
export const defaultPriceBook: PriceBook = createPriceBook();

function findEntry(made: PricedCall, tables: readonly PriceTable[], preset: 'legacy' | null): Entry {
  const call = { ...made, provider: billingProvider(made.provider, made.upstreamProvider) };
  const provider = priceProviderId(call.provider, call.upstreamProvider);
  const models = modelsOf(call, provider, tables);
  const ids = [...new Set(models.flatMap((model) => modelCandidates(provider, model)))];
  const matching = (entry: { readonly provider: string | null; readonly model: string }): boolean =>
    (entry.provider === null || entry.provider === provider) && ids.some((id) => matchesPattern(entry.model, id));
  const prices = tables
    .flatMap((table) => table.prices.filter(matching).map((price) => ({ table, price })))
    .toSorted((a, b) => specificity(b.price) - specificity(a.price));
  const discounts = tables.flatMap((table) =>
    table.discounts.filter(matching).map((discount) => ({ table, discount })),
  );
  const base = preset === null ? firstBase(provider, call, models) : null;
  const starts = [
    ...prices.map(({ price }) => price.from),
    ...discounts.map(({ discount }) => discount.from),
    ...[...(base?.prices ?? []), ...(base?.extras ?? [])].map((entry) => entry.from),
  ].flatMap((from) => (from === null ? [] : [dayMs(from)]));
  const library = base?.library?.sheets ?? [];
  return {
    prices,
    discounts,
    base,
    local: isLocal(call.provider, call.responseModel ?? call.requestModel),
    reason:
      models.length === 0 && base === null ? 'model-not-stated' : base === null ? 'model-unknown' : 'price-unknown',
    changesMs: [...starts, ...library.map((sheet) => sheet.fromMs)].filter(Number.isFinite).toSorted((a, b) => a - b),
    daySeconds: library.flatMap(({ dayTime }) => (dayTime === null ? [] : [dayTime.from, dayTime.to])),
    resolved: new Lru<Resolved>(VARIANTS_KEPT),
  };
}

/**
 * The models that the call may be priced as, best first. The answer's model is what ran; only Bedrock's price depends on
 * the profile that was asked for (`us.`, `global.`). A deployment that the user mapped is what the user says.
 */
function modelsOf(call: PricedCall, provider: string, tables: readonly PriceTable[]): readonly string[] {
  const stated = provider === 'aws' ? [call.requestModel, call.responseModel] : [call.responseModel, call.requestModel];
  const models = stated.filter((model): model is string => model !== null && model !== '');
  const mapped = tables
    .flatMap((table) => table.deployments)
    .filter(
      (deployment) =>
        (deployment.provider === null || deployment.provider === provider) &&
        models.some((model) => model.toLowerCase() === deployment.name),
    )
    .map((deployment) => deployment.model);
  return [...new Set([...mapped, ...models])];
}

function firstBase(provider: string, call: PricedCall, models: readonly string[]): BaseModel | null {
  let known: BaseModel | null = null;
  // Search endpoints have no model; their price stands under the operation's name.
  for (const model of models.length === 0 ? [call.operation] : models) {
    if (!mayBe(model, provider, call)) continue;
    const base = baseModel(provider, serviceName(call.provider), model);
    if (base === null) continue;
    if (hasPrice(base)) return base;
    known ??= base;
  }
  return known;
}

/** A router may answer with another model than was asked for: what was asked for says nothing about its price then. */
function mayBe(model: string, provider: string, { requestModel, responseModel }: PricedCall): boolean {
  if (provider !== 'openrouter' || responseModel === null || model !== requestModel) return true;
  const author = (id: string): string => id.slice(0, id.indexOf('/') + 1).toLowerCase();
  return (
    author(model) === author(responseModel) && isFreeVariant(provider, model) === isFreeVariant(provider, responseModel)
  );
}

function resolveEntry(entry: Entry, atMs: number, facts: CallFacts, preset: 'legacy' | null): Resolved {
  const own = entry.prices.find(({ price }) => price.from === null || dayMs(price.from) <= atMs);
  const overrides = preset === 'legacy';
  if (own !== undefined) {
    const { table, price } = latest(entry, own, atMs);
    const force = overrides || price.force;
    return { kind: 'sheet', compiled: compileSheet(userSheet(table, price)), force };
  }
  if (entry.local) return { kind: 'sheet', compiled: LOCAL_SHEET, force: false };
  if (entry.base !== null && entry.base.free !== null) {
    return { kind: 'sheet', compiled: compileSheet(entry.base.free), force: false };
  }
  const list = entry.base === null ? null : listPrice(entry.base, atMs, facts);
  if (list === null) return { kind: 'unpriced', reason: entry.reason };
  const sheet = modifiedSheet(list, facts.modifiers);
  if (sheet === null) return { kind: 'unpriced', reason: 'tier-unpriced' };
  return discounted(entry, sheet, atMs);
}

/** Among prices of one table for the same ids, the newest that has begun. */
function latest(entry: Entry, first: Entry['prices'][number], atMs: number): Entry['prices'][number] {
  return entry.prices
    .filter(
      ({ table, price }) =>
        table === first.table &&
        specificity(price) === specificity(first.price) &&
        (price.from === null || dayMs(price.from) <= atMs),
    )
    .reduce((newest, other) => ((other.price.from ?? '') > (newest.price.from ?? '') ? other : newest), first);
}

function userSheet(table: PriceTable, price: UserPrice): RateSheet {
  return {
    source: table.source,
    sourceVersion: table.name,
    datasetHash: null,
    provider: price.provider ?? '*',
    model: price.model,
    effectiveFrom: price.from,
    hours: null,
    rates: price.rates,
    included: price.included,
    modifiers: [],
    free: price.free ? 'free-model' : null,
  };
}

function discounted(entry: Entry, sheet: RateSheet, atMs: number): Resolved {
  const valid = entry.discounts
    .filter(({ discount }) => discount.from === null || dayMs(discount.from) <= atMs)
    .toSorted(
      (a, b) =>
        specificity(b.discount) - specificity(a.discount) ||
        ((a.discount.from ?? '') > (b.discount.from ?? '') ? -1 : 1),
    )[0];
  if (valid === undefined) return { kind: 'sheet', compiled: compileSheet(sheet), force: false };
  const { table, discount } = valid;
  const modifier = { name: 'discount', value: table.name, factor: discount.factor, meters: 'all' } as const;
  return {
    kind: 'sheet',
    compiled: compileSheet({ ...sheet, modifiers: [...sheet.modifiers, modifier] }),
    force: discount.force,
  };
}

function dayMs(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/** Equal for two times at which all prices of the entry are equal. */
function periodKey(entry: Entry, atMs: number): string {
  if (entry.changesMs.length === 0 && entry.daySeconds.length === 0) return '';
  let period = 0;
  for (const change of entry.changesMs) if (change <= atMs) period += 1;
  if (entry.daySeconds.length === 0) return `${period}`;
  const second = (((atMs % DAY_MS) + DAY_MS) % DAY_MS) / 1000;
  let segment = 0;
  for (const [index, boundary] of entry.daySeconds.entries()) if (boundary <= second) segment |= 1 << index;
  return `${period}/${segment}`;
}

function modifiersKey(modifiers: PriceModifiers): string {
  const { serviceTier, region, inferenceGeo, speed, size, quality, audio } = modifiers;
  if (serviceTier === null && region === null && size === null && quality === null && audio === null) {
    if (inferenceGeo === null && speed === null) return '';
  }
  return `\0${serviceTier ?? ''}\0${region ?? ''}\0${inferenceGeo ?? ''}\0${speed ?? ''}\0${size ?? ''}\0${quality ?? ''}\0${String(audio)}`;
}
