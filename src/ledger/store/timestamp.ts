/** Moments as PostgreSQL reads them, whatever its DateStyle and time zone. */

const HOUR_MICROS = 3_600_000_000;
/** 2000-01-01 and 2100-01-01: what a broken clock says is refused, what a wrong one says is stored. */
const EARLIEST_MICROS = Date.UTC(2000) * 1000;
const LATEST_MICROS = Date.UTC(2100) * 1000;

export function isStorableTime(unixMicros: number): boolean {
  return Number.isSafeInteger(unixMicros) && unixMicros >= EARLIEST_MICROS && unixMicros < LATEST_MICROS;
}

export function hourOf(unixMicros: number): number {
  return unixMicros - (unixMicros % HOUR_MICROS);
}

let lastSecond = -1;
let lastText = '';

/** `2026-11-22 10:00:00.123456+00` */
export function formatMicros(unixMicros: number): string {
  const micros = unixMicros % 1_000_000;
  const second = (unixMicros - micros) / 1_000_000;
  // Records of a batch are of the same seconds.
  if (second !== lastSecond) {
    const iso = new Date(second * 1000).toISOString();
    lastText = `${iso.slice(0, 10)} ${iso.slice(11, 19)}.`;
    lastSecond = second;
  }
  return `${lastText}${micros.toString().padStart(6, '0')}+00`;
}
