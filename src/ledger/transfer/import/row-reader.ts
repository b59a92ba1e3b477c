/** Reads the values of one row, and keeps what could not be understood. */
import { parseDecimal, formatDecimal } from '../../store/decimal.ts';
import { isStorableTime } from '../../store/timestamp.ts';
import { parseTime } from './parse-time.ts';
import type { Fields, SourceRow } from './source.ts';

/** The row cannot become a call; the message is the reason, without the row's own values. */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
}

export class RowReader {
  /** What was taken otherwise than it stands there, or left out: the row is imported all the same. */
  readonly remarks: string[] = [];
  readonly #fields: Fields;
  readonly #timeZone: string;

  constructor(row: SourceRow, timeZone: string) {
    if (row.broken !== undefined) throw new NotUnderstood(row.broken);
    this.#fields = row.fields;
    this.#timeZone = timeZone;
  }

  text(name: string): string | null {
    const value = this.#fields[name]?.trim();
    return value === undefined || value === '' ? null : value;
  }

  /** What names the row in its table. */
  key(name: string): string {
    const key = this.text(name);
    if (key === null) throw new NotUnderstood(`${name} is not stated`);
    return key;
  }

  remark(text: string): void {
    this.remarks.push(text);
  }

  /** Microseconds since the epoch; null where it is not stated. */
  time(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const micros = parseTime(text, this.#timeZone);
    if (micros === null) throw new NotUnderstood(`${name} is no time`);
    return micros;
  }

  /** When the call was made: without it there is no place for the call. */
  requiredTime(name: string): number {
    const micros = this.time(name);
    if (micros === null) throw new NotUnderstood(`${name} is not stated`);
    if (!isStorableTime(micros)) throw new NotUnderstood(`${name} is not between 2000 and 2100`);
    return micros;
  }

  /** A whole number from 0; `12.0`, as tables of floats have it, is one. */
  count(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const value = /^\d{1,15}(?:\.0*)?$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value)) throw new NotUnderstood(`${name} is not a whole number from 0`);
    return value;
  }

  amount(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const value = /^\d{1,12}(?:\.\d+)?(?:e[+-]?\d{1,2})?$/i.test(text) ? Number(text) : Number.NaN;
    if (!(value >= 0 && value <= 1e9)) throw new NotUnderstood(`${name} is not a number from 0`);
    return value;
  }

  /** Decimal USD with all its digits. */
  money(name: string): string | null {
    const text = this.text(name)?.replace(/^\$/, '').replace(/e\+/i, 'e') ?? null;
    if (text === null) return null;
    const amount = parseDecimal(text);
    if (amount === null || amount < 0n) throw new NotUnderstood(`${name} is not an amount of money`);
    return formatDecimal(amount);
  }

  flag(name: string): boolean | null {
    const text = this.text(name)?.toLowerCase() ?? null;
    if (text === null) return null;
    if (['1', 'true', 't', 'yes', 'y', 'ok', 'success'].includes(text)) return true;
    if (['0', 'false', 'f', 'no', 'n', 'failure', 'failed', 'error'].includes(text)) return false;
    throw new NotUnderstood(`${name} is neither true nor false`);
  }
}
