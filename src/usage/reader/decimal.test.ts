import { assert, double, property } from 'fast-check';
import { expect, it } from 'vitest';
import { scaledUsd, usd } from './decimal.ts';

it('money is a plain decimal with the digits that were stated', () => {
  expect(usd(0.00039504)).toBe('0.00039504');
  expect(usd(1e-7)).toBe('0.0000001');
  expect(usd(1.5e-10)).toBe('0.00000000015');
  expect(usd(0)).toBe('0');
  expect(usd(12)).toBe('12');
  expect(usd('0.0001200')).toBe('0.00012');
});

it('what is no amount of money is none', () => {
  for (const value of [-1, Number.NaN, Infinity, 1e12, 'free', '1e5', null, {}, true]) expect(usd(value)).toBeNull();
});

it('ticks are whole and exact', () => {
  expect(scaledUsd(3_950_400, 10)).toBe('0.00039504');
  expect(scaledUsd(10_000_000_000, 10)).toBe('1');
  expect(scaledUsd(1.5, 10)).toBeNull();
});

it('any amount reads back as the same number', () => {
  assert(
    property(double({ min: 1e-9, max: 1e9, noNaN: true }), (amount) => {
      const text = usd(amount) ?? '';
      expect(text).toMatch(/^\d+(\.\d+)?$/);
      expect(Math.abs(Number(text) - amount)).toBeLessThanOrEqual(1e-17 + amount * 1e-15);
    }),
  );
});
