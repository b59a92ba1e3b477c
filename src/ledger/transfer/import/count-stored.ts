import type { ParsedRecord } from '../../ledger.ts';
import type { Queryable } from '../../report/queryable.ts';
import { formatMicros } from '../../store/timestamp.ts';

/** How many are in the ledger already; twice in this batch counts like that, too. */
export async function countStored(db: Queryable, batch: readonly ParsedRecord[]): Promise<number> {
  const keys = new Map(
    batch.map(({ record }) => [
      `${record.timeUnixMicros} ${record.id}`,
      [formatMicros(record.timeUnixMicros), record.id],
    ]),
  );
  const { rows } = await db.query<{ count: string }>(
    `SELECT count(*) FROM unnest($1::timestamptz[], $2::uuid[]) AS key (created_at, id)
     JOIN wiretally_private.calls USING (created_at, id)`,
    [[...keys.values()].map(([time]) => time), [...keys.values()].map(([, id]) => id)],
  );
  return Number(rows[0]?.count ?? 0) + batch.length - keys.size;
}
