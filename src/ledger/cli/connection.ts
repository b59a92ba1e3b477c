/** Which ledger a command asks: one that runs elsewhere (`--url`), a PostgreSQL (`--database`), or the embedded one. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { createUsageClient } from '../client/index.ts';
import type { UsageClient } from '../client/index.ts';
import { openLedger } from '../ledger.ts';
import type { Ledger } from '../ledger.ts';
import { UsageError } from './failure.ts';

export interface ConnectionFlags {
  readonly database?: string;
  readonly data?: string;
  readonly url?: string;
  /** Of the ledger at `url`. */
  readonly token?: string;
}

/** What a command that needs the database itself says to who gives `--url`. */
export interface LocalOnly {
  readonly insteadOfUrl: string;
}

export function addConnectionOptions(command: Command, remote: 'remote' | LocalOnly): Command {
  command
    .addOption(
      new Option(
        '--database <url>',
        'PostgreSQL of the ledger (default: DATABASE_URL, else the embedded one)',
      ).conflicts(['data', 'url']),
    )
    .addOption(
      new Option(
        '--data <folder>',
        'folder of the embedded PostgreSQL (default: WIRETALLY_DATA, else ./data/postgres)',
      ),
    );
  if (remote === 'remote') {
    command.addOption(new Option('--url <url>', 'ask a running ledger').conflicts(['data', 'database']));
    command.option(
      '--token <secret>',
      'of the ledger at --url (default: WIRETALLY_TOKEN, which no list of processes shows)',
    );
  } else {
    // Not in the help, but whoever is used to it learns what to do.
    command.addOption(
      new Option('--url <url>').hideHelp().argParser(() => {
        throw new InvalidArgumentError(`${remote.insteadOfUrl} See: wiretally ${command.name()} --help`);
      }),
    );
  }
  return command;
}

/** An absent flag stays absent, so that the environment and the library's defaults hold. */
export function ledgerOptions(flags: ConnectionFlags): { databaseUrl?: string; dataDir?: string } {
  return {
    ...(flags.database === undefined ? {} : { databaseUrl: flags.database }),
    ...(flags.data === undefined ? {} : { dataDir: flags.data }),
  };
}

export async function withLedger<T>(flags: ConnectionFlags, use: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = await openLedger(ledgerOptions(flags));
  try {
    return await use(ledger);
  } finally {
    await ledger.close();
  }
}

/** A ledger elsewhere does not say in which zone it reports; its times are UTC. */
export const REMOTE_ZONE = 'UTC';

/** The ledger that runs at `--url`; null where the flag is absent. @throws UsageError where it is no URL. */
export function remoteLedger(flags: ConnectionFlags): UsageClient | null {
  if (flags.url === undefined) return null;
  const token = flags.token ?? process.env['WIRETALLY_TOKEN'];
  try {
    return createUsageClient({ url: flags.url, ...(token === undefined || token === '' ? {} : { token }) });
  } catch (error) {
    throw new UsageError(`--url: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
