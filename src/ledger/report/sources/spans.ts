/** A period cut at full hours, quarters or days, so that each part of it is answered by the coarsest total that can. */
import type { Period } from '../period.ts';

export const QUARTER_MS = 900_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export interface Cut {
  /** The part that consists of whole units; null where there is none. */
  readonly whole: Period | null;
  /** What is left at both ends, which is less than a unit each, or all of it. */
  readonly ends: readonly Period[];
}

export function cut({ from, to }: Period, unitMs: number): Cut {
  const first = from === null ? null : new Date(Math.ceil(from.getTime() / unitMs) * unitMs);
  const last = to === null ? null : new Date(Math.floor(to.getTime() / unitMs) * unitMs);
  if (first !== null && last !== null && first >= last) return { whole: null, ends: [{ from, to }] };
  return {
    whole: { from: first, to: last },
    ends: [
      ...(from !== null && first !== null && from < first ? [{ from, to: first }] : []),
      ...(to !== null && last !== null && last < to ? [{ from: last, to }] : []),
    ],
  };
}
