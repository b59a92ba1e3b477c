/** Exact sums of decimal USD: binary floating point cannot add prices. */

const SCALE = 18;

/** Units of 1e-18 USD. @throws Error where the text is no decimal number */
export function toAtto(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text.trim());
  if (match === null) throw new Error(`"${text}" is not a decimal number.`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction);
  const shift = SCALE - fraction.length + Number(exponent);
  // More than 18 digits after the point is finer than any price: cut.
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  return sign === '-' ? -value : value;
}

/** The shortest decimal text of a number of 1e-18 USD. */
export function fromAtto(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(SCALE + 1, '0');
  const fraction = digits.slice(-SCALE).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -SCALE)}${fraction === '' ? '' : `.${fraction}`}`;
}
