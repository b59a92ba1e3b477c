import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPriceBook, priceOf } from '@wiretally/usage';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../logger.ts';
import { openPrices } from './ledger-prices.ts';
import type { LedgerPrices } from './ledger-prices.ts';
import { pricesSetting } from './read-prices.ts';

const AT_MS = Date.UTC(2026, 10, 22);

describe('the prices of the ledger', () => {
  let folder: string;
  let file: string;
  let opened: LedgerPrices | null = null;
  let warnings: string[];

  const open = async (setting: string | null): Promise<LedgerPrices> => {
    const logger = { ...silentLogger, warn: (_fields: object, message: string) => void warnings.push(message) };
    opened = await openPrices(setting, logger);
    return opened;
  };
  const table = (usd: number): string =>
    `prices:\n  - model: our-llama\n    usd_per_million_tokens: { input: ${usd} }\n`;
  const priceIn = (prices: LedgerPrices): string | null =>
    priceOf('our-llama', { atMs: AT_MS, book: prices.book, provider: 'openai' })?.listing.inputTokenCost ?? null;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wiretally-prices-'));
    file = join(folder, 'prices.yaml');
    warnings = [];
  });
  afterEach(async () => {
    await opened?.close();
    opened = null;
    await rm(folder, { recursive: true });
  });

  it('are the project’s own where nothing is set, and the old flat table by its name', async () => {
    expect(pricesSetting({})).toBeNull();
    expect(pricesSetting({ WIRETALLY_PRICES: ' ' })).toBeNull();
    expect((await open(null)).book).toBe(defaultPriceBook);
    expect((await open('Legacy')).book.preset).toBe('legacy');
  });

  it('follow the file, also one that was put in place of it', async () => {
    await writeFile(file, table(1));
    const prices = await open(file);
    expect(priceIn(prices)).toBe('0.000001');
    await writeFile(file, table(2));
    await prices.reload();
    expect(priceIn(prices)).toBe('0.000002');
    await writeFile(`${file}.new`, table(3));
    await rename(`${file}.new`, file);
    await prices.reload();
    expect(priceIn(prices)).toBe('0.000003');
    expect(warnings).toEqual([]);
  });

  it('stay as they were where the file is wrong, which is told once with its lines', async () => {
    await writeFile(file, table(1));
    const prices = await open(file);
    await writeFile(file, 'prices:\n  - model: our-llama\n    usd_per: { picture: 1 }\n');
    await prices.reload();
    await prices.reload();
    expect(priceIn(prices)).toBe('0.000001');
    expect(prices.problem).toContain('line 3: prices[0].usd_per.picture is no known key');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('the prices before it hold');
    await writeFile(file, table(1));
    await prices.reload();
    expect(prices.problem).toBeNull();
  });

  it('do without a file that is not there, and take it when it comes', async () => {
    const prices = await open(file);
    expect(prices.book).toBe(defaultPriceBook);
    expect(warnings[0]).toContain('there is no such file. Set WIRETALLY_PRICES to');
    await writeFile(file, table(1));
    await prices.reload();
    expect(priceIn(prices)).toBe('0.000001');
  });
});
