import { expect, it } from 'vitest';
import { fromAtto, toAtto } from './decimal.ts';

it('adds prices without the errors of binary floating point', () => {
  expect(fromAtto(toAtto('0.1') + toAtto('0.2'))).toBe('0.3');
  expect(fromAtto(toAtto('0.0002202') * 3n)).toBe('0.0006606');
  expect(fromAtto(toAtto('1') - toAtto('1.5'))).toBe('-0.5');
});

it('reads the exponents that JSON numbers are printed with', () => {
  expect(fromAtto(toAtto('5e-5'))).toBe('0.00005');
  expect(fromAtto(toAtto('1.5E+2'))).toBe('150');
  expect(fromAtto(toAtto('0'))).toBe('0');
});

it('refuses what is no number', () => {
  expect(() => toAtto('free')).toThrow('"free" is not a decimal number.');
});
