/** `WIRETALLY_PRICES` → a price book: the file of the user's own prices, or the word `legacy`. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createPriceBook, defaultPriceBook, parsePriceText } from '@wiretally/usage';
import type { PriceBook } from '@wiretally/usage';
import * as yaml from 'yaml';
import { errorCode, errorMessage } from '../ledger-error.ts';

/** A table of prices is small; a file that is larger is another one. */
const MAX_BYTES = 4_000_000;

/** Null where the environment asks for nothing of the user's own. */
export function pricesSetting(environment: Readonly<Record<string, string | undefined>>): string | null {
  const setting = environment['WIRETALLY_PRICES']?.trim() ?? '';
  return setting === '' ? null : setting;
}

export const isPreset = (setting: string): boolean => setting.toLowerCase() === 'legacy';

/** @throws Error that says what is wrong with the file, line by line, and what to do. */
export async function readPrices(setting: string | null): Promise<PriceBook> {
  if (setting === null) return defaultPriceBook;
  if (isPreset(setting)) return createPriceBook({ preset: 'legacy' });
  return parsePrices(setting, await readPriceFile(setting));
}

/** @throws PriceTableError */
export function parsePrices(path: string, text: string): PriceBook {
  return createPriceBook({ tables: [parsePriceText(text, { name: basename(path), yaml })] });
}

/** @throws Error with what to do */
export async function readPriceFile(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const why = errorCode(cause) === 'ENOENT' ? 'there is no such file' : errorMessage(cause);
    throw new Error(
      `The price table ${path} was not read: ${why}. Set WIRETALLY_PRICES to a YAML or JSON file, or to legacy.`,
      { cause },
    );
  }
  if (bytes.length > MAX_BYTES) {
    throw new Error(`The price table ${path} was not read: it is larger than ${MAX_BYTES} bytes.`);
  }
  return bytes.toString('utf8');
}
