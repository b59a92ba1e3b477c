/** `wiretally report` and the commands that show one table. */
import type { Command } from 'commander';
import { computeReport } from '../report/reports.ts';
import { TABLE_REPORTS } from '../report/table-report.ts';
import { askLedger, withLedger } from './connection.ts';
import { print, terminalOptions } from './output.ts';
import { addReportOptions, formatOf, remoteParameters } from './report-flags.ts';
import type { ReportFlags } from './report-flags.ts';

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

  for (const { name, summary } of TABLE_REPORTS) {
    const command = program
      .command(name)
      .description(summary)
      .addHelpText('after', `\nExample:\n  wiretally ${name} --days 7 --format csv`);
    addReportOptions(command, ['table', 'markdown', 'json', 'csv', 'html']).action(async (flags: ReportFlags) =>
      show(name, flags),
    );
  }
}

async function show(name: string, flags: ReportFlags): Promise<void> {
  const terminal = terminalOptions();
  if (flags.url !== undefined) {
    const width = Number.isFinite(terminal.width) ? String(terminal.width) : undefined;
    const answer = await askLedger(flags.url, `api/reports/${name}`, {
      ...remoteParameters(flags),
      width,
      colour: terminal.colour ? 'true' : undefined,
    });
    return print(await answer.text());
  }
  const text = await withLedger(flags, (ledger) =>
    computeReport(name, {
      pool: ledger.pool,
      timeZone: ledger.timeZone,
      now: new Date(),
      days: flags.days,
      filter: {
        provider: flags.provider,
        model: flags.model,
        service: flags.service,
        user: flags.user,
        session: flags.session,
      },
      format: formatOf(flags),
      wording: { language: flags.language ?? 'en' },
      terminal,
    }),
  );
  await print(text);
}
