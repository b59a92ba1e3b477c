/**
 * Decimal strings, exact: money is NUMERIC in the database and a string here, since binary floating point cannot be
 * summed or rounded exactly.
 */

/** @param text plain decimal notation as PostgreSQL prints it (`-12.3400`), no exponent. */
function parse(text: string): { units: bigint; scale: number } {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text);
  if (match === null) throw new RangeError(`Not a decimal number: ${JSON.stringify(text)}`);
  const fraction = match[3] ?? '';
  const units = BigInt(`${match[2] ?? '0'}${fraction}`);
  return { units: match[1] === '-' ? -units : units, scale: fraction.length };
}

function print(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? '' : `.${digits.slice(digits.length - scale)}`;
  return `${units < 0n ? '-' : ''}${whole}${fraction}`;
}

/** Rounds half away from zero, as PostgreSQL's `round(numeric, int)` does. */
export function roundDecimal(text: string, places: number): string {
  const { units, scale } = parse(text);
  if (scale <= places) return print(units * 10n ** BigInt(places - scale), places);
  const divisor = 10n ** BigInt(scale - places);
  const half = divisor / 2n;
  const rounded = units < 0n ? -((-units + half) / divisor) : (units + half) / divisor;
  return print(rounded, places);
}

export function addDecimals(left: string, right: string): string {
  const a = parse(left);
  const b = parse(right);
  const scale = Math.max(a.scale, b.scale);
  const sum = a.units * 10n ** BigInt(scale - a.scale) + b.units * 10n ** BigInt(scale - b.scale);
  return print(sum, scale);
}

/** Without trailing zeros: `0.0300` → `0.03`, `2.000` → `2`. */
export function trimDecimal(text: string): string {
  return text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
}

/** @param factor below 1e21, taken with 12 decimals. What lies below 1e-18 of the result is rounded off. */
export function multiplyDecimal(text: string, factor: number): string {
  const a = parse(text);
  const b = parse(factor.toFixed(12));
  return trimDecimal(roundDecimal(print(a.units * b.units, a.scale + b.scale), 18));
}
