/** Medians and their 95 % intervals over rounds of several generations of processes. */

export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2_000;

/**
 * Two processes that run the same code differ by a few per cent (what was compiled when, where memory lies), and no
 * number of rounds averages that out: so generations are drawn first, then rounds within each.
 *
 * @param generations values of rounds, one list a generation.
 * @returns the median of all, and the bootstrap's percentiles 2.5 and 97.5; the same for the same values.
 */
export function estimate(generations: readonly (readonly number[])[]): Estimate {
  const random = generator(1);
  const draw = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const medians = Array.from({ length: RESAMPLES }, () =>
    median(
      generations.flatMap(() => {
        const generation = draw(generations);
        return generation.map(() => draw(generation));
      }),
    ),
  ).toSorted((a, b) => a - b);
  return {
    value: median(generations.flat()),
    low: quantile(medians, 0.025),
    high: quantile(medians, 0.975),
  };
}

export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** @param sorted ascending. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** Mulberry32: intervals do not change between two looks at the same rounds. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
