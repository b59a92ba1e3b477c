/**
 * The embedded PostgreSQL: started, adopted when it runs already (an earlier run of ours was killed, or another process
 * uses the same folder), started again when it dies, stopped by the last of its users.
 *
 * Who uses it is told by a shared advisory lock that each process holds on a connection of its own: no file to go
 * stale, since the lock ends with the process.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ClientConfig } from 'pg';
import { LedgerError, errorMessage } from '../ledger-error.ts';
import type { Logger } from '../logger.ts';
import { candidateAddresses, removeTemporaryFolder } from './address.ts';
import type { Address } from './address.ts';
import { prepareBinaries } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import { ensureCluster } from './cluster.ts';
import { dataFolderError, prepareDataFolder } from './data-folder.ts';
import type { DataFolder } from './data-folder.ts';
import { findPostmaster } from './postmaster-file.ts';
import type { Postmaster } from './postmaster-file.ts';
import { connectionTo, LOG_FILE, probe, startServer, stopServer, stopServerNow } from './server-process.ts';
import type { Started } from './server-process.ts';

/** Any number; the lock is in the `postgres` database, where nobody else takes locks. */
const USERS_LOCK = 77_001;
/** How long a start may be refused because an earlier server is still ending. */
const REFUSED_PATIENCE_MS = 20_000;
const SILENT_PATIENCE_MS = 20_000;
/** As long as who stops it waits before the next signal. */
const ENDING_PATIENCE_MS = 10_000;

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly logger: Logger;
  /** More settings of the server, for tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * How long a living server may say nothing at all; one that replays its log does answer: "starting up". Default 20 s.
   */
  readonly silentPatienceMs?: number;
}

export interface EmbeddedServer {
  readonly dataDir: string;
  /** Where it is now; it can change when it had to be started again. */
  connection(): ClientConfig;
  onRestart(listener: () => void): void;
  /** Stops the server unless another process uses it. Bounded. */
  close(): Promise<void>;
}

interface Running {
  readonly address: Address;
  readonly connection: ClientConfig;
  readonly guard: Client;
  readonly pid: number;
  readonly adopted: boolean;
}

/** @throws LedgerError with what to do */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { logger } = options;
  const folder = await prepareDataFolder(options.dataDir, logger);
  const binaries = await prepareBinaries(folder.identity, logger);
  const cluster = await ensureCluster(folder, binaries);
  const run = (): Promise<Running> => bringUp(folder, cluster, binaries, options);

  let running = await run();
  const state = { closing: false };
  let recovery: Promise<void> = Promise.resolve();
  const listeners: (() => void)[] = [];

  const watch = (): void => {
    running.guard.once('end', () => {
      if (state.closing) return;
      logger.warn({ dataDir: folder.path }, 'the embedded PostgreSQL is gone; starting it again');
      recovery = recover();
    });
  };
  const recover = async (): Promise<void> => {
    for (let pauseMs = 50; !state.closing; pauseMs = Math.min(pauseMs * 2, 5000)) {
      try {
        running = await run();
        watch();
        logger.info({ dataDir: folder.path, adopted: running.adopted }, 'the embedded PostgreSQL is back');
        for (const listener of listeners) listener();
        return;
      } catch (error) {
        logger.error({ error: errorMessage(error) }, 'the embedded PostgreSQL does not start; trying again');
        await delay(pauseMs);
      }
    }
  };
  // process.exit() without close(): a fast shutdown is asked for, and needs nobody to wait for it.
  const onExit = (): void => {
    if (running.adopted) return;
    try {
      process.kill(running.pid, 'SIGINT');
    } catch {
      // Gone already.
    }
  };
  watch();
  process.on('exit', onExit);

  return {
    dataDir: folder.path,
    connection: () => running.connection,
    onRestart: (listener) => void listeners.push(listener),
    async close() {
      if (state.closing) return;
      state.closing = true;
      await recovery;
      process.off('exit', onExit);
      if (await isLastUser(running.guard)) {
        await stopServer(running.pid, cluster);
        await removeTemporaryFolder(folder, running.address);
      }
      await running.guard.end().catch(() => undefined);
    },
  };
}

async function isLastUser(guard: Client): Promise<boolean> {
  try {
    await guard.query('select pg_advisory_unlock_shared($1)', [USERS_LOCK]);
    const answer = await guard.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [USERS_LOCK]);
    return answer.rows[0]?.alone === true;
  } catch {
    // It does not answer any more: nobody uses it.
    return true;
  }
}

