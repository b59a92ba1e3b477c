/** Reading of one object of a table: typed fields, and an issue with path and line for each that is wrong. */
import { decimal, format, isNegative } from './decimal.ts';

export interface PriceTableIssue {
  /** `prices[2].usd_per.image`; empty for the whole table. */
  readonly path: string;
  /** Counted from 1; null where it is not known. */
  readonly line: number | null;
  readonly message: string;
}

export function issueText({ path, line, message }: PriceTableIssue): string {
  const place = path === '' ? 'the table' : path;
  return line === null ? `${place} ${message}` : `line ${line}: ${place} ${message}`;
}

type Path = readonly (string | number)[];
type Locate = (path: Path) => number | null;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #path: Path;
  readonly #issues: PriceTableIssue[];
  readonly #locate: Locate;

  private constructor(value: Readonly<Record<string, unknown>>, path: Path, issues: PriceTableIssue[], locate: Locate) {
    this.#value = value;
    this.#path = path;
    this.#issues = issues;
    this.#locate = locate;
  }

  /** A value that is no object becomes an empty one, with an issue; so do keys that are not known. */
  static of(value: unknown, path: Path, issues: PriceTableIssue[], locate: Locate, known: readonly string[]): Fields {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    const fields = new Fields(isObject ? (value as Record<string, unknown>) : {}, path, issues, locate);
    if (!isObject) fields.issue(null, `is ${kindOf(value)}; it must have the keys ${known.join(', ')}`);
    for (const key of Object.keys(fields.#value)) {
      if (!known.includes(key)) fields.issue(key, `is no known key; known are ${known.join(', ')}`);
    }
    return fields;
  }

  issue(at: string | Path | null, message: string): void {
    const path = [...this.#path, ...(at === null ? [] : typeof at === 'string' ? [at] : at)];
    this.#issues.push({ path: pathText(path), line: this.#locate(path), message });
  }

  text(key: string): string | null {
    const value = this.#value[key];
    if (value === undefined || value === null) return null;
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    this.issue(key, `is ${kindOf(value)}; it must be a text`);
    return null;
  }

  requiredText(key: string): string | null {
    if (this.#value[key] === undefined || this.#value[key] === null) this.issue(key, 'is required');
    return this.text(key);
  }

  flag(key: string): boolean {
    const value = this.#value[key] ?? false;
    if (typeof value === 'boolean') return value;
    this.issue(key, `is ${kindOf(value)}; it must be true or false`);
    return false;
  }

  /** YAML readers make dates of unquoted days. */
  day(key: string): string | null {
    const value = this.#value[key];
    if (value === undefined || value === null) return null;
    const text = value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString().slice(0, 10) : value;
    if (typeof text === 'string' && DAY.test(text)) {
      const parsed = new Date(`${text}T00:00:00Z`);
      if (!Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text)) return text;
    }
    this.issue(key, `is ${kindOf(value)}; it must be a day such as 2026-01-31`);
    return null;
  }

  count(key: string): number | null {
    const value = this.#value[key];
    if (value === undefined || value === null) return null;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    this.issue(key, `is ${kindOf(value)}; it must be a whole number`);
    return null;
  }

  /** Exact text of an amount that is not negative. */
  amount(key: string): string | null {
    return this.#amountAt(this.#value[key], [key]);
  }

  amounts(key: string, known: readonly string[]): ReadonlyMap<string, string> {
    const object = this.object(key, known);
    const amounts = new Map<string, string>();
    if (object === null) return amounts;
    for (const name of known) {
      const amount = object.amount(name);
      if (amount !== null) amounts.set(name, amount);
    }
    return amounts;
  }

  object(key: string, known: readonly string[]): Fields | null {
    const value = this.#value[key];
    if (value === undefined || value === null) return null;
    return Fields.of(value, [...this.#path, key], this.#issues, this.#locate, known);
  }

  list(key: string, known: readonly string[]): readonly Fields[] {
    return this.#items(key).map((item, index) =>
      Fields.of(item, [...this.#path, key, index], this.#issues, this.#locate, known),
    );
  }

  texts(key: string): readonly string[] {
    return this.#items(key).flatMap((item, index) => {
      if (typeof item === 'string') return [item];
      this.issue([key, index], `is ${kindOf(item)}; it must be a text`);
      return [];
    });
  }

  #items(key: string): readonly unknown[] {
    const value = this.#value[key] ?? [];
    if (Array.isArray(value)) return value as readonly unknown[];
    this.issue(key, `is ${kindOf(value)}; it must be a list`);
    return [];
  }

  #amountAt(value: unknown, at: Path): string | null {
    if (value === undefined || value === null) return null;
    const amount = typeof value === 'number' || typeof value === 'string' ? decimal(value) : null;
    if (amount !== null && !isNegative(amount)) return format(amount);
    this.issue(at, `is ${kindOf(value)}; it must be an amount of USD such as 0.15`);
    return null;
  }
}

function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return JSON.stringify(value) ?? typeof value;
}
