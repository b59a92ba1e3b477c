/** `postmaster.pid`: who runs the cluster, and where it listens. */
import { execFile } from 'node:child_process';
import { readFileSync, unlinkSync } from 'node:fs';
import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isAlive } from './is-alive.ts';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Null where it listens on loopback only. */
  readonly socketDir: string | null;
}

/** Null when nobody runs the cluster; a file that a dead server left is removed. */
export async function findPostmaster(cluster: string): Promise<Postmaster | null> {
  const path = join(cluster, 'postmaster.pid');
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  // Lines: pid, data folder, start time, port, first socket folder, first listen address, shared memory key, status.
  const [pid, , , port, socketDir] = text.split('\n');
  const found = { pid: Number(pid), port: Number(port), socketDir: socketDir === '' ? null : (socketDir ?? null) };
  if (!Number.isSafeInteger(found.pid) || found.pid <= 0) return null;
  if (await isServerOf(found.pid, cluster)) return found;
  // PostgreSQL refuses to start when that number lives on as another program of the same user: common in containers,
  // where numbers are small and start again.
  removeIfStill(path, text);
  return null;
}

/**
 * Another process may have started a server since the file was read: without its file that server ends within a minute.
 * Synchronous, so that nothing comes in between.
 */
function removeIfStill(path: string, text: string): void {
  try {
    if (readFileSync(path, 'utf8') === text) unlinkSync(path);
  } catch {
    // Gone already, or not ours to remove: the start says so.
  }
}

async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === 'linux') {
    // The server stands in its data folder; a zombie stands nowhere.
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => null);
    if (folder !== null) return folder === (await realpath(cluster));
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    return / Z /.test(status) ? false : /^\d+ \(postgres\)/.test(status);
  }
  if (process.platform === 'win32') return true;
  const name = await promisify(execFile)('ps', ['-o', 'comm=', '-p', String(pid)]).catch(() => null);
  return name !== null && name.stdout.includes('postgres');
}
