/**
 * The price base, @pydantic/genai-prices, behind one function: model → dated sheets of rates.
 *
 * The library's own `calcPrice` is asked for one thing only, which model an id means: its sums are binary floats, it
 * throws where counts disagree, and it normalises a provider's whole data on each call. Numbers are read through their
 * shortest text, as their authors wrote them.
 */
import { calcPrice, findProvider } from '@pydantic/genai-prices';
import type { ModelInfo, ModelPrice, TieredPrices } from '@pydantic/genai-prices';
import { modelCandidates } from './model-ids.ts';
import type { Meter, Rate, RateSheet } from './rate.ts';

/** The data that this package was tested with; a test compares both with what is installed. */
export const GENAI_PRICES = {
  version: '0.1.8',
  datasetHash: '5f094d2992b899871af0da676cce9ce8fe24d94766728c7966d2975684019450',
} as const;

/** All providers of the library, which exports no list; a test compares. */
export const GENAI_PROVIDERS: readonly string[] = [
  'anthropic',
  'arcee',
  'avian',
  'aws',
  'azure',
  'baseten',
  'cerebras',
  'cloudflare',
  'cohere',
  'cursor',
  'deepseek',
  'doubleword',
  'fireworks',
  'github-copilot',
  'google',
  'groq',
  'huggingface_cerebras',
  'huggingface_fireworks-ai',
  'huggingface_groq',
  'huggingface_hyperbolic',
  'huggingface_nebius',
  'huggingface_novita',
  'huggingface_nscale',
  'huggingface_ovhcloud',
  'huggingface_publicai',
  'huggingface_sambanova',
  'huggingface_together',
  'minimax',
  'mistral',
  'modal',
  'moonshotai',
  'novita',
  'openai',
  'openrouter',
  'ovhcloud',
  'perplexity',
  'quicksilverpro',
  'together',
  'typesafe',
  'voyageai',
  'x-ai',
  'zai',
  'zhipuai',
];

/** A sheet with the times for which it holds. The last one that holds at a time is the price at that time. */
export interface DatedSheet {
  readonly fromMs: number;
  /** Seconds of the UTC day, [from, to); to < from wraps around midnight. */
  readonly dayTime: { readonly from: number; readonly to: number } | null;
  readonly sheet: RateSheet;
}

export interface PricedModel {
  readonly provider: string;
  readonly model: string;
  readonly name: string | null;
  /** Empty where the library knows the model and no price. */
  readonly sheets: readonly DatedSheet[];
}

/** The library's price keys → meter and how many units the price is for. */
const METERS: Readonly<Record<string, readonly [Meter, number]>> = {
  input_mtok: ['input', 1e6],
  cache_read_mtok: ['cache_read', 1e6],
  cache_write_mtok: ['cache_write', 1e6],
  cache_write_1h_mtok: ['cache_write_1h', 1e6],
  input_audio_mtok: ['input_audio', 1e6],
  cache_audio_read_mtok: ['cache_read_audio', 1e6],
  input_image_mtok: ['input_image', 1e6],
  cache_image_read_mtok: ['cache_read_image', 1e6],
  input_video_mtok: ['input_video', 1e6],
  output_mtok: ['output', 1e6],
  output_reasoning_mtok: ['output_reasoning', 1e6],
  output_audio_mtok: ['output_audio', 1e6],
  output_image_mtok: ['output_image', 1e6],
  output_video_mtok: ['output_video', 1e6],
  audio_hours: ['audio_seconds', 3600],
  input_document_kpages: ['pages', 1e3],
  requests_kcount: ['requests', 1e3],
  web_searches_kcount: ['searches', 1e3],
  // Searches of one's own files are what readers count as tool calls.
  storage_searches_kcount: ['tool_calls', 1e3],
};

/**
 * Keys that are left out: `input_audio_hours` repeats `audio_hours`, annotated pages are not stated apart from pages. Other
 * keys without a meter (citations, messages) leave the model unpriced.
 */
const UNCOUNTED: ReadonlySet<string> = new Set(['input_audio_hours', 'input_annotated_document_kpages']);

/**
 * Open models that the data lists under a maker who does not serve them, at OpenRouter's price: a call that seems to be
 * one went to somebody's own server under the maker's name.
 */
const NOT_SERVED: Readonly<Record<string, RegExp>> = { openai: /^gpt-oss-/, azure: /^gpt-oss-/ };

