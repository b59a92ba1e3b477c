/** The `postgres` service without a container: the same version from npm, reached over TCP with a password, as services reach it there. */
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { prepareBinaries } from '../../src/ledger/embedded/binaries.ts';
import { chooseIdentity } from '../../src/ledger/embedded/identity.ts';
import { run, serverEnvironment } from '../../src/ledger/embedded/run.ts';
import { silentLogger } from '../../src/ledger/logger.ts';
import { startProcess, waitUntil, type StackProcess } from './processes.ts';

export interface PostgresOptions {
  readonly folder: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
  readonly logFile: string;
}

/** Makes a new cluster and starts it. @throws Error with the server's output */
export async function startPostgres(options: PostgresOptions): Promise<StackProcess> {
  const { folder } = options;
  mkdirSync(folder, { recursive: true });
  // PostgreSQL refuses to run as root.
  const identity = await chooseIdentity(folder);
  const { initdb, postgres } = await prepareBinaries(identity, silentLogger);
  const passwordFile = path.join(folder, 'password');
  writeFileSync(passwordFile, options.password);
  if (identity !== null) for (const place of [folder, passwordFile]) chownSync(place, identity.uid, identity.gid);
  chmodSync(folder, 0o700);
  const cluster = path.join(folder, 'cluster');
  const made = await run(
    initdb,
    [
      `--pgdata=${cluster}`,
      `--username=${options.user}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
    ],
    identity,
  );
  if (made.exitCode !== 0) throw new Error(`initdb failed in ${folder}: ${made.output}`, { cause: made.startError });
  const server = startProcess({
    name: 'postgres',
    command: postgres,
    args: [
      '-D',
      cluster,
      '-p',
      String(options.port),
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
    ],
    env: serverEnvironment(),
    cwd: '/',
    logFile: options.logFile,
    identity,
  });
  const url = (database: string): string =>
    `postgres://${options.user}:${options.password}@127.0.0.1:${options.port}/${database}`;
  await waitUntil('PostgreSQL answers', () => execute(url('postgres'), 'select 1'), { process: server });
  await execute(url('postgres'), `create database "${options.database}"`);
  return server;
}

/** One statement or several on a connection of their own. */
export async function execute(url: string, sql: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
    return true;
  } finally {
    await client.end();
  }
}
