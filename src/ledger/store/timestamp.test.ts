import { describe, expect, it } from 'vitest';
import { formatMicros, hourOf, isStorableTime } from './timestamp.ts';

describe('moments', () => {
  it('are written to the microsecond, in UTC, in whatever order they come', () => {
    const base = Date.UTC(2026, 10, 20, 10, 15, 7) * 1000;
    expect(formatMicros(base + 123_456)).toBe('2026-11-20 10:15:07.123456+00');
    expect(formatMicros(base + 1_000_001)).toBe('2026-11-20 10:15:08.000001+00');
    expect(formatMicros(base)).toBe('2026-11-20 10:15:07.000000+00');
  });

  it('belong to the hour that they are in, its first microsecond included', () => {
    const hour = Date.UTC(2026, 10, 20, 10) * 1000;
    expect([hourOf(hour), hourOf(hour + 3_599_999_999), hourOf(hour - 1)]).toEqual([hour, hour, hour - 3_600_000_000]);
  });

  it('outside of this century, or no whole numbers, cannot be stored', () => {
    for (const bad of [0, -1, NaN, 1.5, Date.UTC(1999) * 1000, Date.UTC(2100) * 1000, Number.MAX_VALUE]) {
      expect(isStorableTime(bad), String(bad)).toBe(false);
    }
    expect(isStorableTime(Date.UTC(2099, 11, 31) * 1000)).toBe(true);
  });
});
