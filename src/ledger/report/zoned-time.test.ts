import { describe, expect, test } from 'vitest';
import { formatDateTime } from './numbers.ts';
import { lastDays } from './period.ts';
import { addDays, startOfDay, startOfNextDay } from './zoned-time.ts';

describe('days of a time zone', () => {
  test.each([
    ['2026-03-20', 'UTC', '2026-03-20T00:00:00Z'],
    ['2026-03-20', 'Asia/Tehran', '2026-03-19T20:30:00Z'],
    ['2026-03-20', 'Asia/Kathmandu', '2026-03-19T18:15:00Z'],
    ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00Z'],
    ['2026-11-01', 'America/New_York', '2026-11-01T04:00:00Z'],
    // The clocks jump from midnight to one: the day begins at one.
    ['2021-03-22', 'Asia/Tehran', '2021-03-21T20:30:00Z'],
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00Z'],
    // At midnight the clocks go back to eleven: the day waits for the second midnight.
    ['2022-10-30', 'Asia/Beirut', '2022-10-29T22:00:00Z'],
    // At one they go back to midnight: the first one began the day.
    ['2022-11-06', 'America/Havana', '2022-11-06T04:00:00Z'],
  ])('%s in %s begins at %s', (date, zone, at) => {
    expect(startOfDay(date, zone)).toEqual(new Date(at));
  });

  test('a day of a clock change has 23 or 25 hours', () => {
    const hours = (date: string): number =>
      (startOfNextDay(date, 'America/New_York').getTime() - startOfDay(date, 'America/New_York').getTime()) / 3_600_000;
    expect([hours('2026-03-08'), hours('2026-11-01'), hours('2026-07-01')]).toEqual([23, 25, 24]);
  });

  test('each day begins where its neighbour ends, for a year, in zones that change', () => {
    for (const zone of ['Asia/Tehran', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Africa/Cairo']) {
      for (let date = '2017-12-01'; date < '2018-12-01'; date = addDays(date, 1)) {
        expect(formatDateTime(startOfDay(date, zone), zone).slice(0, 10)).toBe(date);
        expect(startOfNextDay(date, zone)).toEqual(startOfDay(addDays(date, 1), zone));
      }
    }
  });
});

test('the last days begin at a full hour, so that hourly totals answer for them', () => {
  expect(lastDays(1, new Date('2026-03-20T12:34:56.789Z'))).toEqual({
    from: new Date('2026-03-19T12:00:00Z'),
    to: null,
  });
});
