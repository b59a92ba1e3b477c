/** Times as other programs write them. */
import { offsetMs } from '../../report/zoned-time.ts';

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)? ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;
const EPOCH = /^(\d{9,19})(?:\.(\d{1,9}))?$/;
/** Digits of seconds, milliseconds, microseconds and nanoseconds in our century, each with its microseconds. */
const EPOCH_UNITS: readonly (readonly [digits: number, micros: bigint, divisor: bigint])[] = [
  [11, 1_000_000n, 1n],
  [14, 1000n, 1n],
  [17, 1n, 1n],
  [19, 1n, 1000n],
];

/**
 * @param timeZone of times that name none
 * @returns microseconds since the epoch; null where the text is no time
 */
export function parseTime(text: string, timeZone: string): number | null {
  const epoch = EPOCH.exec(text);
  if (epoch !== null) return fromEpoch(epoch[1] ?? '', epoch[2] ?? '');
  const match = ISO.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  // 2026-02-30 is no day, though Date makes one of it.
  const at = new Date(wall);
  if (at.getUTCDate() !== day || at.getUTCMonth() !== month - 1 || at.getUTCHours() !== hour) return null;
  if (minute > 59 || second > 59) return null;
  const micros = Number((match[7] ?? '').padEnd(6, '0').slice(0, 6));
  const zone = match[8];
  const instant = zone === undefined ? ofZone(wall, timeZone) : wall - offsetOf(zone);
  return instant * 1000 + micros;
}

function fromEpoch(whole: string, fraction: string): number | null {
  const unit = EPOCH_UNITS.find(([digits]) => whole.length <= digits);
  if (unit === undefined) return null;
  const [, micros, divisor] = unit;
  const rest = (BigInt(fraction.padEnd(9, '0')) * micros) / 1_000_000_000n;
  return Number((BigInt(whole) * micros + rest) / divisor);
}

function offsetOf(zone: string): number {
  if (!/^[+-]/.test(zone)) return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** A clock's reading as an instant. Where the clocks were set back, the earlier of two. */
function ofZone(wall: number, timeZone: string): number {
  const guess = wall - offsetMs(wall, timeZone);
  const before = wall - offsetMs(guess - 3_600_000, timeZone);
  return before + offsetMs(before, timeZone) === wall ? before : wall - offsetMs(guess, timeZone);
}
