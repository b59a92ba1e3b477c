/** What views need to know: the reporting time zone and the providers' short names. */
import { providers } from '@wiretally/usage';
import type { Pool } from 'pg';
import { LedgerError } from '../ledger-error.ts';
import { inTransaction } from './transaction.ts';

/** @throws LedgerError `time-zone` */
export function checkTimeZone(timeZone: string): void {
  try {
    Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    throw new LedgerError(
      'time-zone',
      `${JSON.stringify(timeZone)} is not a time zone. Set WIRETALLY_TIME_ZONE to an IANA name such as Asia/Tehran.`,
      { cause },
    );
  }
}

/** Whether days of that zone begin and end at full hours of UTC, in every year that calls can be of. */
export function hasWholeHours(timeZone: string): boolean {
  const format = new Intl.DateTimeFormat('en', { timeZone, minute: 'numeric', timeZoneName: 'longOffset' });
  for (let year = 2000; year < 2101; year += 1) {
    for (const month of [0, 6]) {
      const parts = format.formatToParts(Date.UTC(year, month, 1));
      const offset = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
      if (!/^GMT(?:[+-]\d\d:00)?$/.test(offset)) return false;
    }
  }
  return true;
}

/** The last sink that starts decides the zone: it is one for all readers of the database. */
export async function writeSettings(pool: Pool, timeZone: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(
      `insert into wiretally_private.settings (name, value)
       values ('time_zone', $1), ('time_zone_whole_hours', $2)
       on conflict (name) do update set value = excluded.value where settings.value <> excluded.value`,
      [timeZone, String(hasWholeHours(timeZone))],
    );
    const sorted = providers.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    await client.query(
      `insert into wiretally_private.providers as p (name, short_name, display_name)
       select * from unnest($1::text[], $2::text[], $3::text[])
       on conflict (name) do update set short_name = excluded.short_name, display_name = excluded.display_name
       where (p.short_name, p.display_name) <> (excluded.short_name, excluded.display_name)`,
      [sorted.map((p) => p.name), sorted.map((p) => p.shortName), sorted.map((p) => p.displayName)],
    );
  });
}
