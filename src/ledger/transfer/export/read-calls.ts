/** Calls out of the ledger, page by page through a cursor: memory does not grow with the ledger. */
import { callConditions, StatementValues } from '../../report/call-conditions.ts';
import type { UsageFilter } from '../../report/call-conditions.ts';
import type { Period } from '../../report/period.ts';
import type { Queryable } from '../../report/queryable.ts';

export interface Selection {
  readonly period: Period;
  readonly filter: UsageFilter;
}

export type Row = Readonly<Record<string, unknown>>;

const PAGE = 1000;

/**
 * The calls that count in sums, oldest first.
 * @param db within a transaction, which holds the cursor
 * @param columns SQL of each, by the name that the rows have it under
 */
export async function* readCalls(
  db: Queryable,
  selection: Selection,
  columns: readonly { readonly name: string; readonly sql: string }[],
): AsyncGenerator<readonly Row[]> {
  const values = new StatementValues();
  const where = callConditions(selection.period, selection.filter, values);
  const list = columns.map(({ name, sql }) => `${sql} AS "${name}"`);
  await db.query(
    `DECLARE exported_calls NO SCROLL CURSOR FOR
     SELECT ${list.join(', ')} FROM wiretally_private.calls
     WHERE ${where.join(' AND ')} ORDER BY created_at, id`,
    values.list,
  );
  for (;;) {
    const { rows } = await db.query<Record<string, unknown>>(`FETCH ${PAGE} FROM exported_calls`);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) break;
  }
  await db.query('CLOSE exported_calls');
}
