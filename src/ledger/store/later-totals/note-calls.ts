/** Says which calls the later totals do not count yet, in the transaction that stores them: a line an hour. */
import { randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { CountedCall } from '../counted-call.ts';
import { formatMicros } from '../timestamp.ts';

/** A number that no other transaction has, for `calls.batch`: 0 is what was there before. */
export function newBatch(): string {
  return ((randomBytes(8).readBigUInt64BE() >> 1n) | 1n).toString();
}

interface Line {
  first: number;
  last: number;
  calls: number;
}

/** @param calls all that the transaction stored, and none that it did not: their rows have `batch` */
export async function noteCalls(client: PoolClient, batch: string, calls: readonly CountedCall[]): Promise<void> {
  const lines = new Map<number, Line>();
  let line: Line | undefined;
  let hour = -1;
  for (const { hourMicros, timeUnixMicros } of calls) {
    if (hourMicros !== hour) {
      hour = hourMicros;
      line = lines.get(hour);
    }
    if (line === undefined) {
      line = { first: timeUnixMicros, last: timeUnixMicros, calls: 0 };
      lines.set(hour, line);
    }
    if (timeUnixMicros < line.first) line.first = timeUnixMicros;
    if (timeUnixMicros > line.last) line.last = timeUnixMicros;
    line.calls += 1;
  }
  const all = [...lines.values()];
  await client.query(
    `insert into wiretally_private.uncounted (batch, since, until, calls)
     select $1, * from unnest($2::timestamptz[], $3::timestamptz[], $4::bigint[])`,
    [
      batch,
      all.map(({ first }) => formatMicros(first)),
      all.map(({ last }) => formatMicros(last + 1)),
      all.map(({ calls: count }) => count),
    ],
  );
}
