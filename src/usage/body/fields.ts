/** Narrowing of what came from outside. Each answers null for what is absent, of another type, or absurd. */
import { CUT_KEY, CUT_MARK } from './cut-json.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function object(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** An object of which no member is missing: half a usage object would be a wrong number. */
export function wholeObject(value: unknown): JsonObject | null {
  const found = object(value);
  return found === null || isCut(found) ? null : found;
}

/** The object under `key`; where the answer's beginning is missing, the one whose key was cut off. */
export function child(parent: JsonObject | null, key: string): JsonObject | null {
  if (parent === null) return null;
  return object(parent[key]) ?? object(parent[CUT_KEY]);
}

/** The elements under `key` that are objects, also where the array's beginning or end is missing. */
export function elements(parent: JsonObject | null, key: string): JsonObject[] {
  if (parent === null) return [];
  const value = parent[key] ?? parent[CUT_KEY];
  if (!Array.isArray(value)) return [];
  return objectsOf(value);
}

/** The elements of an array that are objects, without the mark that some are missing. */
export function objectsOf(array: readonly unknown[]): JsonObject[] {
  return array.filter((item): item is JsonObject => {
    const element = object(item);
    return element !== null && !(CUT_MARK in element && Object.keys(element).length === 1);
  });
}

/** The array under `key` where none of its elements is missing. */
export function wholeArray(parent: JsonObject | null, key: string): readonly unknown[] | null {
  const value = parent?.[key];
  if (!Array.isArray(value)) return null;
  const array = value as readonly unknown[];
  const first = object(array[0]);
  const last = object(array.at(-1));
  return (first !== null && isCut(first)) || (last !== null && isCut(last)) ? null : array;
}

export function isCut(value: JsonObject): boolean {
  return CUT_MARK in value || CUT_KEY in value;
}

/** A string that says something. */
export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A string short and plain enough to be an identifier (model, id, tier), never a sentence. */
export function identifier(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= MAX_IDENTIFIER ? value : null;
}

const MAX_IDENTIFIER = 512;

/** No call reads or makes as many tokens, pictures or seconds. */
const MAX_COUNT = 1e12;

/** A count of tokens or things: an integer from 0. Strings, fractions, negative and absurd numbers are nobody's counts. */
export function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MAX_COUNT ? value : null;
}

/** A measured amount (seconds): finite, from 0, and below any plausible measure. */
export function amount(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= MAX_COUNT ? value : null;
}

/** An amount that some providers write as a string (`"8"`, `"8s"`). */
export function looseAmount(value: unknown): number | null {
  if (typeof value === 'string' && /^\d{1,9}(?:\.\d{1,9})?s?$/.test(value)) return Number.parseFloat(value);
  return amount(value);
}

/** The first count that is stated. */
export function firstCount(...values: readonly unknown[]): number | null {
  for (const value of values) {
    const found = count(value);
    if (found !== null) return found;
  }
  return null;
}

/** Sum of what is known; null where nothing is. */
export function sumKnown(...values: readonly (number | null)[]): number | null {
  let sum: number | null = null;
  for (const value of values) if (value !== null) sum = (sum ?? 0) + value;
  return sum;
}
