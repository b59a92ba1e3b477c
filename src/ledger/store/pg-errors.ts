/** PostgreSQL's error codes that we act on. https://www.postgresql.org/docs/current/errcodes-appendix.html */
import { DatabaseError } from 'pg';
import { errorCode } from '../ledger-error.ts';

export const UNIQUE_VIOLATION = '23505';
const DEADLOCK = '40P01';
const SERIALIZATION_FAILURE = '40001';
const LOCK_NOT_AVAILABLE = '55P03';

/** The same transaction may well succeed when it is run again. */
export function isRetryable(error: unknown): boolean {
  const code = errorCode(error);
  return code === DEADLOCK || code === SERIALIZATION_FAILURE || code === LOCK_NOT_AVAILABLE;
}

/** A value is to blame (class 22 data exception, 23 constraint): one record of the batch, not the database. */
export function isDataError(error: unknown): boolean {
  const code = errorCode(error);
  return code !== null && /^(22|23)[0-9A-Z]{3}$/.test(code) && code !== UNIQUE_VIOLATION;
}

/** `refuse_dropped_day()`: with its partition went what tells whether the record was counted already. */
export function isDroppedDay(error: unknown): boolean {
  return error instanceof DatabaseError && error.constraint === 'calls_of_kept_days';
}
