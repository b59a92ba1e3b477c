/** Prices of the user's own: configuration in code, then `WIRETALLY_PRICES`. */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { createPriceBook, parsePriceTable, parsePriceText } from '@wiretally/usage';
import type { PriceBook, YamlLibrary } from '@wiretally/usage';

/**
 * A file (YAML or JSON), the word `legacy` for the old flat table, or the table itself as the file would hold it:
 * `{ prices: [{ model: 'our-llama', usd_per_million_tokens: { input: 1.5, output: 6 } }] }`.
 */
export type PriceSetting = string | Readonly<Record<string, unknown>>;

type Environment = Readonly<Record<string, string | undefined>>;

const MAX_BYTES = 4_000_000;

/**
 * Undefined where nothing is set, and where the table is wrong: a service starts with the project's own prices then,
 * rather than not at all.
 *
 * @param complain gets all that is wrong with the table, with lines, once.
 */
export function pricesFrom(
  configured: PriceSetting | undefined,
  environment: Environment,
  complain: (problem: string) => void,
): PriceBook | undefined {
  const setting = configured ?? environment['WIRETALLY_PRICES']?.trim();
  if (setting === undefined || setting === '') return undefined;
  try {
    if (typeof setting !== 'string') return createPriceBook({ tables: [parsePriceTable(setting)] });
    if (setting.toLowerCase() === 'legacy') return createPriceBook({ preset: 'legacy' });
    return createPriceBook({ tables: [parsePriceText(readTable(setting), { name: basename(setting), yaml: yaml() })] });
  } catch (error) {
    complain(`${error instanceof Error ? error.message : String(error)}\nUntil it is mended, list prices hold.`);
    return undefined;
  }
}

function readTable(path: string): string {
  try {
    // Read whole and at once: no call may be priced before.
    if (statSync(path).size <= MAX_BYTES) return readFileSync(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The price table ${path} was not read: ${why}. Set WIRETALLY_PRICES to a YAML or JSON file, or to legacy.`,
      { cause },
    );
  }
  throw new Error(`The price table ${path} was not read: it is larger than ${MAX_BYTES} bytes.`);
}

/** Loaded only where there is a table to read. */
function yaml(): YamlLibrary {
  return createRequire(import.meta.url)('yaml') as YamlLibrary;
}
