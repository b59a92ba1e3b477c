/** `wiretally export`: the calls as a file for other programs. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { formatCount } from '../report/numbers.ts';
import { exportCalls } from '../transfer/export/export-calls.ts';
import { TEXT_FORMATS } from '../transfer/export/text-formats.ts';
import type { TextFormat } from '../transfer/export/text-formats.ts';
import { addConnectionOptions, withLedger } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { print, remark } from './output.ts';
import { showProgress } from './progress.ts';
import { addSelectionOptions, selectedFilter, selectedPeriod } from './selection-flags.ts';
import type { SelectionFlags } from './selection-flags.ts';
import { untilInterrupted } from './interrupt.ts';

interface ExportFlags extends ConnectionFlags, SelectionFlags {
  readonly format: TextFormat | 'sqlite';
  readonly out?: string;
  readonly force?: true;
}

/** Where programs that read the token tracker's database look for it. */
const SQLITE_FILE = 'data/token_usage.db';

export function addExportCommand(program: Command): void {
  const command = program
    .command('export')
    .description('the calls, one row each, for other programs')
    .addOption(
      new Option('--format <name>', 'what to write').choices([...TEXT_FORMATS, 'sqlite']).makeOptionMandatory(),
    )
    .option('--out <file>', `where to (default: the standard output; of sqlite ${SQLITE_FILE})`)
    .option('--force', 'replace the file if it is there')
    .addHelpText(
      'after',
      `
Costs are exact decimals. What a provider did not state is empty or null, never 0.
sqlite has two tables: token_usage, a row a call, and daily_summary.

Examples:
  wiretally export --format csv --days 30 > calls.csv
  wiretally export --format sqlite
  wiretally export --format ndjson --from 2026-10-01 --to 2026-10-31 --provider gemini --out october.ndjson`,
    );
  addConnectionOptions(addSelectionOptions(command), 'local-only').action(exportTo);
}

async function exportTo(flags: ExportFlags): Promise<void> {
  const path = flags.out ?? (flags.format === 'sqlite' ? SQLITE_FILE : undefined);
  const progress = showProgress('calls exported');
  try {
    await untilInterrupted((signal) =>
      withLedger(flags, async ({ pool, timeZone }) => {
        const { calls, remarks } = await exportCalls({
          pool,
          timeZone,
          selection: { period: selectedPeriod(flags, new Date(), timeZone), filter: selectedFilter(flags) },
          format: flags.format,
          to: path === undefined ? print : { path, force: flags.force === true },
          onProgress: progress.show,
          signal,
        });
        progress.end();
        if (path !== undefined) remark(`${formatCount(calls)} calls are in ${path}`);
        for (const text of remarks) remark(text);
      }),
    );
  } finally {
    progress.end();
  }
}
