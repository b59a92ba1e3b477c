/** Whose a spool file is, and whether its owner still lives. The name of the file says it, so no lock is needed. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';

export interface SpoolOwner {
  readonly host: string;
  readonly pid: number;
  /** Tells two processes apart that got the same pid: in a container each start has pid 1. */
  readonly startedAt: string;
  readonly thread: number;
}

/** After this long without a sign of life, files of owners that cannot be asked (other hosts, threads) are orphans. */
export const STALE_AFTER_MS = 5 * 60_000;

const NAME = /^([\w-]+)\.(\d+)\.(\w+)\.(\d+)-\d+\.ndjson$/;

export function thisOwner(): SpoolOwner {
  return { host: cleanHost(hostname()), pid: process.pid, startedAt: startOf(process.pid) ?? '0', thread: threadId };
}

export function fileNameOf(owner: SpoolOwner, sequence: number): string {
  return `${owner.host}.${owner.pid}.${owner.startedAt}.${owner.thread}-${sequence}.ndjson`;
}

/** @returns null for files that are not of a spool. */
export function ownerOf(fileName: string): SpoolOwner | null {
  const match = NAME.exec(fileName);
  if (match === null) return null;
  const [, host = '', pid = '', startedAt = '', thread = ''] = match;
  return { host, pid: Number(pid), startedAt, thread: Number(thread) };
}

/**
 * @param idleMs time since the file was last touched; owners touch theirs while they wait for the ledger.
 */
export function isOrphan(owner: SpoolOwner, self: SpoolOwner, idleMs: number): boolean {
  if (owner.host !== self.host) return idleMs > STALE_AFTER_MS;
  if (owner.pid === self.pid) {
    if (owner.startedAt !== self.startedAt) return true;
    return owner.thread !== self.thread && idleMs > STALE_AFTER_MS;
  }
  if (!isAlive(owner.pid)) return true;
  const startedAt = startOf(owner.pid);
  return startedAt !== null && owner.startedAt !== '0' && startedAt !== owner.startedAt;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and is somebody else's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Clock ticks from boot to the start of the process (proc(5), field 22); null where there is no /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may hold anything, also spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function cleanHost(name: string): string {
  return name.replaceAll(/[^\w-]/g, '_').slice(0, 64) || 'host';
}
