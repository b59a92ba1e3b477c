/** Reads the admin report from the ledger, all of its parts on one state of it. */
import { providers as knownProviders } from '@wiretally/usage';
import type { Provider } from '@wiretally/usage';
import type { Pool } from 'pg';
import { lastDays } from '../period.ts';
import type { Period } from '../period.ts';
import { findProvider, shortProviderName } from '../provider-names.ts';
import { onOneSnapshot } from '../queryable.ts';
import type { Queryable } from '../queryable.ts';
import { sumUsageBy } from '../sum-usage.ts';
import type { UsageFilter } from '../call-conditions.ts';
import type { AdminReport, Failing, ProviderBlock, ProviderStatus } from './admin-report.ts';
import { failingProviders } from './failing.ts';
import { isNear, liveLimits } from './live-limits.ts';
import type { LiveLimit } from './live-limits.ts';
import { unknownCounts } from './unknown-counts.ts';

/** What a provider's file says for reports. */
export type ProviderFacts = Pick<Provider, 'name' | 'shortName' | 'displayName' | 'report'>;

export interface AdminReportOptions {
  /** Default 30. Not beside `period`. */
  readonly days?: number | undefined;
  readonly period?: Period | undefined;
  readonly filter?: UsageFilter | undefined;
  readonly now: Date;
  readonly timeZone: string;
  /** Default: the providers of @wiretally/usage. */
  readonly providers?: readonly ProviderFacts[] | undefined;
}

export async function computeAdminReport(pool: Pool, options: AdminReportOptions): Promise<AdminReport> {
  const { now, timeZone, filter } = options;
  const days = options.period === undefined ? (options.days ?? 30) : null;
  const period = options.period ?? lastDays(days ?? 30, now);
  return onOneSnapshot(pool, async (db) => {
    const [[totals], byProvider, byModel] = await sumUsageBy(db, { ...period, filter, timeZone }, [
      [],
      ['provider'],
      ['provider', 'model'],
    ]);
    if (totals === undefined) throw new Error('an ungrouped sum has one row');
    const wanted = (provider: string): boolean =>
      filter?.provider === undefined || provider === (findProvider(filter.provider)?.shortName ?? filter.provider);
    const limits = (await liveLimits(db, period, now)).filter(({ provider }) => wanted(provider));
    const failing = await failingProviders(db, now);
    const everSeen = (await providersEverSeen(db)).filter(wanted);
    const facts = new Map((options.providers ?? knownProviders).map((provider) => [provider.shortName, provider]));
    const active = byProvider.map((row) => row.group['provider'] ?? '');
    return {
      generatedAt: now,
      timeZone,
      days,
      period,
      blocks: active.map((provider) =>
        providerBlock(
          provider,
          facts.get(provider),
          failing.get(provider) ?? null,
          limits.filter((limit) => limit.provider === provider),
          now,
        ),
      ),
      summary: {
        providers: everSeen.length,
        active: active.length,
        // No provider's own usage API is asked yet, so none has confirmed the ledger.
        complete: 0,
      },
      totals,
      byProvider,
      byModel,
      unknowns: await unknownCounts(db, period, filter),
      limits,
    };
  });
}

async function providersEverSeen(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ provider: string }>(
    "SELECT DISTINCT provider FROM wiretally_private.rollup_hour WHERE kind = 'call'",
  );
  return rows.map(({ provider }) => shortProviderName(provider));
}

const ACCESS = { green: 'answers', yellow: 'headers', blue: 'none' } as const;

function providerBlock(
  provider: string,
  facts: ProviderFacts | undefined,
  failing: Failing | null,
  limits: readonly LiveLimit[],
  now: Date,
): ProviderBlock {
  const report = facts?.report;
  const access = report === undefined ? null : report.metadata === true ? 'metadata' : ACCESS[report.status];
  return {
    provider,
    displayName: facts?.displayName ?? provider,
    status: statusOf(report?.status ?? 'green', failing, limits),
    access,
    failing,
    nearLimits: limits.filter((limit) => isNear(limit, now)),
    limitsObserved: limits.length > 0,
    published: report?.limits ?? null,
    checks: report?.checks ?? [],
    link: report?.link ?? null,
    note: report?.note || null,
  };
}

/** Failing now is red, whatever the file says; "limits are read live" is said only when they were. */
function statusOf(
  stated: Exclude<ProviderStatus, 'red'>,
  failing: Failing | null,
  limits: readonly LiveLimit[],
): ProviderStatus {
  if (failing !== null) return 'red';
  if (stated === 'yellow') return limits.length > 0 ? 'yellow' : 'green';
  return stated;
}
