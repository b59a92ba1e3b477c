/** Exact decimals as integers of 1e-18, so that sums made here equal NUMERIC sums made by PostgreSQL. */

const FRACTION_DIGITS = 18;
const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d+))?(?:e(-?\d{1,2}))?$/i;
/** What our own exporter writes: nothing to cut off, nothing to convert. */
const PLAIN = /^\d{1,15}(?:\.\d{1,18})?$/;

export function isDecimal(text: string): boolean {
  return PLAIN.test(text) || parseDecimal(text) !== null;
}

/** Null when the text is not a decimal number or too large to be money. Digits beyond 1e-18 are cut off. */
export function parseDecimal(text: string): bigint | null {
  if (PLAIN.test(text)) {
    const dot = text.indexOf('.');
    if (dot === -1) return BigInt(text) * 10n ** BigInt(FRACTION_DIGITS);
    return BigInt(text.slice(0, dot) + text.slice(dot + 1).padEnd(FRACTION_DIGITS, '0'));
  }
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const shift = FRACTION_DIGITS - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  if (shift > 2 * FRACTION_DIGITS) return null;
  const scaled = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  return sign === '-' ? -scaled : scaled;
}

export function formatDecimal(scaled: bigint): string {
  const sign = scaled < 0n ? '-' : '';
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(FRACTION_DIGITS + 1, '0');
  const fraction = digits.slice(-FRACTION_DIGITS).replace(/0+$/, '');
  const whole = digits.slice(0, -FRACTION_DIGITS);
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`;
}

/** The text that is stored: what rows hold is exactly what is summed. */
export function normaliseDecimal(text: string): string | null {
  if (PLAIN.test(text)) return text;
  const scaled = parseDecimal(text);
  return scaled === null ? null : formatDecimal(scaled);
}
