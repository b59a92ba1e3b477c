/** What can go wrong with the ledger; programs read the code, people the message. */
export type LedgerErrorCode =
  | 'embedded-missing' // the platform package of PostgreSQL is not installed
  | 'embedded-not-runnable' // it is there, but cannot be executed
  | 'data-folder' // cannot be created, written or reached
  | 'data-version' // written by another major version of PostgreSQL
  | 'disk-full'
  | 'server-start' // PostgreSQL ended while it started
  | 'server-silent' // a process holds the data folder and does not answer
  | 'time-zone' // not an IANA name
  | 'backup' // the file is not whole, or the place to restore it to is not empty
  | 'retention' // not a number of days
  | 'schema-newer' // a later version of this program changed the schema in a way this one cannot serve
  | 'busy' // the queue is full: send again later
  | 'unavailable' // the database cannot be reached now: send again later
  | 'closed';

export class LedgerError extends Error {
  readonly code: LedgerErrorCode;

  constructor(code: LedgerErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'LedgerError';
    this.code = code;
  }
}

/** The system's code of a failed call (`ENOSPC`, or PostgreSQL's `23505`); null where there is none. */
export function errorCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
