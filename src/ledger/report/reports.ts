/** Any report by its name, computed and rendered: what the command line, the API and the chat ask for. */
import type { Pool } from 'pg';
import { computeAdminReport } from './admin/compute.ts';
import type { WordingOptions } from './admin/admin-document.ts';
import { NO_TERMINAL, renderAdminReport } from './formats.ts';
import type { Format } from './formats.ts';
import { lastDays } from './period.ts';
import type { Period } from './period.ts';
import { sumUsageBy } from './sum-usage.ts';
import type { UsageFilter } from './call-conditions.ts';
import { escapeHtml } from './render/html.ts';
import { styled } from './render/terminal-table.ts';
import type { TerminalOptions } from './render/terminal-table.ts';
import { usageCsv, usageHtmlTable, usageJson, usageMarkdownTable, usageTerminalTable } from './render/usage-table.ts';
import type { UsageTable } from './render/usage-table.ts';
import { columnsOf, TABLE_REPORTS } from './table-report.ts';
import type { TableReport } from './table-report.ts';
import { WORDS } from './words/index.ts';

export interface ReportRequest {
  readonly pool: Pool;
  readonly timeZone: string;
  readonly now: Date;
  /** Default 30. Not beside `period`. */
  readonly days?: number | undefined;
  readonly period?: Period | undefined;
  readonly filter?: UsageFilter | undefined;
  /** Key of the tag that the report of tags groups by. Default: team. */
  readonly tag?: string | undefined;
  readonly format: Format;
  readonly wording: WordingOptions;
  readonly terminal?: TerminalOptions | undefined;
}

export const REPORT_NAMES: readonly string[] = ['admin', ...TABLE_REPORTS.map(({ name }) => name)];

/** @throws RangeError for a name that is none of REPORT_NAMES, and for a tag where the report has none. */
export async function computeReport(name: string, request: ReportRequest): Promise<string> {
  if (name === 'admin') {
    const report = await computeAdminReport(request.pool, request);
    return renderAdminReport(report, request.format, request.wording, request.terminal);
  }
  const report: TableReport | undefined = TABLE_REPORTS.find((each) => each.name === name);
  if (report === undefined) throw new RangeError(`There is no report ${name}; there are ${REPORT_NAMES.join(', ')}.`);
  if (request.tag === undefined) return computeTable(report, request);
  if (report.byTag !== true) throw new RangeError(`The report ${name} has no groups of a tag; the report tags has.`);
  return computeTable({ ...report, groupBy: [`tag:${request.tag}`] }, request);
}

async function computeTable(report: TableReport, request: ReportRequest): Promise<string> {
  const { timeZone, filter } = request;
  const period = request.period ?? lastDays(request.days ?? 30, request.now);
  const words = WORDS[request.wording.language];
  const ask = { ...period, filter, timeZone, orderBy: report.orderBy };
  const [rows, [total]] = await sumUsageBy(request.pool, ask, [report.groupBy, []]);
  const table: UsageTable = { columns: columnsOf(report), rows, total: total ?? null, words, timeZone };
  const title = words.reports[report.title];
  switch (request.format) {
    case 'table': {
      const terminal = request.terminal ?? NO_TERMINAL;
      const lines = table.rows.length === 0 ? [words.noCalls] : usageTerminalTable(table, terminal);
      return `${[styled(['bold', 'cyan'], title, terminal), ...lines].join('\n')}\n`;
    }
    case 'text':
    case 'markdown':
      return `${[`## ${title}`, '', ...usageMarkdownTable(table)].join('\n')}\n`;
    case 'html':
      return `<!doctype html>\n<meta charset="utf-8">\n<title>${escapeHtml(title)}</title>\n${usageHtmlTable(table)}\n`;
    case 'csv':
      return usageCsv(table);
    case 'json':
      return `${JSON.stringify(usageJson(table), null, 2)}\n`;
  }
}
