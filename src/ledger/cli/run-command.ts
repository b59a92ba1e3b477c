/** `wiretally run -- node script.js`: the script as it is, with its calls counted, and what they cost at its end. */
import type { Command } from 'commander';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { silentLogger } from '../logger.ts';
import { computeAdminReport } from '../report/admin/compute.ts';
import { renderTerminalReport } from '../report/render/terminal-report.ts';
import { serveConfiguration } from '../serve/configuration.ts';
import { startLedgerService } from '../serve/service.ts';
import { addConnectionOptions, ledgerOptions } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { deliverLeftOvers } from './left-over-records.ts';
import { remark, terminalOptions } from './output.ts';
import { applicationName, instrumentedCommand } from './instrumented-command.ts';
import { runScript } from './run-script.ts';
import type { ScriptEnd } from './run-script.ts';

interface RunFlags extends ConnectionFlags {
  readonly quiet?: true;
}

export function addRunCommand(program: Command): void {
  const command = program
    .command('run')
    .description('run a script with the instrumentation, and say at its end what its calls cost')
    .argument('<command...>', 'what to run, after --')
    .option('--quiet', 'no summary')
    .addHelpText(
      'after',
      `
The script's exit code and signals are its own. Its calls go to the embedded ledger, or to --database.
@wiretally/instrumentation must be installed where the script is.

Examples:
  wiretally run -- node script.js
  wiretally run -- npm test`,
    );
  addConnectionOptions(command, {
    insteadOfUrl:
      'A run writes into a ledger of this machine: give --database, or start the script yourself with WIRETALLY_LEDGER_ENDPOINT set to that URL.',
  }).action(async (words: string[], flags: RunFlags) => {
    await run(words, flags);
  });
}

async function run(words: readonly string[], flags: RunFlags): Promise<void> {
  const environment = { ...process.env };
  const command = instrumentedCommand(words, process.cwd(), environment);
  // A listener of this run's own, on a free port: what arrives there is this script's, and the same database that
  // `wiretally up` uses is adopted and not started twice.
  const service = await startLedgerService({
    configuration: serveConfiguration({ host: '127.0.0.1', port: '0', otlpPort: 'none' }, {}),
    ledger: ledgerOptions(flags),
    logger: silentLogger,
  });
  const startedAt = new Date();
  const application = environment['OTEL_SERVICE_NAME'] ?? applicationName(words);
  // A spool is an endpoint's, and this endpoint ends with the run: nobody else would deliver from it.
  const spool = await mkdtemp(path.join(tmpdir(), 'wiretally-run-'));
  const reporting = {
    ...environment,
    OTEL_SERVICE_NAME: application,
    WIRETALLY_SPOOL_DIR: spool,
    WIRETALLY_LEDGER_ENDPOINT: service.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: environment['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? service.url,
  };
  let end: ScriptEnd;
  try {
    end = await runScript(command, reporting);
    if (await deliverLeftOvers(spool, command.register, reporting)) await rm(spool, { recursive: true, force: true });
    else remark(`Some records could not be delivered and are kept in ${spool}.`);
    if (flags.quiet !== true) {
      const { pool, timeZone } = service.ledger;
      const report = await computeAdminReport(pool, {
        now: new Date(),
        timeZone,
        period: { from: startedAt, to: null },
        filter: { application },
      });
      // To stderr: the script's output is its own.
      remark(`\n${renderTerminalReport(report, 'en', terminalOptions(process.stderr)).trimEnd()}`);
    }
  } finally {
    await service.close();
  }
  endLike(end);
}

/** A script that a signal ended is reported to the caller as that. */
function endLike(end: ScriptEnd): void {
  if (end.signal === null) {
    process.exitCode = end.code;
    return;
  }
  process.exitCode = 128 + constants.signals[end.signal];
  process.kill(process.pid, end.signal);
}
