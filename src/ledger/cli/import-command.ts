/** `wiretally import`: what other trackers have recorded, into this ledger. */
import { Argument, InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { aiRequestLogs } from '../transfer/import/formats/ai-request-logs.ts';
import { aiUsageTracking } from '../transfer/import/formats/ai-usage-tracking.ts';
import { csvColumns, parseColumnMap } from '../transfer/import/formats/csv-columns.ts';
import type { ImportFormat } from '../transfer/import/formats/format.ts';
import { litellm } from '../transfer/import/formats/litellm.ts';
import { tokenUsage } from '../transfer/import/formats/token-usage.ts';
import { importCalls } from '../transfer/import/import-calls.ts';
import { readModelNames } from '../transfer/import/model-names.ts';
import { localTarget, remoteTarget } from '../transfer/import/import-target.ts';
import type { ImportTarget } from '../transfer/import/import-target.ts';
import { openSource } from '../transfer/import/open-source.ts';
import { renderImportReport } from '../transfer/import/render-report.ts';
import { createRowKeys } from '../transfer/import/row-keys.ts';
import { SourceError } from '../transfer/import/source.ts';
import { addConnectionOptions, remoteLedger, withLedger } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { UsageError } from './failure.ts';
import { untilInterrupted } from './interrupt.ts';
import { print, remark, terminalOptions } from './output.ts';
import { showProgress } from './progress.ts';

interface ImportFlags extends ConnectionFlags {
  readonly fromDatabase?: string;
  readonly table?: string;
  readonly map?: string;
  readonly delimiter?: string;
  readonly models?: string;
  readonly provider?: string;
  readonly application?: string;
  readonly timeZone?: string;
  readonly source?: string;
  readonly cost: 'stated' | 'calculated';
  readonly apply?: true;
  readonly json?: true;
}

type FormatName = 'token-usage' | 'ai-usage-tracking' | 'ai-request-logs' | 'litellm' | 'csv';

const FORMATS: Readonly<Record<FormatName, (flags: ImportFlags) => ImportFormat | Promise<ImportFormat>>> = {
  'token-usage': () => tokenUsage,
  'ai-usage-tracking': () => aiUsageTracking,
  'ai-request-logs': async ({ models }) =>
    aiRequestLogs(models === undefined ? new Map() : await readModelNames(models)),
  litellm: () => litellm,
  csv: ({ map }) => csvColumns(map === undefined ? new Map() : parseColumnMap(map), createRowKeys()),
};

export function addImportCommand(program: Command): void {
  const command = program
    .command('import')
    .description('what other trackers recorded, into this ledger; a dry run unless --apply is given')
    .addArgument(new Argument('<from>', 'what the table is').choices(Object.keys(FORMATS)))
    .argument('[file]', 'a SQLite, CSV or JSON file')
    .option('--from-database <url>', 'PostgreSQL that has the table')
    .option('--table <name>', 'the table, where it has another name')
    .option('--map <pairs>', 'of csv: model=COLUMN,time=COLUMN,…; a name that is left out is a column of that name')
    .option('--delimiter <character>', 'of csv (default: found out)')
    .option('--models <file>', 'of ai-request-logs: a CSV file with id,model,provider')
    .option('--provider <name>', 'of rows that name no provider, where the model does not tell')
    .option('--application <name>', 'the service that made the calls')
    .option('--time-zone <name>', 'of times that name no zone (default: UTC)', zoneOf)
    .option('--source <name>', 'tells the ids of two sources of the same kind apart')
    .addOption(
      new Option('--cost <which>', 'the cost that the source states, or the one of our prices')
        .choices(['stated', 'calculated'])
        .default('stated'),
    )
    .option('--apply', 'write the calls')
    .option('--json', 'the report for programs')
    .addHelpText(
      'after',
      `
From:
  token-usage        the token tracker's SQLite file (data/token_usage.db)
  ai-usage-tracking  the hybrid tracker's table in a PostgreSQL
  ai-request-logs    real data tracking's table in a PostgreSQL
  litellm            LiteLLM's SpendLogs: a PostgreSQL, or a CSV or JSON file
  csv                any CSV file with a head; the export of this program needs no --map

The same rows imported again change nothing, as long as --source and --time-zone are the same.
Ends with 1 when a row was not understood.

Examples:
  wiretally import token-usage data/token_usage.db
  wiretally import token-usage data/token_usage.db --apply
  wiretally import ai-usage-tracking --from-database postgres://bot@db/bot --time-zone Asia/Tehran
  wiretally import csv bill.csv --map time=Date,model=Model,input_tokens=In,output_tokens=Out,cost_usd=USD`,
    );
  addConnectionOptions(command, 'remote').action(runImport);
}

async function runImport(from: FormatName, file: string | undefined, flags: ImportFlags): Promise<void> {
  const timeZone = flags.timeZone ?? 'UTC';
  const progress = showProgress('rows read');
  try {
    const format = await FORMATS[from](flags);
    const rows = await openSource({
      file,
      database: flags.fromDatabase,
      table: flags.table ?? format.table,
      delimiter: flags.delimiter ?? null,
      columns: format.columns,
    });
    try {
      const interrupted = await untilInterrupted((signal) =>
        onTarget(flags, async (target) => {
          const report = await importCalls({
            target,
            rows,
            format,
            timeZone,
            source: flags.source ?? format.name,
            provider: flags.provider ?? format.provider,
            application: flags.application ?? null,
            cost: flags.cost,
            apply: flags.apply === true,
            onProgress: progress.show,
            signal,
          });
          progress.end();
          await print(
            flags.json === true
              ? `${JSON.stringify(report, null, 2)}\n`
              : renderImportReport(report, terminalOptions()),
          );
          if (!report.applied && report.imported > 0) remark('Give --apply to write these calls.');
          if (report.notUnderstood.length > 0) process.exitCode = 1;
        }),
      );
      if (interrupted && flags.apply === true) {
        remark('Interrupted. What was imported stays; the same command goes on from there.');
      }
    } finally {
      await rows.close();
    }
  } catch (error) {
    // What was given is wrong, not the ledger.
    throw error instanceof SourceError ? new UsageError(error.message, { cause: error.cause }) : error;
  } finally {
    progress.end();
  }
}

async function onTarget(flags: ImportFlags, work: (target: ImportTarget) => Promise<void>): Promise<void> {
  const remote = remoteLedger(flags);
  if (remote !== null) return work(remoteTarget(remote));
  return withLedger(flags, (ledger) => work(localTarget(ledger)));
}

function zoneOf(text: string): string {
  try {
    return Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidArgumentError('It must be an IANA name such as Asia/Tehran.');
  }
}
