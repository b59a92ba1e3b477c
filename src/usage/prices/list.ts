/** Price lists for people: what a model costs a unit, now and before. */
import { NO_MODIFIERS } from '../record.ts';
import type { Operation } from '../record.ts';
import { baseModel } from './base.ts';
import { createPriceBook, defaultPriceBook } from './book.ts';
import type { PriceBook, PricedCall } from './book.ts';
import { rateCard } from './card.ts';
import { compileSheet } from './charge.ts';
import { divide, format } from './decimal.ts';
import { GENAI_PROVIDERS, genaiModels } from './genai-prices.ts';
import { displayName } from './names.ts';
import { nearest } from './nearest.ts';
import { priceProviderId, serviceName, shortProviderName } from './provider-ids.ts';
import type { Meter, RateCard, RateSheet } from './rate.ts';
import { SUPPLEMENT } from './supplement/index.ts';

/** What is counted to price a call. `unit`: pages, searches, requests; `free`: nothing. */
export type BillingType = 'token' | 'image' | 'duration' | 'character' | 'unit' | 'free';

/** Prices are decimal USD for one unit; null where the model is not billed by it. */
export interface PriceListing {
  /** Short name (`gemini`). */
  readonly provider: string;
  readonly model: string;
  readonly name: string;
  readonly billingType: BillingType;
  readonly inputTokenCost: string | null;
  readonly outputTokenCost: string | null;
  readonly cachedInputTokenCost: string | null;
  readonly costPerImage: string | null;
  readonly costPerSecond: string | null;
  readonly costPerCharacter: string | null;
  readonly source: RateSheet['source'];
  /** First day of this price; null where no earlier one is known. */
  readonly effectiveFrom: string | null;
}

export interface ModelPrice {
  readonly listing: PriceListing;
  readonly card: RateCard;
  /** All prices that are known, oldest first; the one that holds is among them. */
  readonly history: readonly { readonly listing: PriceListing; readonly card: RateCard }[];
}

export interface PriceListOptions {
  readonly atMs: number;
  readonly book?: PriceBook;
  /** In any of the usual spellings; without it all providers are searched, makers before resellers. */
  readonly provider?: string;
}

/** Makers first: a model's own price is meant where no provider is named. */
const SEARCH_ORDER: readonly string[] = [
  ...new Set([
    ...['openai', 'anthropic', 'google', 'groq', 'cerebras', 'cohere', 'mistral', 'deepseek', 'x-ai', 'perplexity'],
    ...['voyageai', 'deepgram', 'moonshotai', 'minimax', 'zai', 'aws', 'azure', 'together', 'fireworks'],
    ...GENAI_PROVIDERS,
  ]),
];

const HOUR_MS = 3_600_000;

/** The last list of each book: it takes some hundred milliseconds to make, and no price changes within an hour. */
const lists = new WeakMap<PriceBook, { readonly key: string; readonly list: readonly PriceListing[] }>();

/** All models with a price at a time, the user's own first. */
export function listPrices(options: PriceListOptions): readonly PriceListing[] {
  const book = options.book ?? defaultPriceBook;
  const key = `${Math.floor(options.atMs / HOUR_MS)} ${options.provider ?? ''}`;
  const known = lists.get(book);
  if (known?.key === key) return known.list;
  const list = makeList(options);
  lists.set(book, { key, list });
  return list;
}

function makeList(options: PriceListOptions): readonly PriceListing[] {
  const found = new Map<string, PriceListing>();
  const wanted = options.provider === undefined ? null : priceProviderId(options.provider);
  const { tables, preset } = options.book ?? defaultPriceBook;
  // A list asks for everything once; the callers' book shall remember what calls ask for.
  const book = createPriceBook({ tables, cacheSize: 1, ...(preset === null ? {} : { preset }) });
  for (const { provider, model } of knownModels(book)) {
    if ((wanted !== null && provider !== wanted) || found.has(`${provider}\0${model}`)) continue;
    const sheet = sheetOf(callFor(provider, model), { ...options, book });
    if (sheet !== null) found.set(`${provider}\0${model}`, listing(provider, model, sheet));
  }
  return [...found.values()];
}

/** One model's price, its card and its history; null where none is known: ask `nearModels`. */
export function priceOf(model: string, options: PriceListOptions): ModelPrice | null {
  const call = findCall(model, options);
  const sheet = call === null ? null : sheetOf(call, options);
  if (call === null || sheet === null) return null;
  const book = options.book ?? defaultPriceBook;
  const times = [-8.64e15, ...book.changes(call)];
  const sheets = times.map((atMs) => sheetOf(call, { atMs, book })).filter((each): each is RateSheet => each !== null);
  const entries = sheets.map((each) => ({ listing: listing(call.provider, model, each), card: cardOf(each) }));
  const history = entries.filter((entry, index) => entry.card.id !== entries[index - 1]?.card.id);
  return { listing: listing(call.provider, model, sheet), card: cardOf(sheet), history };
}

