/** The reports in code: for programs that want the numbers or the text, and no command line. */
import { openLedger } from '../ledger.ts';
import type { Ledger } from '../ledger.ts';
import { computeAdminReport } from './admin/compute.ts';
import type { AdminReport } from './admin/admin-report.ts';
import { renderAdminReport } from './formats.ts';
import type { Language } from './language.ts';
import type { Format } from './formats.ts';
import { sumUsage } from './sum-usage.ts';
import type { UsageQuery } from './sum-usage.ts';
import type { UsageRow } from './usage-row.ts';

export interface TokenUsageOptions {
  /** An open ledger, which stays open. Default: the one of the environment, opened and closed again. */
  readonly ledger?: Pick<Ledger, 'pool' | 'timeZone'> | undefined;
  readonly now?: Date | undefined;
}

export interface TokenUsageReportOptions extends TokenUsageOptions {
  /** Default `en`. */
  readonly language?: Language | undefined;
  /** Default `text`, the wording for chats. */
  readonly format?: Format | undefined;
  readonly nativeDigits?: boolean | undefined;
  readonly directionMarks?: boolean | undefined;
}

/** The numbers of the last `days` days: totals, by provider, by model, and what is not known. */
export function getTokenUsageSummary(days = 30, options: TokenUsageOptions = {}): Promise<AdminReport> {
  return onLedger(options, ({ pool, timeZone }) =>
    computeAdminReport(pool, { days, now: options.now ?? new Date(), timeZone }),
  );
}

/**
 * Sums over calls by any groups: `queryUsage({ from, to, groupBy: ['provider', 'tag:team'], filter: { service: 'text' } })`.
 * @throws RangeError for a dimension that does not exist.
 */
export function queryUsage(query: UsageQuery, options: Pick<TokenUsageOptions, 'ledger'> = {}): Promise<UsageRow[]> {
  return onLedger(options, ({ pool, timeZone }) => sumUsage(pool, { timeZone, ...query }));
}

async function onLedger<T>(
  options: TokenUsageOptions,
  ask: (ledger: Pick<Ledger, 'pool' | 'timeZone'>) => Promise<T>,
): Promise<T> {
  if (options.ledger !== undefined) return ask(options.ledger);
  const ledger = await openLedger();
  try {
    return await ask(ledger);
  } finally {
    await ledger.close();
  }
}

/** The same in words. @throws RangeError unless `days` is a whole number from 1 to 36,500. */
export async function formatTokenUsageReport(days = 30, options: TokenUsageReportOptions = {}): Promise<string> {
  const report = await getTokenUsageSummary(days, options);
  return renderAdminReport(report, options.format ?? 'text', {
    language: options.language ?? 'en',
    nativeDigits: options.nativeDigits,
    directionMarks: options.directionMarks,
  });
}
