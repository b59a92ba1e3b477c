/** Numbers of money as decimal strings, without binary arithmetic. */

const MAX_FRACTION_DIGITS = 18;
const MAX_USD = 1_000_000_000;

/** A stated amount of USD as a plain decimal string; null for what is no such amount. */
export function usd(value: unknown): string | null {
  const number = typeof value === 'string' && /^\d{1,12}(?:\.\d{1,24})?$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !(number >= 0) || number > MAX_USD) return null;
  return plain(typeof value === 'string' ? value : String(number));
}

/** `ticks` of 10^-`exponent` USD (xAI states 10^-10). */
export function scaledUsd(ticks: unknown, exponent: number): string | null {
  if (typeof ticks !== 'number' || !Number.isSafeInteger(ticks) || ticks < 0) return null;
  const digits = String(ticks).padStart(exponent + 1, '0');
  return plain(`${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`);
}

/** `1e-7` → `0.0000001`; no trailing zeros. */
function plain(decimal: string): string {
  const [mantissa = '0', exponentText] = decimal.toLowerCase().split('e');
  const exponent = Number(exponentText ?? '0');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const shifted =
    exponent < 0 ? '0'.repeat(-exponent) + whole : whole + fraction.slice(0, exponent).padEnd(exponent, '0');
  const point = exponent < 0 ? shifted.length + exponent : shifted.length;
  const rest = exponent < 0 ? shifted.slice(point) + fraction : fraction.slice(Math.max(exponent, 0));
  const left = shifted.slice(0, point).replace(/^0+(?=\d)/, '') || '0';
  const right = rest.slice(0, MAX_FRACTION_DIGITS).replace(/0+$/, '');
  return right === '' ? left : `${left}.${right}`;
}
