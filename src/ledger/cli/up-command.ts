/** `wiretally up`: the ledger, its API and its way in for OTLP, until a signal. */
import type { Command } from 'commander';
import { pino } from 'pino';
import { silentLogger } from '../logger.ts';
import type { Logger } from '../logger.ts';
import { serveConfiguration } from '../serve/configuration.ts';
import { startLedgerService } from '../serve/service.ts';
import type { LedgerService } from '../serve/service.ts';
import { startChatBeside } from './chat-command.ts';
import { addConnectionOptions, ledgerOptions } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { keepHeapSmall } from './keep-heap-small.ts';
import { print, remark } from './output.ts';

interface UpFlags extends ConnectionFlags {
  readonly host?: string;
  readonly port?: string;
  readonly otlpPort?: string;
}

export function addUpCommand(program: Command): void {
  const command = program
    .command('up')
    .description('run the ledger: storage, API and OTLP in one process')
    .option('--host <address>', 'address to listen on (default: WIRETALLY_HOST, else 127.0.0.1)')
    .option('--port <number>', 'page, API, OTLP and metrics (default: WIRETALLY_PORT, else 4319)')
    .option(
      '--otlp-port <number>',
      'second OTLP port, or "none" (default: WIRETALLY_OTLP_PORT, else 4318 if it is free)',
    )
    .addHelpText(
      'after',
      `
Examples:
  wiretally up                                  on embedded PostgreSQL in ./data/postgres
  DATABASE_URL=postgres://… wiretally up        on a PostgreSQL of yours
  WIRETALLY_BUDGET_DAILY_USD=25 wiretally up    exports a daily budget to Prometheus`,
    );
  addConnectionOptions(command, {
    insteadOfUrl:
      'This starts a ledger: give --host and --port for where it listens, and --database for where it stores.',
  }).action(async (flags: UpFlags) => {
    await up(flags);
  });
}

/** What stopping may take before the process ends anyway. */
const STOP_WITHIN_MS = 20_000;

async function up(flags: UpFlags): Promise<void> {
  keepHeapSmall();
  const person = process.stdout.isTTY;
  const logger: Logger = person ? humanLogger() : pino({ name: 'wiretally' });
  // Heard from the beginning: a start that hangs must be stoppable, too.
  const stopped = firstSignal();
  void stopped.then(endInTime);
  const service = await startLedgerService({
    configuration: serveConfiguration(flags),
    ledger: ledgerOptions(flags),
    logger,
  });
  const stopChat = startChatBeside(service.ledger, logger);
  await announce(service, logger, person);
  const signal = await stopped;
  logger.info({ signal }, 'stopping');
  await stopChat();
  await service.close();
  logger.info({}, 'stopped');
}

/** Whatever still runs: the process ends by itself when it has nothing more to do, and by this when it does not. */
function endInTime(): void {
  setTimeout(() => {
    remark(`The ledger did not stop within ${STOP_WITHIN_MS / 1000} s; unsent answers make their senders try again.`);
    process.exit(1);
  }, STOP_WITHIN_MS).unref();
  // Ctrl-C again means now. What comes at once is the same Ctrl-C, passed on by a parent; SIGTERM never means it.
  const firstAt = performance.now();
  process.on('SIGINT', () => {
    if (performance.now() - firstAt > 1000) process.exit(130);
  });
  process.on('SIGTERM', () => undefined);
}

async function announce(service: LedgerService, logger: Logger, person: boolean): Promise<void> {
  const { url, otlpUrl, remarks, ledger } = service;
  if (person) {
    await print(
      `${[
        'Wiretally ledger is ready.',
        `  API      ${url}/api/admin/ai-usage/stats   (described at ${url}/openapi.json)`,
        `  OTLP     ${otlpUrl ?? url}`,
        `  metrics  ${url}/metrics`,
        `  data     ${ledger.database.description}`,
        ...remarks.map((text) => `  note     ${text}`),
      ].join('\n')}\n`,
    );
    return;
  }
  for (const text of remarks) logger.warn({}, text);
  logger.info({ url, otlpUrl, database: ledger.database.description }, 'ready');
}

function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

/** A person at a terminal is told what goes wrong, and nothing else. */
function humanLogger(): Logger {
  const say = (word: string) => (fields: object, message: string) => {
    const error = 'err' in fields && fields.err instanceof Error ? `: ${fields.err.message}` : '';
    remark(`${word}: ${message}${error}`);
  };
  return { ...silentLogger, warn: say('warning'), error: say('error') };
}
