/** The server as a process: start, wait until it answers, stop. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { ClientConfig } from 'pg';
import { errorCode, errorMessage } from '../ledger-error.ts';
import type { Address } from './address.ts';
import type { Binaries } from './binaries.ts';
import { readPassword, SUPERUSER } from './cluster.ts';
import type { DataFolder } from './data-folder.ts';
import { serverEnvironment } from './run.ts';
import { findPostmaster } from './postmaster-file.ts';

export const LOG_FILE = 'postgres.log';
const MAX_LOG_BYTES = 5_000_000;
const HOST_RULES = 'local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n';

export interface Started {
  readonly child: ChildProcess;
  /** What this start wrote to the log. */
  readonly readLog: () => Promise<string>;
  readonly exited: Promise<void>;
}

export async function startServer(
  folder: DataFolder,
  cluster: string,
  binaries: Binaries,
  address: Address,
  settings: Readonly<Record<string, string>>,
): Promise<Started> {
  await writeFile(join(cluster, 'pg_hba.conf'), HOST_RULES);
  const logPath = join(folder.path, LOG_FILE);
  const size = (await stat(logPath).catch(() => null))?.size ?? 0;
  if (size > MAX_LOG_BYTES) await rename(logPath, `${logPath}.1`);
  const log = await open(logPath, 'a', 0o600);
  const logStart = (await log.stat()).size;
  const all: Record<string, string> = {
    listen_addresses: address.kind === 'loopback' ? '127.0.0.1' : '',
    unix_socket_directories: address.kind === 'socket' ? address.directory : '',
    unix_socket_permissions: '0700',
    port: String(address.port),
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'fatal',
    log_min_error_statement: 'panic',
    jit: 'off',
    ...settings,
  };
  try {
    const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(binaries.postgres, ['-D', cluster, ...args], {
      ...(folder.identity ?? {}),
      cwd: process.platform === 'win32' ? undefined : '/',
      env: serverEnvironment(),
      stdio: ['ignore', log.fd, log.fd],
      // A process group of its own: Ctrl-C is for us, who then still have something to store.
      detached: true,
      windowsHide: true,
    });
    child.unref();
    const exited = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
    return { child, exited, readLog: () => readFrom(logPath, logStart) };
  } finally {
    await log.close();
  }
}

async function readFrom(path: string, start: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16_384), 0, 16_384, start);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

export async function connectionTo(folder: DataFolder, address: Address): Promise<ClientConfig> {
  if (address.kind === 'socket') return { host: address.directory, port: address.port, user: SUPERUSER };
  return { host: '127.0.0.1', port: address.port, user: SUPERUSER, password: await readPassword(folder) };
}

/** `starting`: it lives and asks for patience (it replays its log after a crash). `ending`: somebody stops it. */
export async function probe(
  config: ClientConfig,
  timeoutMs = 5000,
): Promise<Client | 'starting' | 'ending' | 'silent'> {
  const client = new Client({ ...config, database: 'postgres', connectionTimeoutMillis: timeoutMs, keepAlive: true });
  // Without a listener a lost connection would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    // cannot_connect_now; in English, since we start it with LC_ALL=C.
    if (errorCode(error) !== '57P03') return 'silent';
    return errorMessage(error).includes('shutting down') ? 'ending' : 'starting';
  }
}

const FAST: readonly [NodeJS.Signals, number] = ['SIGINT', 10_000];
/** Without a checkpoint. The server itself kills what has not ended after 5 s, so that nothing of it is left. */
const IMMEDIATE: readonly [NodeJS.Signals, number] = ['SIGQUIT', 8000];
const KILLED: readonly [NodeJS.Signals, number] = ['SIGKILL', 1000];

/**
 * Fast shutdown: open transactions are rolled back, the log is written, the next start is quick. When that takes too
 * long, without a checkpoint; nothing committed is lost in either case.
 */
export async function stopServer(pid: number, cluster: string): Promise<void> {
  await signalUntilGone(pid, cluster, [FAST, IMMEDIATE, KILLED]);
}

/** One that was told to stop long ago. */
export async function stopServerNow(pid: number, cluster: string): Promise<void> {
  await signalUntilGone(pid, cluster, [IMMEDIATE, KILLED]);
}

async function signalUntilGone(
  pid: number,
  cluster: string,
  steps: readonly (readonly [NodeJS.Signals, number])[],
): Promise<void> {
  for (const [signal, patienceMs] of steps) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 10) {
      if ((await findPostmaster(cluster))?.pid !== pid) return;
      await delay(10);
    }
  }
}