/** Groq bills ten seconds of audio at least; the library has it in code, not in its data. */
const GROQ_MINIMUM_SECONDS = 10;

/**
 * @param provider a library id, see `priceProviderId`.
 * @returns null where the library does not know the model. Never throws.
 */
export function genaiPricedModel(provider: string, model: string): PricedModel | null {
  if (!GENAI_PROVIDERS.includes(provider)) return null;
  for (const candidate of modelCandidates(provider, model)) {
    const match = matchModel(provider, candidate);
    if (match === null) continue;
    return NOT_SERVED[provider]?.test(match.model.id) === true ? null : pricedModel(match.provider, match.model);
  }
  return null;
}

function matchModel(provider: string, candidate: string): { provider: string; model: ModelInfo } | null {
  try {
    const found = calcPrice({}, candidate, { providerId: provider, timestamp: new Date(0) });
    return found === null ? null : { provider: found.provider.id, model: found.model };
  } catch {
    return null;
  }
}

/** All models of one provider of the library. */
export function genaiModels(provider: string): readonly PricedModel[] {
  return (findProvider({ providerId: provider })?.models ?? []).map((model) => pricedModel(provider, model));
}

function pricedModel(provider: string, model: ModelInfo): PricedModel {
  const dated = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }];
  // Times of day come after the date from which they hold; the library would apply them to all days before, too.
  let startDate: string | null = null;
  const sheets = dated.flatMap((entry): DatedSheet[] => {
    const { constraint } = entry;
    if (constraint?.type === 'start_date') startDate = constraint.start_date;
    const rates = ratesOf(provider, model.id, entry.prices);
    if (rates === null) return [];
    const hours = constraint?.type === 'time_of_date' ? constraint : null;
    return [
      {
        fromMs: startDate === null ? -Infinity : Date.parse(`${startDate}T00:00:00Z`),
        dayTime: hours === null ? null : { from: daySecond(hours.start_time), to: daySecond(hours.end_time) },
        sheet: {
          source: 'genai-prices',
          sourceVersion: GENAI_PRICES.version,
          datasetHash: GENAI_PRICES.datasetHash,
          provider,
          model: model.id,
          effectiveFrom: startDate,
          hours: hours === null ? null : `${hours.start_time}/${hours.end_time}`,
          rates,
          included: [],
          modifiers: [],
          free: null,
        },
      },
    ];
  });
  return { provider, model: model.id, name: model.name ?? null, sheets };
}

/** Null where a price is for something that cannot be counted: half a bill is none. */
function ratesOf(provider: string, model: string, prices: ModelPrice): readonly Rate[] | null {
  const rates: Rate[] = [];
  for (const [priceKey, price] of Object.entries(prices)) {
    if (price === undefined || UNCOUNTED.has(priceKey)) continue;
    const meter = METERS[priceKey];
    if (meter === undefined) return null;
    const minimum = provider === 'groq' && model.startsWith('whisper-') ? { minimum: GROQ_MINIMUM_SECONDS } : {};
    rates.push({ meter: meter[0], per: meter[1], ...priceTexts(price), ...minimum });
  }
  return rates.length === 0 ? null : rates;
}

function priceTexts(price: number | TieredPrices): Pick<Rate, 'usd' | 'tiers'> {
  if (typeof price === 'number') return { usd: String(price) };
  const tiers = price.tiers.toSorted((a, b) => a.start - b.start);
  return {
    usd: String(price.base),
    tiers: tiers.map((tier) => ({ aboveInputTokens: tier.start, usd: String(tier.price) })),
  };
}

/** `16:30:00Z` → second of the UTC day. The data has no other zones; a test looks. */
function daySecond(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.replace('Z', '').split(':').map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}

/** The sheet that holds at a time; the library's rule: the last that fits, else the first. */
export function sheetAt(sheets: readonly DatedSheet[], atMs: number): RateSheet | null {
  const found = sheets.findLast((entry) => holds(entry, atMs)) ?? sheets[0];
  return found?.sheet ?? null;
}

const DAY_MS = 86_400_000;

function holds(entry: DatedSheet, atMs: number): boolean {
  if (atMs < entry.fromMs) return false;
  if (entry.dayTime === null) return true;
  const second = (((atMs % DAY_MS) + DAY_MS) % DAY_MS) / 1000;
  const { from, to } = entry.dayTime;
  return to < from ? second >= from || second < to : second >= from && second < to;
}
