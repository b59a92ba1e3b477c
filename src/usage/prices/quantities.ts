/**
 * Counts of a reading → quantities of a sheet's meters, so that no token is priced twice.
 *
 * The counts overlap: input includes cache reads, cache reads include cached audio. A meter with a price of its own takes
 * its tokens out of the meter that contains it; one without leaves them there. This is genai-prices' decomposition,
 * written out for the meters that readings can state.
 */
import type { TokenCounts, Units } from '../record.ts';
import type { Meter } from './rate.ts';

/** A count that cannot be: negative, not finite, beyond 2^53, or a subset larger than its whole. */
export class ImpossibleCounts extends Error {
  override readonly name = 'ImpossibleCounts';
}

function count(value: number | null | undefined): number {
  if (value === null || value === undefined) return 0;
  if (typeof value !== 'number' || !(value >= 0) || value > Number.MAX_SAFE_INTEGER) {
    throw new ImpossibleCounts(`${String(value)} is no count`);
  }
  return value;
}

/** Fractions of tokens exist (Titan states them); differences of floats leave dust below any billed amount. */
const DUST = 1e-6;

function rest(value: number): number {
  if (value >= 0) return value;
  if (value > -DUST) return 0;
  throw new ImpossibleCounts('the parts of a count exceed it');
}

export type Quantities = Partial<Record<Meter, number>>;

/** Tokens of a call, as billed: Cohere's billed counts replace the processed ones. */
export function billedTokens(tokens: TokenCounts): { input: number | null; output: number | null } {
  return { input: tokens.billedInput ?? tokens.input, output: tokens.billedOutput ?? tokens.output };
}

/**
 * @param priced the sheet's meters.
 * @throws ImpossibleCounts
 */
export function tokenQuantities(tokens: TokenCounts, priced: ReadonlySet<Meter>): Quantities {
  return { ...inputQuantities(tokens, priced), ...outputQuantities(tokens, priced) };
}

function inputQuantities(tokens: TokenCounts, priced: ReadonlySet<Meter>): Quantities {
  const input = count(billedTokens(tokens).input);
  // Subsets of what was processed say nothing about what was billed.
  if (tokens.billedInput !== null) return { input };
  const of = (meter: Meter, value: number | null): number => (priced.has(meter) ? count(value) : 0);
  const read = of('cache_read', tokens.cacheRead);
  const write = of('cache_write', tokens.cacheWrite);
  const write1h = of('cache_write_1h', tokens.cacheWrite1h);
  const audio = of('input_audio', tokens.inputAudio);
  const image = of('input_image', tokens.inputImage);
  const video = of('input_video', tokens.inputVideo);
  const cachedAudio = Math.min(of('cache_read_audio', tokens.cacheReadAudio), read, audio);
  const separate = read + write + audio + image + video - cachedAudio;
  // How many cached tokens are images is stated by nobody: at least those that would not fit otherwise are.
  const cachedImage = priced.has('cache_read_image') ? Math.min(Math.max(0, separate - input), read, image) : 0;
  return {
    input: rest(input - separate + cachedImage),
    cache_read: rest(read - cachedAudio - cachedImage),
    cache_write: rest(write - write1h),
    cache_write_1h: write1h,
    input_audio: rest(audio - cachedAudio),
    cache_read_audio: cachedAudio,
    input_image: rest(image - cachedImage),
    cache_read_image: cachedImage,
    input_video: video,
  };
}

function outputQuantities(tokens: TokenCounts, priced: ReadonlySet<Meter>): Quantities {
  const output = count(billedTokens(tokens).output);
  if (tokens.billedOutput !== null) return { output };
  const of = (meter: Meter, value: number | null): number => (priced.has(meter) ? count(value) : 0);
  const reasoning = of('output_reasoning', tokens.reasoning);
  const audio = of('output_audio', tokens.outputAudio);
  const image = of('output_image', tokens.outputImage);
  const video = of('output_video', tokens.outputVideo);
  return {
    output: rest(output - reasoning - audio - image - video),
    output_reasoning: reasoning,
    output_audio: audio,
    output_image: image,
    output_video: video,
  };
}

/** @throws ImpossibleCounts */
export function unitQuantity(units: Units, meter: keyof Units): number {
  return count(units[meter]);
}
