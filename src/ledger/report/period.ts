/** A half-open span of time; null: no bound on that side. */
export interface Period {
  readonly from: Date | null;
  readonly to: Date | null;
}

export const ALL_TIME: Period = { from: null, to: null };

const HOUR_MS = 3_600_000;

/**
 * The last N days up to now, begun at a full hour of UTC, so that hourly rollups and rows give the same sums.
 * @throws RangeError unless `days` is a whole number from 1 to 36,500.
 */
export function lastDays(days: number, now: Date): Period {
  if (!Number.isInteger(days) || days < 1 || days > 36_500) {
    throw new RangeError(`days is ${days}; it must be a whole number from 1 to 36500`);
  }
  return { from: new Date(Math.floor((now.getTime() - days * 24 * HOUR_MS) / HOUR_MS) * HOUR_MS), to: null };
}
