/** The report of an import for people. */
import { formatCount, formatUsd } from '../../report/numbers.ts';
import { printable } from '../../report/render/printable.ts';
import { styled } from '../../report/render/terminal-table.ts';
import type { TerminalOptions } from '../../report/render/terminal-table.ts';
import { en } from '../../report/words/en.ts';
import type { ImportReport, Reason } from './import-report.ts';

export function renderImportReport(report: ImportReport, terminal: TerminalOptions): string {
  const heading = (text: string): string => styled(['bold', 'cyan'], text, terminal);
  const lines = [
    heading(`Import from ${printable(report.source)}${report.applied ? '' : ' (dry run: nothing is written)'}`),
    `  rows read        ${formatCount(report.rows)}`,
    `  ${report.applied ? 'calls imported   ' : 'calls to import  '}${formatCount(report.imported)}`,
    `  already there    ${formatCount(report.alreadyThere)}`,
    `  not understood   ${formatCount(rowsOf(report.notUnderstood))}`,
  ];
  if (report.skipped.length > 0) lines.push(`  no calls         ${formatCount(rowsOf(report.skipped))}`);
  if (report.firstCall !== null) {
    lines.push(
      `  from             ${report.firstCall} to ${report.lastCall ?? ''}`,
      `  tokens           ${formatCount(report.inputTokens)} in, ${formatCount(report.outputTokens)} out`,
      `  cost             ${formatUsd(report.costUsd)} (the source states ${formatUsd(report.costStatedUsd)})`,
    );
  }
  if (report.callsWithoutUsage > 0) {
    lines.push(`  without usage    ${callsText(report.callsWithoutUsage)}`);
  }
  const reasons: Readonly<Record<string, string>> = en.unpricedReasons;
  for (const { reason, calls } of report.unpriced) {
    lines.push(`  without a cost   ${callsText(calls)}: ${reasons[reason] ?? reason}`);
  }
  const section = (title: string, found: readonly Reason[]): void => {
    if (found.length === 0) return;
    lines.push('', heading(title));
    for (const { reason, rows, examples } of found) {
      lines.push(`  ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}: ${printable(reason)}`);
      lines.push(...examples.map((example) => `    ${printable(example)}`));
    }
  };
  section('Not understood, not imported', report.notUnderstood);
  section('No calls to a provider, not imported', report.skipped);
  section('Imported otherwise than it stands there', report.remarks);
  if (report.columnsNotRead.length > 0) {
    lines.push('', `Columns not read: ${printable(report.columnsNotRead.join(', '))}`);
  }
  return `${lines.join('\n')}\n`;
}

const callsText = (count: number): string => `${formatCount(count)} ${count === 1 ? 'call' : 'calls'}`;
const rowsOf = (reasons: readonly Reason[]): number => reasons.reduce((sum, { rows }) => sum + rows, 0);
