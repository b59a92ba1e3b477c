import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDecimals, roundDecimal, trimDecimal } from './decimal.ts';
import { formatCount, formatMilliseconds, formatUsd } from './numbers.ts';

describe('decimals', () => {
  test.each([
    ['0.00774999', 4, '0.0077'],
    ['0.00775', 4, '0.0078'],
    ['-0.00775', 4, '-0.0078'],
    ['1', 4, '1.0000'],
    ['999.99995', 4, '1000.0000'],
    ['0.1', 0, '0'],
    ['123456789012345678.5', 0, '123456789012345679'],
  ])('%s to %i places is %s', (text, places, rounded) => {
    expect(roundDecimal(text, places)).toBe(rounded);
  });

  test('0.1 and 0.2 are 0.3', () => {
    expect(addDecimals('0.1', '0.2')).toBe('0.3');
    expect(addDecimals('1', '-0.000000000001')).toBe('0.999999999999');
    expect(trimDecimal('0.0300')).toBe('0.03');
    expect(trimDecimal('200')).toBe('200');
    expect(trimDecimal('2.000')).toBe('2');
  });

  test('sums of whole millionths are what integers say', () => {
    const millionth = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
    const text = (value: bigint): string => {
      const digits = (value < 0n ? -value : value).toString().padStart(7, '0');
      return `${value < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
    };
    fc.assert(
      fc.property(millionth, millionth, (a, b) => {
        expect(addDecimals(text(a), text(b))).toBe(text(a + b));
      }),
    );
  });

  test.each(['', 'abc', '1e5', '1,5', '.5', 'NaN'])('%j is no decimal', (text) => {
    expect(() => roundDecimal(text, 2)).toThrow(RangeError);
  });
});

describe('numbers in reports', () => {
  test.each([
    ['0', '$0.0000'],
    ['0.00769', '$0.0077'],
    ['1234567.89', '$1,234,567.8900'],
    ['0.00000045', '<$0.0001'],
    ['-1234.5', '-$1,234.5000'],
  ])('%s dollars are %s', (decimal, text) => {
    expect(formatUsd(decimal)).toBe(text);
  });

  test('have thousands separators, and times their unit', () => {
    expect([0, 999, 1000, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
    expect([18.4, 1234, 12_345].map(formatMilliseconds)).toEqual(['18 ms', '1,234 ms', '12.3 s']);
  });
});
