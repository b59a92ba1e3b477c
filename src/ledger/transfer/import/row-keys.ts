/** Keys for rows that have no id: what they say, and which of the rows that say the same it is. */
import { createHash } from 'node:crypto';

export interface RowKeys {
  of(values: readonly (string | null)[]): string;
}

/** Keeps a few dozen bytes a row, so that two equal rows of one file stay two calls whenever it is imported again. */
export function createRowKeys(): RowKeys {
  const seen = new Map<string, number>();
  return {
    of(values) {
      const hash = createHash('sha256').update(JSON.stringify(values)).digest('base64url').slice(0, 22);
      const count = (seen.get(hash) ?? 0) + 1;
      seen.set(hash, count);
      return `${hash}:${count}`;
    },
  };
}
