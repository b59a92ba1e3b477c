/** The admin report for programs: exact, without words. */
import { columnsOf } from '../table-report.ts';
import { WORDS } from '../words/index.ts';
import { usageCsv, usageJson } from '../render/usage-table.ts';
import type { UsageTable } from '../render/usage-table.ts';
import type { Dimension, UsageRow } from '../usage-row.ts';
import type { AdminReport } from './admin-report.ts';

const table = (report: AdminReport, rows: readonly UsageRow[], groupBy: readonly Dimension[]): UsageTable => ({
  columns: columnsOf({ groupBy }),
  rows,
  total: null,
  words: WORDS.en,
  timeZone: report.timeZone,
});

export function adminJson(report: AdminReport): object {
  return {
    generated_at: report.generatedAt.toISOString(),
    time_zone: report.timeZone,
    days: report.days,
    from: report.period.from?.toISOString() ?? null,
    to: report.period.to?.toISOString() ?? null,
    summary: {
      providers: report.summary.providers,
      active_providers: report.summary.active,
      providers_with_full_data: report.summary.complete,
    },
    totals: usageJson(table(report, [report.totals], []))[0],
    providers: report.blocks.map((block) => ({
      provider: block.provider,
      display_name: block.displayName,
      status: block.status,
      failing:
        block.failing === null
          ? null
          : {
              failed: block.failing.failed,
              calls: block.failing.calls,
              error_type: block.failing.errorType,
            },
      published_limits: block.published,
      link: block.link,
      note: block.note,
    })),
    by_provider: usageJson(table(report, report.byProvider, ['provider'])),
    by_model: usageJson(table(report, report.byModel, ['provider', 'model'])),
    unknown: report.unknowns,
    rate_limits: report.limits.map((limit) => ({
      provider: limit.provider,
      model: limit.model,
      name: limit.name,
      window: limit.window,
      limit: limit.limit,
      remaining: limit.remaining,
      reset_at: limit.resetAt?.toISOString() ?? null,
      observed_at: limit.observedAt.toISOString(),
    })),
  };
}

/** A row a provider and model. */
export function adminCsv(report: AdminReport): string {
  return usageCsv(table(report, report.byModel, ['provider', 'model']));
}
