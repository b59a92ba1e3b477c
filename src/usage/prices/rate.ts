/** What a price is made of: meters, rates, sheets and cards. Plain JSON, so that a card can be stored and replayed. */

/** Token meters. Each counts tokens that no other priced meter of the sheet counts: see quantities.ts. */
export type TokenMeter =
  | 'input'
  | 'cache_read'
  | 'cache_write'
  | 'cache_write_1h'
  | 'input_audio'
  | 'cache_read_audio'
  | 'input_image'
  | 'cache_read_image'
  | 'input_video'
  | 'output'
  | 'output_reasoning'
  | 'output_audio'
  | 'output_image'
  | 'output_video';

/** What is bought where it is not tokens. Left out of the sum where the call's tokens are priced: they are the same work. */
export type WorkMeter =
  'images' | 'video_seconds' | 'audio_seconds' | 'characters' | 'pages' | 'search_units' | 'compute_seconds';

/** Bought besides the work. */
export type FeeMeter = 'searches' | 'fetches' | 'tool_calls' | 'requests';

export type Meter = TokenMeter | WorkMeter | FeeMeter;

export const WORK_METERS: readonly WorkMeter[] = [
  'images',
  'video_seconds',
  'audio_seconds',
  'characters',
  'pages',
  'search_units',
  'compute_seconds',
];
export const FEE_METERS: readonly FeeMeter[] = ['searches', 'fetches', 'tool_calls', 'requests'];

const NOT_TOKENS: ReadonlySet<string> = new Set<Meter>([...WORK_METERS, ...FEE_METERS]);
const WORK: ReadonlySet<string> = new Set<Meter>(WORK_METERS);

export function isTokenMeter(meter: Meter): meter is TokenMeter {
  return !NOT_TOKENS.has(meter);
}

export function isWorkMeter(meter: Meter): meter is WorkMeter {
  return WORK.has(meter);
}

export interface RateTier {
  /** All tokens of the meter have this price once the call's whole input is above this many tokens. */
  readonly aboveInputTokens: number;
  readonly usd: string;
}

export interface Rate {
  readonly meter: Meter;
  /** USD for `per` units; a decimal text. */
  readonly usd: string;
  readonly per: number;
  /** Ascending. */
  readonly tiers?: readonly RateTier[];
  /** A quantity above 0 and below this is billed as this (Groq bills 10 seconds of audio at least). */
  readonly minimum?: number;
  /** A quantity above this is billed as this (a grounded prompt of Gemini 2 costs once, whatever it searched). */
  readonly maximum?: number;
}

export function perMillion(meter: Meter, usd: string): Rate {
  return { meter, usd, per: 1e6 };
}

export function perThousand(meter: Meter, usd: string): Rate {
  return { meter, usd, per: 1e3 };
}

export function each(meter: Meter, usd: string): Rate {
  return { meter, usd, per: 1 };
}

/** Something about the call that changed its rates. */
export interface Modifier {
  /** `service_tier`, `inference_geo`, `speed`, `region`, `size`, `quality`, `audio`, `discount`. */
  readonly name: string;
  readonly value: string;
  /** Multiplies the rates of `meters`; absent where the modifier chose among rates instead. */
  readonly factor?: string;
  /** Which meters the factor is for: all token meters, all meters, or those named. */
  readonly meters?: 'tokens' | 'all' | readonly Meter[];
}

/** `user`: a user's table. `supplement`: this project's. `legacy`: the preset. */
export type PriceSource = 'user' | 'supplement' | 'genai-prices' | 'legacy';

/** The rates of one model at one time, and where they come from. */
export interface RateSheet {
  readonly source: PriceSource;
  /** Version of the library, date of the supplement's or name of the user's table. */
  readonly sourceVersion: string;
  /** sha256 of the library's data; null for other sources. */
  readonly datasetHash: string | null;
  /** As the source names them. */
  readonly provider: string;
  readonly model: string;
  /** `2026-03-13`; null where the source knows no earlier price. */
  readonly effectiveFrom: string | null;
  /** UTC times of day where the price depends on them: `00:30:00Z/16:30:00Z`. */
  readonly hours: string | null;
  readonly rates: readonly Rate[];
  /** Units that the rates include: stated, and not billed apart. */
  readonly included: readonly Meter[];
  readonly modifiers: readonly Modifier[];
  /** Why it costs nothing, where that is known; null: the rates say what it costs. */
  readonly free: 'free-model' | 'local' | null;
}

/** A sheet in a card, with what it is for. */
export interface CardSheet extends RateSheet {
  /** The model as a part of the reading names it; null: the call itself. */
  readonly part: string | null;
}

/**
 * Everything that is needed to compute a cost again. `id` is the sha256 of the rest in canonical form, so equal prices
 * have equal ids everywhere.
 */
export interface RateCard {
  readonly id: string;
  /** Version of the rules by which quantities meet rates (quantities.ts, charge.ts). */
  readonly rules: 1;
  readonly sheets: readonly CardSheet[];
}
