/**
 * The prices by which the ledger itself prices: calls that clients tell it of, estimates, usage that was stated later, and
 * an explicit repricing. The user's file is read again when it changes; a change never touches what is stored.
 */
import { defaultPriceBook } from '@wiretally/usage';
import type { PriceBook } from '@wiretally/usage';
import { errorMessage } from '../ledger-error.ts';
import type { Logger } from '../logger.ts';
import { repeat } from '../store/repeat.ts';
import { isPreset, parsePrices, readPriceFile, readPrices } from './read-prices.ts';

export interface LedgerPrices {
  /** Those that hold now: ask each time. */
  readonly book: PriceBook;
  /** The file, `legacy`, or null for the project's own prices. */
  readonly setting: string | null;
  /** What is wrong with the file as it is now; null where all is well. */
  readonly problem: string | null;
  /** Reads the file now. Never rejects: where it is wrong, the prices stay as they were. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Asked rather than watched: a file that editors or Kubernetes replace is another one each time. */
const RELOAD_EVERY_MS = 2_000;

/** Never rejects: a wrong file is told once, and does not keep the ledger from starting. */
export async function openPrices(setting: string | null, logger: Logger): Promise<LedgerPrices> {
  let book = defaultPriceBook;
  let problem: string | null = null;
  let text: string | null = null;

  const fail = (error: unknown): void => {
    const message = errorMessage(error);
    if (message === problem) return;
    const kept = book === defaultPriceBook ? "the project's own prices hold" : 'the prices before it hold';
    logger.warn({ file: setting }, `${message}\nUntil it is mended, ${kept}.`);
    problem = message;
  };
  const reload = async (): Promise<void> => {
    if (setting === null || isPreset(setting)) return;
    try {
      const found = await readPriceFile(setting);
      if (found === text && problem === null) return;
      book = parsePrices(setting, found);
      logger.info({ file: setting }, text === null ? 'prices of the user read' : 'prices of the user read again');
      text = found;
      problem = null;
    } catch (error) {
      fail(error);
    }
  };

  if (setting !== null && isPreset(setting)) book = await readPrices(setting);
  await reload();
  const stop = setting === null || isPreset(setting) ? null : repeat(reload, RELOAD_EVERY_MS);
  return {
    get book() {
      return book;
    },
    setting,
    get problem() {
      return problem;
    },
    reload,
    close: async () => stop?.(),
  };
}
