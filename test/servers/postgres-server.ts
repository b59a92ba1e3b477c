/** A PostgreSQL as somebody else runs it: any major version, with TLS, a role that may little, and a standby. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, closeSync, cpSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Binaries } from '../../src/ledger/embedded/binaries.ts';
import type { Identity } from '../../src/ledger/embedded/identity.ts';
import { run, serverEnvironment } from '../../src/ledger/embedded/run.ts';
import type { Authority } from '../conformance/authority.ts';
import { waitUntil } from '../stack/processes.ts';

export const DATABASE = 'ledger';
export const ROLE = 'modest';
export const PASSWORD = 'not-guessed';

export interface PostgresServer {
  readonly port: number;
  /** Of its Unix socket, where everybody is trusted. */
  readonly socketDir: string;
  readonly cluster: string;
  /** As superuser. */
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** Fast shutdown, as `pg_ctl restart` does. */
  stop(): Promise<void>;
  start(): Promise<void>;
  kill(): Promise<void>;
}

export interface PostgresServerOptions {
  readonly binaries: Binaries;
  readonly identity: Identity | null;
  /** Its own, and the server's. */
  readonly folder: string;
  readonly port: number;
  readonly settings?: Readonly<Record<string, string>>;
}

/** A new cluster with a database that a role owns which may nothing else. Started. */
export async function newServer(
  options: PostgresServerOptions & { readonly authority: Authority },
): Promise<PostgresServer> {
  const { binaries, identity, folder, authority } = options;
  mkdirSync(folder, { recursive: true });
  const cluster = join(folder, 'cluster');
  own(folder, identity);
  const made = await run(
    binaries.initdb,
    [
      `--pgdata=${cluster}`,
      '--username=postgres',
      '--encoding=UTF8',
      '--locale=C',
      '--auth=trust',
      '--no-instructions',
    ],
    identity,
  );
  if (made.exitCode !== 0) throw new Error(`initdb failed: ${made.output}`);
  for (const [name, text] of [
    ['server.crt', authority.cert],
    ['server.key', authority.key],
    // Over the network by TLS and password alone.
    [
      'pg_hba.conf',
      'local all all trust\nlocal replication all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\nhostnossl all all 127.0.0.1/32 reject\n',
    ],
  ] as const) {
    writeFileSync(join(cluster, name), text, { mode: 0o600 });
    own(join(cluster, name), identity);
  }
  const server = serverOn(cluster, options);
  await server.start();
  await server.query(`create role ${ROLE} login password '${PASSWORD}'`);
  await server.query(`create database ${DATABASE} owner ${ROLE}`);
  return server;
}

/** A copy of a server that follows it. The other one is stopped for the copy, and started again. */
export async function standbyOf(primary: PostgresServer, options: PostgresServerOptions): Promise<PostgresServer> {
  const { folder, identity } = options;
  mkdirSync(folder, { recursive: true });
  own(folder, identity);
  const cluster = join(folder, 'cluster');
  await primary.stop();
  cpSync(primary.cluster, cluster, { recursive: true, preserveTimestamps: true });
  chmodSync(cluster, 0o700);
  const owner = identity === null ? null : `${identity.uid}:${identity.gid}`;
  if (owner !== null) spawnSync('chown', ['-R', owner, cluster]);
  writeFileSync(join(cluster, 'standby.signal'), '');
  await primary.start();
  const standby = serverOn(cluster, {
    ...options,
    settings: {
      ...options.settings,
      primary_conninfo: `host=${primary.socketDir} port=${primary.port} user=postgres application_name=standby`,
    },
  });
  await standby.start();
  return standby;
}

function serverOn(cluster: string, options: PostgresServerOptions): PostgresServer {
  const { binaries, identity, folder, port } = options;
  const logFile = join(folder, 'postgres.log');
  let child: ChildProcess | null = null;

  const query = async (sql: string): Promise<readonly Record<string, unknown>[]> => {
    const client = new Client({ host: folder, port, user: 'postgres', database: 'postgres' });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return {
    port,
    socketDir: folder,
    cluster,
    query,
    async start() {
      const settings: Record<string, string> = {
        listen_addresses: '127.0.0.1',
        port: String(port),
        unix_socket_directories: folder,
        ssl: 'on',
        ssl_cert_file: 'server.crt',
        ssl_key_file: 'server.key',
        // What a process leaves behind is the kernel's; only a power cut would need more.
        fsync: 'off',
        ...options.settings,
      };
      const log = openSync(logFile, 'a');
      child = spawn(
        binaries.postgres,
        ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
        { ...identity, cwd: '/', env: serverEnvironment(), stdio: ['ignore', log, log] },
      );
      closeSync(log);
      await waitUntil(`PostgreSQL ${binaries.majorVersion} answers`, async () => {
        if (child?.exitCode !== null) throw new Error(readFileSync(logFile, 'utf8').slice(-2000));
        return (await query('select 1')).length === 1;
      });
    },
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
  };
}

function own(path: string, identity: Identity | null): void {
  if (identity !== null) chownSync(path, identity.uid, identity.gid);
}
