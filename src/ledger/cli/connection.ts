/** Which ledger a command asks: one that runs elsewhere (`--url`), a PostgreSQL (`--database`), or the embedded one. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { openLedger } from '../ledger.ts';
import type { Ledger } from '../ledger.ts';
import { UsageError } from './failure.ts';

export interface ConnectionFlags {
  readonly database?: string;
  readonly data?: string;
  readonly url?: string;
}

export function addConnectionOptions(command: Command, remote: 'remote' | 'local-only'): Command {
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
    command.addOption(
      new Option('--url <url>', 'ask a running ledger, with WIRETALLY_TOKEN as its token').conflicts([
        'data',
        'database',
      ]),
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

/** Asks a running ledger for a path under its API. @throws Error with the message of its answer. */
export async function askLedger(
  base: string,
  path: string,
  parameters: Readonly<Record<string, string | undefined>>,
): Promise<Response> {
  if (!URL.canParse(base)) {
    throw new UsageError(`--url ${JSON.stringify(base)} is not a URL such as http://localhost:4319`);
  }
  const url = new URL(path, base.endsWith('/') ? base : `${base}/`);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const token = process.env['WIRETALLY_TOKEN'];
  const response = await fetch(url, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(30_000),
  }).catch((error: unknown) => {
    throw new Error(`No ledger answers at ${base}. Is "wiretally up" running there?`, { cause: error });
  });
  if (response.ok) return response;
  const answer = (await response.json().catch(() => null)) as { error?: { message?: unknown } } | null;
  const message = answer?.error?.message;
  throw new Error(typeof message === 'string' ? message : `${url.href} answered ${response.status}`);
}
