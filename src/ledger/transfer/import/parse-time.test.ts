import { describe, expect, test } from 'vitest';
import { parseTime } from './parse-time.ts';

const micros = (iso: string): number => Date.parse(iso) * 1000;

describe('times of other programs', () => {
  test.each([
    ['2026-11-20T10:15:00Z', micros('2026-11-20T10:15:00Z')],
    ['2026-11-20T10:15:00.123456Z', micros('2026-11-20T10:15:00Z') + 123_456],
    ['2026-11-20 10:15:00.1234567+00', micros('2026-11-20T10:15:00Z') + 123_456],
    ['2026-11-20 10:15:00+05:30', micros('2026-11-20T04:45:00Z')],
    ['2026-11-20 10:15:00-0330', micros('2026-11-20T13:45:00Z')],
    ['2026-11-20 10:15:00 UTC', micros('2026-11-20T10:15:00Z')],
    ['2026-11-20 10:15', micros('2026-11-20T06:45:00Z')],
    ['2026-11-20', micros('2026-11-19T20:30:00Z')],
    ['1795515300', 1_795_515_300_000_000],
    ['1795515300.25', 1_795_515_300_250_000],
    ['1795515300250', 1_795_515_300_250_000],
    ['1795515300250123', 1_795_515_300_250_123],
    ['1795515300250123456', 1_795_515_300_250_123],
  ])('%s is understood, in Tehran where it names no zone', (text, expected) => {
    expect(parseTime(text, 'Asia/Tehran')).toBe(expected);
  });

  test.each(['', 'yesterday', '20/11/2026', '2026-02-30 10:00:00', '2026-13-01', '2026-11-20 24:30:00', '12345'])(
    '%j is none',
    (text) => {
      expect(parseTime(text, 'UTC')).toBeNull();
    },
  );

  test('where clocks are set back the earlier of two is meant, where they jump no hour is lost', () => {
    expect(parseTime('2026-10-25 02:30:00', 'Europe/Berlin')).toBe(micros('2026-10-25T00:30:00Z'));
    expect(parseTime('2026-10-25 03:30:00', 'Europe/Berlin')).toBe(micros('2026-10-25T02:30:00Z'));
    expect(parseTime('2026-03-29 01:30:00', 'Europe/Berlin')).toBe(micros('2026-03-29T00:30:00Z'));
    expect(parseTime('2026-03-29 03:30:00', 'Europe/Berlin')).toBe(micros('2026-03-29T01:30:00Z'));
  });
});
