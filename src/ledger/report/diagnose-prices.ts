/** Whether the user's prices hold, and whether costs can be explained. */
import type { LedgerPrices } from '../prices/ledger-prices.ts';
import { counted, ok } from './finding.ts';
import type { Finding } from './finding.ts';
import type { Queryable } from './queryable.ts';

/** Nothing where the project's own prices hold. */
export function userPrices({ setting, problem, book }: Pick<LedgerPrices, 'setting' | 'problem' | 'book'>): Finding[] {
  if (setting === null) return [];
  if (problem !== null) {
    return [{ state: 'wrong', text: problem, advice: 'Mend the file; a running ledger reads it again by itself.' }];
  }
  if (book.preset === 'legacy') return [ok('Prices are those of the old flat table (legacy)')];
  const prices = book.tables.reduce((sum, table) => sum + table.prices.length, 0);
  return [ok(`Prices of yours from ${setting}: ${counted(String(prices), 'model')}`)];
}

/** Costs whose rate card never came: what they are made of is not known here. */
export async function costsWithoutCards(db: Queryable, since: Date): Promise<Finding[]> {
  const { rows } = await db.query<{ calls: string }>(
    `SELECT count(*) AS calls FROM wiretally_private.calls c
     WHERE created_at >= $1 AND kind = 'call' AND price_card IS NOT NULL
       AND NOT EXISTS (SELECT FROM wiretally_private.price_cards k WHERE k.id = c.price_card)`,
    [since],
  );
  const calls = rows[0]?.calls ?? '0';
  if (calls === '0') return [];
  return [
    {
      state: 'note',
      text: `${counted(calls, 'call')} of the last 7 days have a cost whose rate card did not arrive`,
      advice: 'Services send a card again after an hour; where the list has the price, "wiretally explain" finds it.',
    },
  ];
}
