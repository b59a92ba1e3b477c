/** `wiretally report` and the commands that show one table. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { computeReport } from '../report/reports.ts';
import { isDimension } from '../report/usage-row.ts';
import { TABLE_REPORTS } from '../report/table-report.ts';
import { remoteLedger, withLedger } from './connection.ts';
import { print, terminalOptions } from './output.ts';
import { addReportOptions, formatOf, remoteParameters } from './report-flags.ts';
import type { ReportFlags } from './report-flags.ts';
import { selectedFilter, selectedPeriod } from './selection-flags.ts';

export function addReportCommands(program: Command): void {
  const report = program
    .command('report')
    .description('what the calls cost: by provider and model, and what is not known')
    .addHelpText(
      'after',
      `
Examples:
  wiretally report                              the last 30 days, as tables
  wiretally report --days 7 --language fa --format text
  wiretally report --format html > report.html
  wiretally report --json --provider gemini`,
    );
  addReportOptions(report).action(async (flags: ReportFlags) => show('admin', flags));

  for (const { name, summary, ...table } of TABLE_REPORTS) {
    const command = program
      .command(name)
      .description(summary)
      .addHelpText('after', `\nExample:\n  wiretally ${name} --days 7 --format csv`);
    if ('byTag' in table) command.option('--tag <key>', 'whose values are the groups (default: team)', tagKey);
    addReportOptions(command, ['table', 'markdown', 'json', 'csv', 'html']).action(async (flags: ReportFlags) =>
      show(name, flags),
    );
  }
}

function tagKey(text: string): string {
  if (isDimension(`tag:${text}`)) return text;
  throw new InvalidArgumentError('It must be letters, digits, dots, hyphens and underscores, 64 at most.');
}

async function show(name: string, flags: ReportFlags): Promise<void> {
  const terminal = terminalOptions();
  const remote = remoteLedger(flags);
  if (remote !== null) {
    const { width, colour } = terminal;
    return print(
      await remote.report(name, {
        ...remoteParameters(flags),
        ...(Number.isFinite(width) ? { width } : {}),
        ...(colour ? { colour: 'true' } : {}),
      }),
    );
  }
  const text = await withLedger(flags, (ledger) =>
    computeReport(name, {
      pool: ledger.pool,
      timeZone: ledger.timeZone,
      now: new Date(),
      ...(flags.from === undefined && flags.to === undefined
        ? { days: flags.days }
        : { period: selectedPeriod(flags, new Date(), ledger.timeZone) }),
      filter: selectedFilter(flags),
      tag: flags.tag,
      format: formatOf(flags),
      wording: { language: flags.language ?? 'en' },
      terminal,
    }),
  );
  await print(text);
}
