import { describe, expect, it } from 'vitest';
import { formatDecimal, isDecimal, normaliseDecimal, parseDecimal } from './decimal.ts';

describe('decimals', () => {
  it('are kept exactly, to 18 digits after the point', () => {
    for (const text of ['0', '1', '0.000000000000000001', '999999999999999.999999999999999999', '12.5']) {
      expect(normaliseDecimal(text)).toBe(text);
      expect(formatDecimal(parseDecimal(text) ?? -1n)).toBe(text);
    }
  });

  it('may be written with an exponent, a sign or digits that are too fine', () => {
    expect(normaliseDecimal('1e-7')).toBe('0.0000001');
    expect(normaliseDecimal('1.5E3')).toBe('1500');
    expect(normaliseDecimal('-0.25')).toBe('-0.25');
    expect(normaliseDecimal('0.1234567890123456789')).toBe('0.123456789012345678');
    expect(normaliseDecimal('1e-99')).toBe('0');
  });

  it('sum as text of trailing zeros does, whatever way they are written', () => {
    const sum = ['0.10', '1e-1', '0.3'].map((text) => parseDecimal(text) ?? 0n).reduce((a, b) => a + b);
    expect(formatDecimal(sum)).toBe('0.5');
  });

  it('are not names, infinities, hexadecimals, nothing, or more than all the money there is', () => {
    for (const text of ['', 'free', 'NaN', 'Infinity', '0x1', '1,5', ' 1', '1 ', '1e999', '1234567890123456', '--1']) {
      expect(isDecimal(text), text).toBe(false);
      expect(normaliseDecimal(text), text).toBeNull();
    }
    expect(isDecimal('1e30')).toBe(false);
  });
});
