/** The folder that survives: `cluster` folders by major version, the socket, the log. */
import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, readdir, realpath, rmdir, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode, errorMessage, LedgerError } from '../ledger-error.ts';
import type { Logger } from '../logger.ts';
import { chooseIdentity, describeIdentity } from './identity.ts';
import type { Identity } from './identity.ts';

export interface DataFolder {
  readonly path: string;
  readonly identity: Identity | null;
}

/**
 * Makes the folder, and makes it the server's.
 * @throws LedgerError `data-folder`, `disk-full`
 */
export async function prepareDataFolder(dataDir: string, logger: Logger): Promise<DataFolder> {
  const asked = resolve(dataDir);
  try {
    await mkdir(dirname(asked), { recursive: true });
    await mkdir(asked, { mode: 0o700 }).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    const path = await reachable(await realpath(asked), asked, logger);
    const identity = await chooseIdentity(path);
    if (identity !== null) await chown(path, identity.uid, identity.gid);
    await refuseForeign(path, identity);
    // Fails with ENOTDIR for a file.
    await readdir(path);
    await chmod(path, 0o700);
    return { path, identity };
  } catch (error) {
    throw dataFolderError(asked, error);
  }
}

async function refuseForeign(path: string, identity: Identity | null): Promise<void> {
  const { uid } = await stat(path);
  if (identity !== null || process.getuid === undefined || uid === process.getuid()) return;
  throw new LedgerError(
    'data-folder',
    `The data folder ${path} belongs to user ${uid}, and we are user ${process.getuid()}. Start as that user (or as ` +
      'root, if root made it), or choose another folder with WIRETALLY_DATA.',
  );
}

/** Puts a failed file operation on the data folder into words that say what to do. */
export function dataFolderError(path: string, error: unknown): LedgerError {
  if (error instanceof LedgerError) return error;
  if (errorCode(error) === 'ENOSPC' || errorCode(error) === 'EDQUOT') {
    return new LedgerError(
      'disk-full',
      `No space left on the disk of the data folder ${path}. Free some, or choose another folder with WIRETALLY_DATA.`,
      { cause: error },
    );
  }
  return new LedgerError(
    'data-folder',
    `The data folder ${path} cannot be used: ${errorMessage(error)}. Make it a folder that user ` +
      `${process.getuid?.() ?? ''} can write, or choose another one with WIRETALLY_DATA.`,
    { cause: error },
  );
}

/**
 * When root starts us in a tree that others may not enter (a checkout in /root), the server's user cannot reach the
 * folder. The data then live in /var/lib/wiretally, and the folder that was asked for becomes a link to it.
 */
async function reachable(path: string, asked: string, logger: Logger): Promise<string> {
  const identity = await chooseIdentity(path);
  const obstacle = identity === null ? null : await findObstacle(path, identity);
  if (identity === null || obstacle === null) return path;
  const key = createHash('sha256').update(path).digest('hex').slice(0, 12);
  const elsewhere = await unusedFolder(join('/var/lib/wiretally', `${basename(path)}-${key}`));
  const advice =
    `${obstacle} is closed to ${describeIdentity(identity)}, so PostgreSQL cannot use ${path}. Start as another ` +
    `user, open the folder (chmod o+x ${obstacle}), or choose another one with WIRETALLY_DATA.`;
  if ((await readdir(path)).length > 0) throw new LedgerError('data-folder', advice);
  try {
    await mkdir('/var/lib/wiretally', { recursive: true, mode: 0o755 });
    await mkdir(elsewhere, { mode: 0o700 });
    await rmdir(path);
    await symlink(elsewhere, asked);
  } catch (cause) {
    throw new LedgerError('data-folder', `${advice} (${elsewhere} would do, but: ${errorMessage(cause)})`, { cause });
  }
  logger.info({ folder: elsewhere, link: asked, closed: obstacle }, 'data live elsewhere: root may not run PostgreSQL');
  return elsewhere;
}

/** Who removed the link wanted to begin anew, and gets neither the old data nor their deletion. */
async function unusedFolder(wanted: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const folder = number === 1 ? wanted : `${wanted}-${number}`;
    if ((await stat(folder).catch(() => null)) === null) return folder;
  }
}

/** The first folder above `path` that `identity` may not pass; null when the way is free. */
async function findObstacle(path: string, identity: Identity): Promise<string | null> {
  const parents: string[] = [];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    parents.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  for (const folder of parents) {
    const { mode, uid, gid } = await stat(folder);
    const execute = uid === identity.uid ? 0o100 : gid === identity.gid ? 0o010 : 0o001;
    if ((mode & execute) === 0) return folder;
  }
  return null;
}