/** Ids that look like one that is not known, the most alike first. */
export function nearModels(model: string, options: PriceListOptions, limit = 5): readonly string[] {
  const wanted = options.provider === undefined ? null : priceProviderId(options.provider);
  const ids = [...knownModels(options.book ?? defaultPriceBook)]
    .filter(({ provider }) => wanted === null || provider === wanted)
    .map((known) => known.model);
  return nearest(model, ids, limit);
}

/** Whose call a model's name means: the named provider's, `provider/model`, or the first that has a price for it. */
export function findCall(model: string, options: PriceListOptions): PricedCall | null {
  const named = options.provider === undefined ? SEARCH_ORDER : [serviceName(options.provider)];
  const calls = named.map((provider) => callFor(provider, model));
  const slash = model.indexOf('/');
  if (slash > 0 && options.provider === undefined) {
    const prefix = priceProviderId(model.slice(0, slash));
    if (SEARCH_ORDER.includes(prefix)) calls.unshift(callFor(prefix, model.slice(slash + 1)));
  }
  return calls.find((call) => sheetOf(call, options) !== null) ?? null;
}

function callFor(provider: string, model: string): PricedCall {
  return {
    provider: serviceName(provider),
    upstreamProvider: null,
    operation: operationOf(model),
    requestModel: model,
    responseModel: null,
  };
}

/** Only where a price depends on it: Deepgram's files and live sessions. */
function operationOf(model: string): Operation {
  return /^(?:nova|enhanced|base)/.test(model) ? 'transcription' : 'chat';
}

function sheetOf(call: PricedCall, options: PriceListOptions): RateSheet | null {
  const resolved = (options.book ?? defaultPriceBook).resolve(call, options.atMs, NO_MODIFIERS);
  return resolved.kind === 'sheet' && hasRates(resolved.compiled.sheet) ? resolved.compiled.sheet : null;
}

function hasRates(sheet: RateSheet): boolean {
  return sheet.rates.length > 0 || sheet.free !== null;
}

function cardOf(sheet: RateSheet): RateCard {
  return rateCard([{ part: null, ...sheet }]);
}

function* knownModels(book: PriceBook): Generator<{ provider: string; model: string }> {
  for (const price of book.tables.flatMap((table) => table.prices)) {
    if (!price.model.includes('*')) yield { provider: price.provider ?? '*', model: price.model };
  }
  if (book.preset !== null) return;
  for (const entry of SUPPLEMENT) {
    const [provider] = entry.providers;
    if (entry.kind === 'extra' || provider === undefined) continue;
    yield { provider: priceProviderId(provider), model: entry.model };
  }
  for (const provider of GENAI_PROVIDERS) {
    for (const { model } of genaiModels(provider)) yield { provider, model };
  }
}

function listing(provider: string, model: string, sheet: RateSheet): PriceListing {
  const priceProvider = priceProviderId(provider);
  const compiled = compileSheet(sheet);
  const unit = (meter: Meter): string | null => {
    const rate = [...compiled.tokenRates, ...compiled.workRates].find((each) => each.meter === meter);
    return rate === undefined ? null : format(divide(rate.price, rate.per));
  };
  const base = baseModel(priceProvider, serviceName(provider), model);
  return {
    provider: shortProviderName(provider),
    model,
    name: (base === null ? null : displayName(base.model, base.name)) ?? model,
    billingType: billingType(sheet),
    inputTokenCost: unit('input'),
    outputTokenCost: unit('output'),
    cachedInputTokenCost: unit('cache_read'),
    costPerImage: unit('images'),
    costPerSecond: unit('video_seconds') ?? unit('audio_seconds'),
    costPerCharacter: unit('characters'),
    source: sheet.source,
    effectiveFrom: sheet.effectiveFrom,
  };
}

export function billingType(sheet: RateSheet): BillingType {
  if (sheet.free !== null) return 'free';
  const has = (meter: Meter): boolean => sheet.rates.some((rate) => rate.meter === meter);
  if (has('input') || has('output')) return 'token';
  if (has('images')) return 'image';
  if (has('video_seconds') || has('audio_seconds') || has('compute_seconds')) return 'duration';
  return has('characters') ? 'character' : 'unit';
}