async function bringUp(
  folder: DataFolder,
  cluster: string,
  binaries: Binaries,
  options: EmbeddedOptions,
): Promise<Running> {
  const addresses = candidateAddresses(folder);
  let address: Address | null = null;
  const refusedUntil = Date.now() + REFUSED_PATIENCE_MS;
  for (;;) {
    const existing = await findPostmaster(cluster);
    if (existing !== null) {
      const adopted = await adopt(folder, cluster, existing, options.silentPatienceMs ?? SILENT_PATIENCE_MS);
      if (adopted !== null) return adopted;
      await delay(50);
      continue;
    }
    if (address === null) {
      const next = await addresses.next();
      if (next.done === true) throw startError(folder, 'no address is left to listen on');
      address = next.value;
    }
    const started = await startServer(folder, cluster, binaries, address, options.settings ?? {});
    const guard = await waitForAnswer(folder, address, started);
    if (typeof guard !== 'string') {
      const pid = started.child.pid ?? 0;
      if (await takePart(guard)) {
        return { address, connection: await connectionTo(folder, address), guard, pid, adopted: false };
      }
      await guard.end();
      continue;
    }
    if (/lock file|shared memory block/.test(guard) && Date.now() < refusedUntil) {
      // Another process started it at the same moment, or the backends of a killed server are still ending.
      await delay(100);
    } else if (/Unix-domain|Unix address|IPv4 address/.test(guard)) {
      // A file system without sockets, or a port that somebody took in between.
      options.logger.warn({ address, output: guard.trim() }, 'the embedded PostgreSQL cannot listen there');
      address = null;
    } else {
      throw startError(folder, guard);
    }
  }
}

/** The connection that answered, or what the server wrote before it ended. */
async function waitForAnswer(folder: DataFolder, address: Address, started: Started): Promise<Client | string> {
  const ended = started.exited.then(() => true);
  const connection = await connectionTo(folder, address);
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 100)) {
    if (await Promise.race([ended, delay(pauseMs, false)])) return started.readLog();
    const answer = await probe(connection);
    if (typeof answer !== 'string') return answer;
  }
}

/** Null when the server is ending, so that a new one has to be started. */
async function adopt(
  folder: DataFolder,
  cluster: string,
  found: Postmaster,
  patienceMs: number,
): Promise<Running | null> {
  const address: Address =
    found.socketDir === null
      ? { kind: 'loopback', port: found.port }
      : { kind: 'socket', directory: found.socketDir, port: found.port };
  const connection = await connectionTo(folder, address);
  let silentSince = Date.now();
  let endingSince: number | null = null;
  for (;;) {
    const answer = await probe(connection, Math.min(5000, patienceMs));
    if (typeof answer !== 'string') {
      if (await takePart(answer)) return { address, connection, guard: answer, pid: found.pid, adopted: true };
      await answer.end();
      return null;
    }
    if (answer === 'starting' || answer === 'ending') silentSince = Date.now();
    endingSince = answer === 'ending' ? (endingSince ?? Date.now()) : null;
    if ((await findPostmaster(cluster))?.pid !== found.pid) return null;
    if (endingSince !== null && Date.now() - endingSince > Math.min(ENDING_PATIENCE_MS, patienceMs)) {
      // Who asked it to end was killed before it could insist.
      await stopServerNow(found.pid, cluster);
      return null;
    }
    if (Date.now() - silentSince > patienceMs) throw silentError(folder, found.pid);
    await delay(50);
  }
}

async function takePart(guard: Client): Promise<boolean> {
  try {
    const answer = await guard.query<{ taken: boolean }>('select pg_try_advisory_lock_shared($1) as taken', [
      USERS_LOCK,
    ]);
    return answer.rows[0]?.taken === true;
  } catch {
    return false;
  }
}

function startError(folder: DataFolder, output: string): LedgerError {
  if (/no space left|disk quota/i.test(output)) return dataFolderError(folder.path, { code: 'ENOSPC' });
  const reason = output.split('\n').filter((line) => /FATAL|PANIC|HINT|DETAIL|error/i.test(line));
  return new LedgerError(
    'server-start',
    `The embedded PostgreSQL does not start on ${folder.path}: ${(reason.length > 0 ? reason.join(' ') : output).trim()} ` +
      `Its log is ${join(folder.path, LOG_FILE)}. Another folder can be chosen with WIRETALLY_DATA, another server with ` +
      'DATABASE_URL.',
  );
}

function silentError(folder: DataFolder, pid: number): LedgerError {
  return new LedgerError(
    'server-silent',
    `A PostgreSQL (process ${pid}) holds ${folder.path} and does not answer. If it is stopped or hangs, end it with ` +
      `kill -INT ${pid} (or kill -CONT ${pid} to wake it) and start again: nothing that was stored is lost.`,
  );
}
