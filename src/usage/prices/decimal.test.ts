import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, decimal, divide, format, isGreater, knownDecimal, multiply } from './decimal.ts';

describe('decimals', () => {
  it('reads numbers through their shortest text', () => {
    expect(format(knownDecimal(0.1))).toBe('0.1');
    expect(format(knownDecimal(1e-7))).toBe('0.0000001');
    expect(format(knownDecimal(1.5e21))).toBe('1500000000000000000000');
    expect(format(knownDecimal('0.00039504'))).toBe('0.00039504');
  });

  it.each(['', 'NaN', 'Infinity', '1e999', '0x10', '1,5', '--1', '9'.repeat(500)])('takes %j for no amount', (text) => {
    expect(decimal(text)).toBeNull();
  });

  it('adds what floats cannot', () => {
    expect(format(add(knownDecimal(0.1), knownDecimal(0.2)))).toBe('0.3');
  });

  it('divides exactly by powers of ten, and rounds half to even elsewhere', () => {
    expect(format(divide(knownDecimal('0.003625'), 1e6))).toBe('0.000000003625');
    expect(format(divide(knownDecimal('0.111'), 3600))).toBe('0.000030833333333333');
    expect(format({ n: 25n, scale: 19 })).toBe('0.000000000000000002');
    expect(format({ n: 35n, scale: 19 })).toBe('0.000000000000000004');
  });

  it('agrees with integers in sums, products and order', () => {
    const integer = fc.integer({ min: -1_000_000, max: 1_000_000 });
    fc.assert(
      fc.property(integer, integer, fc.integer({ min: 0, max: 6 }), (a, b, scale) => {
        const [x, y] = [
          { n: BigInt(a), scale },
          { n: BigInt(b), scale: 0 },
        ];
        expect(add(x, y).n).toBe(BigInt(a) + BigInt(b) * 10n ** BigInt(scale));
        expect(multiply(x, y)).toEqual({ n: BigInt(a) * BigInt(b), scale });
        expect(isGreater(x, y)).toBe(a > b * 10 ** scale);
        expect(decimal(format(x))).not.toBeNull();
      }),
    );
  });
});
