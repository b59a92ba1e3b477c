/** PgBouncer in transaction mode: each transaction may get another connection, and a session's state is nobody's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Identity } from '../../src/ledger/embedded/identity.ts';
import { serverEnvironment } from '../../src/ledger/embedded/run.ts';
import { waitUntil } from '../stack/processes.ts';
import { libraryPath } from './install.ts';
import type { PgBouncerProgram } from './install.ts';
import { DATABASE, ROLE } from './postgres-server.ts';
import type { PostgresServer } from './postgres-server.ts';

export interface PgBouncer {
  /** For `DATABASE_URL`. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface PgBouncerOptions {
  readonly program: PgBouncerProgram;
  readonly identity: Identity | null;
  readonly folder: string;
  readonly port: number;
  readonly server: PostgresServer;
}

/** Fewer connections to the server than its clients have to it. */
const POOL_SIZE = 4;

export async function startPgBouncer({
  program,
  identity,
  folder,
  port,
  server,
}: PgBouncerOptions): Promise<PgBouncer> {
  mkdirSync(folder, { recursive: true });
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    if (identity !== null) chownSync(path, identity.uid, identity.gid);
    return path;
  };
  const users = file('users.txt', `"${ROLE}" ""\n`);
  const settings = file(
    'pgbouncer.ini',
    `[databases]
${DATABASE} = host=${server.socketDir} port=${server.port} dbname=${DATABASE}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${POOL_SIZE}
`,
  );
  const log = openSync(join(folder, 'pgbouncer.log'), 'a');
  const child = spawn(program.command, [settings], {
    ...identity,
    cwd: '/',
    env: { ...serverEnvironment(), ...libraryPath(program.libraries) },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const url = `postgresql://${ROLE}@127.0.0.1:${port}/${DATABASE}`;
  await waitUntil('PgBouncer answers', async () => {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    await client.end();
    return true;
  });
  return {
    url,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
