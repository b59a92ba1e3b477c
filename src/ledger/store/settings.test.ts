import { describe, expect, it } from 'vitest';
import { checkTimeZone, hasWholeHours } from './settings.ts';

describe('a reporting time zone', () => {
  it('has days of whole hours of UTC, or not', () => {
    for (const zone of ['UTC', 'Asia/Riyadh', 'America/New_York', 'Europe/Berlin']) {
      expect(hasWholeHours(zone), zone).toBe(true);
    }
    for (const zone of ['Asia/Tehran', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns']) {
      expect(hasWholeHours(zone), zone).toBe(false);
    }
  });

  it('that does not exist is refused with an example', () => {
    expect(() => checkTimeZone('Mars/Olympus')).toThrow(/WIRETALLY_TIME_ZONE.*Asia\/Tehran/);
    expect(() => checkTimeZone('Asia/Tehran')).not.toThrow();
  });
});
