/** Days of a time zone as instants. */
import { formatDate, formatDateTime } from './numbers.ts';

const DAY_MS = 86_400_000;

/** Milliseconds that the clocks of `timeZone` are ahead of UTC at an instant. */
export function offsetMs(at: number, timeZone: string): number {
  const wall = Date.parse(`${formatDateTime(new Date(at), timeZone).replace(' ', 'T')}Z`);
  return wall - Math.floor(at / 1000) * 1000;
}

/**
 * The first instant of a day. Where the clocks jump over midnight the day begins after the jump; where midnight comes
 * twice, with the first.
 * @param date `2025-10-30`
 */
export function startOfDay(date: string, timeZone: string): Date {
  const wall = Date.parse(`${date}T00:00:00Z`);
  const candidates = [wall - DAY_MS, wall + DAY_MS]
    .map((near) => new Date(wall - offsetMs(near, timeZone)))
    .filter((candidate) => formatDate(candidate, timeZone) === date)
    .toSorted((a, b) => a.getTime() - b.getTime());
  return candidates[0] ?? new Date(wall - offsetMs(wall, timeZone));
}

/** `2025-10-30` and 1 → `2025-10-31`: a day of the calendar, which is not always 24 hours. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export function startOfNextDay(date: string, timeZone: string): Date {
  return startOfDay(addDays(date, 1), timeZone);
}
