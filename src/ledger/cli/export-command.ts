/** `wiretally export`: the calls as a file for other programs. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { formatCount } from '../report/numbers.ts';
import { exportCalls } from '../transfer/export/export-calls.ts';
import { TEXT_FORMATS } from '../transfer/export/text-formats.ts';
import type { TextFormat } from '../transfer/export/text-formats.ts';
import { newFile } from '../transfer/export/new-file.ts';
import type { UsageClient } from '../client/index.ts';
import { open } from 'node:fs/promises';
import { addConnectionOptions, remoteLedger, withLedger } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { print, remark } from './output.ts';
import { showProgress } from './progress.ts';
import { addSelectionOptions, filterParameters, selectedFilter, selectedPeriod } from './selection-flags.ts';
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
  addConnectionOptions(addSelectionOptions(command), 'remote').action(exportTo);
}

async function exportTo(flags: ExportFlags): Promise<void> {
  const path = flags.out ?? (flags.format === 'sqlite' ? SQLITE_FILE : undefined);
  const remote = remoteLedger(flags);
  if (remote !== null) return exportFrom(remote, path, flags);
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

/** The ledger at `--url` makes the file; here it is only written. */
async function exportFrom(remote: UsageClient, path: string | undefined, flags: ExportFlags): Promise<void> {
  const { format, days, from, to } = flags;
  // Before the ledger is asked to read everything.
  const target = path === undefined ? null : await newFile(path, { force: flags.force === true });
  const progress = showProgress('bytes received');
  try {
    await untilInterrupted(async (signal) => {
      const body = await remote.export({ format, days, from, to, ...filterParameters(flags) });
      if (target === null) {
        const decoder = new TextDecoder();
        for await (const chunk of body) {
          signal.throwIfAborted();
          await print(decoder.decode(chunk, { stream: true }));
        }
        return;
      }
      const file = await open(target.temporaryPath, 'wx', 0o644);
      let bytes = 0;
      try {
        for await (const chunk of body) {
          signal.throwIfAborted();
          await file.writeFile(chunk);
          bytes += chunk.length;
          progress.show(bytes);
        }
      } finally {
        await file.close();
      }
      await target.complete();
      progress.end();
      remark(`The calls are in ${path}`);
    });
  } finally {
    progress.end();
    await target?.discard();
  }
}
