/** `initdb`, once. */
import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { errorCode, LedgerError } from '../ledger-error.ts';
import type { Binaries } from './binaries.ts';
import type { DataFolder } from './data-folder.ts';
import { dataFolderError } from './data-folder.ts';
import { describeIdentity } from './identity.ts';
import { isAlive } from './is-alive.ts';
import { run } from './run.ts';

export const SUPERUSER = 'wiretally';

/**
 * The cluster's folder, made when it is not there. It is made beside and renamed, so that a process that was killed
 * half-way leaves nothing that looks like a database, and two that start at once end with one.
 */
export async function ensureCluster(folder: DataFolder, binaries: Binaries): Promise<string> {
  const cluster = join(folder.path, String(binaries.majorVersion));
  if (await isCluster(cluster)) return cluster;
  await refuseOtherVersion(folder.path, binaries.majorVersion);
  const partial = join(folder.path, `partial-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await removeAbandoned(folder.path);
    await mkdir(partial, { mode: 0o700 });
    if (folder.identity !== null) await chown(partial, folder.identity.uid, folder.identity.gid);
    const passwordFile = await ensurePassword(folder);
    await initialise(join(partial, 'cluster'), passwordFile, folder, binaries);
    await rename(join(partial, 'cluster'), cluster).catch((error: unknown) => {
      // Another process was faster; its cluster is as good.
      if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
    });
  } catch (error) {
    throw dataFolderError(folder.path, error);
  } finally {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
  }
  return cluster;
}

/** For connections over loopback, where there are no Unix sockets; the file is the server's and ours alone. */
export async function readPassword(folder: DataFolder): Promise<string> {
  return (await readFile(join(folder.path, 'password'), 'utf8')).trim();
}

async function ensurePassword(folder: DataFolder): Promise<string> {
  const path = join(folder.path, 'password');
  await writeFile(path, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' }).catch(
    (error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    },
  );
  await chmod(path, 0o600);
  if (folder.identity !== null) await chown(path, folder.identity.uid, folder.identity.gid);
  return path;
}

async function initialise(
  directory: string,
  passwordFile: string,
  folder: DataFolder,
  binaries: Binaries,
): Promise<void> {
  const args = [`--pgdata=${directory}`, `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, '--encoding=UTF8'];
  // The built-in provider (PostgreSQL 17) sorts the same on every machine, whatever its C library is.
  args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions');
  // Sockets lie in a folder of mode 0700: who gets there may read the files as well.
  args.push('--auth-local=trust', '--auth-host=scram-sha-256');
  const result = await run(binaries.initdb, args, folder.identity);
  if (result.exitCode === 0) return;
  const output = result.output.trim();
  if (/no space left|disk quota/i.test(output)) throw dataFolderError(folder.path, { code: 'ENOSPC' });
  if (/could not look up effective user ID/.test(output)) {
    throw new LedgerError(
      'embedded-not-runnable',
      `PostgreSQL does not run as a user without a name, and ${describeIdentity(folder.identity)} has none ` +
        `(${process.getuid?.()}). Start as a user that is in /etc/passwd, or as root, or set DATABASE_URL.`,
    );
  }
  throw new LedgerError(
    'data-folder',
    `PostgreSQL could not make its files in ${folder.path} as ${describeIdentity(folder.identity)}: ` +
      `${result.startError?.message ?? output}. Choose another folder with WIRETALLY_DATA, or set DATABASE_URL.`,
  );
}

async function isCluster(directory: string): Promise<boolean> {
  return readFile(join(directory, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

async function refuseOtherVersion(path: string, majorVersion: number): Promise<void> {
  for (const name of await readdir(path)) {
    if (!/^\d+$/.test(name) || !(await isCluster(join(path, name)))) continue;
    throw new LedgerError(
      'data-version',
      `The data in ${path} were written by PostgreSQL ${name}, and PostgreSQL ${majorVersion} is installed. Restore a ` +
        'backup into a new folder (WIRETALLY_DATA), or install the version of this program that wrote them.',
    );
  }
}

async function removeAbandoned(path: string): Promise<void> {
  for (const name of await readdir(path)) {
    const pid = /^partial-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(path, name), { recursive: true, force: true });
  }
}
