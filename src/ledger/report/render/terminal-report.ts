/** The report for a terminal: providers and models as tables, and what is not known below them. */
import type { AdminReport } from '../admin/admin-report.ts';
import { periodWords } from '../admin/period-words.ts';
import { dimensionColumn, MEASURES } from '../columns.ts';
import { formatCount, formatDateTime } from '../numbers.ts';
import type { Dimension, UsageRow } from '../usage-row.ts';
import { WORDS } from '../words/index.ts';
import type { Language } from '../language.ts';
import { printable } from './printable.ts';
import { styled } from './terminal-table.ts';
import type { TerminalOptions } from './terminal-table.ts';
import { usageTerminalTable } from './usage-table.ts';

export function renderTerminalReport(report: AdminReport, language: Language, options: TerminalOptions): string {
  const words = WORDS[language];
  const heading = (text: string): string => styled(['bold', 'cyan'], text, options);
  const lines = [
    heading(words.title),
    `${words.time(formatDateTime(report.generatedAt, report.timeZone))} (${report.timeZone}), ${periodWords(report, words)}`,
    '',
  ];
  if (report.totals.requests === 0) return `${[...lines, words.noCalls].join('\n')}\n`;

  const table = (rows: readonly UsageRow[], groupBy: readonly Dimension[]): string[] =>
    usageTerminalTable(
      {
        columns: [...groupBy.map(dimensionColumn), ...MEASURES],
        rows,
        total: report.totals,
        words,
        timeZone: report.timeZone,
      },
      options,
    );
  lines.push(heading(words.reports.byProvider), ...table(report.byProvider, ['provider']), '');
  lines.push(heading(words.reports.byModel), ...table(report.byModel, ['provider', 'model']), '');
  lines.push(...warnings(report, language, options));

  if (report.unknowns.length > 0) {
    const reasons: Readonly<Record<string, string>> = { ...words.missingReasons, ...words.unpricedReasons };
    lines.push(heading(words.reports.unknowns));
    for (const { what, reason, calls } of report.unknowns) {
      const count = words.statistics[what === 'usage' ? 'callsWithoutUsage' : 'callsWithoutCost'](calls);
      lines.push(`  ${words.labelled(count, reasons[reason] ?? printable(reason))}`);
    }
    lines.push('');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Providers that fail now, and limits that are nearly used up. */
function warnings(report: AdminReport, language: Language, options: TerminalOptions): string[] {
  const said = WORDS[language].block;
  const found: string[] = [];
  for (const block of report.blocks) {
    const name = printable(block.displayName);
    if (block.failing !== null) {
      const { failed, calls, errorType } = block.failing;
      found.push(styled('red', `${name}: ${said.failing(failed, calls, printable(errorType))}`, options));
    }
    for (const limit of block.nearLimits) {
      const window = limit.window === null ? '' : `/${limit.window}`;
      const left = `${limit.percentLeft.toFixed(1)}% (${formatCount(limit.remaining)})`;
      found.push(styled('yellow', `${name}: ${said.nearLimit(printable(`${limit.name}${window}`), left)}`, options));
    }
  }
  return found.length === 0 ? [] : [...found, ''];
}
