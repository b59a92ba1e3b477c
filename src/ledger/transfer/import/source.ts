/** What is imported from: rows of whoever's table, before anybody has understood them. */

/** Values as text; null where there is none. Numbers are written so that they lose no digit. */
export type Fields = Readonly<Record<string, string | null>>;

export interface SourceRow {
  /** For people: `line 12`, `row 5`. */
  readonly place: string;
  readonly fields: Fields;
  /** Why the row could not even be read; its fields are empty then. */
  readonly broken?: string;
}

export interface Source {
  /** For people. */
  readonly description: string;
  /** Columns that are there, whether somebody wants them or not. */
  readonly columns: readonly string[];
  /** The wanted columns of all rows, in the source's order. To be read once. */
  rows(): AsyncIterable<SourceRow>;
  close(): Promise<void>;
}

/** Something is wrong with the source as a whole; the message says what to do. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

/** A value of a database driver or of JSON, as text. */
export function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return JSON.stringify(value);
}
