/** Rows that came through views get what SQL cannot give them: a price, and their model's id. */
import { priceReading } from '@wiretally/usage';
import type { PriceBook, UsageRecord } from '@wiretally/usage';
import type { Pool } from 'pg';
import { changeCalls } from './change-calls.ts';
import type { Change } from './change-calls.ts';
import type { Keepers } from './keepers.ts';
import { MICROS_SQL, rowToRecord } from './row-to-record.ts';
import { inTransaction } from './transaction.ts';

const AT_ONCE = 500;

/** Rows that another sink has in hand are left to it. */
const TAKE = `delete from wiretally_private.inserted_calls where (created_at, id) in (
    select created_at, id from wiretally_private.inserted_calls order by created_at, id limit ${AT_ONCE}
    for update skip locked)
  returning created_at, id`;

/** @returns how many were settled; as many as it takes at once means that there are more */
export async function settleInserted(
  pool: Pool,
  { modelIds, cards, prices }: Omit<Keepers, 'prepare'>,
): Promise<number> {
  const { rows } = await pool.query<{ waiting: boolean }>(
    'select exists (select from wiretally_private.inserted_calls) as waiting',
  );
  if (rows[0]?.waiting !== true) return 0;
  const onCommitted: (() => void)[] = [];
  const settled = await inTransaction(pool, async (client) => {
    const taken = await client.query<Record<string, unknown>>(
      `with taken as (${TAKE})
       select c.*, ${MICROS_SQL} as micros
       from wiretally_private.calls c join taken using (created_at, id) order by c.created_at, c.id`,
    );
    const records = taken.rows.map((row) => ({ row, record: rowToRecord(row) }));
    onCommitted.push(
      await modelIds.keep(
        client,
        records.map(({ record }) => ({ provider: record.provider, model: record.requestModel ?? '' })),
      ),
    );
    const changes = records.flatMap(({ row, record }): Change[] => {
      const after = priced(record, prices.book);
      return after === null ? [] : [{ row, after }];
    });
    await changeCalls(client, changes);
    onCommitted.push(
      await cards.keep(
        client,
        changes.map(({ after }) => ({ record: after, cardDefinition: null })),
      ),
    );
    return taken.rows.length;
  });
  for (const remember of onCommitted) remember();
  return settled;
}

/** Null where nothing changes: the writer stated a cost, or nothing was used that could be priced. */
function priced(record: UsageRecord, book: PriceBook): UsageRecord | null {
  if (record.costUsd !== null) return null;
  const pricing = priceReading(record, { atMs: Math.floor(record.timeUnixMicros / 1000), book });
  return { ...record, ...pricing };
}
