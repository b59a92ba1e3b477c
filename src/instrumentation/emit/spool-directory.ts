import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The folder for records that wait for this endpoint, or null where the spool is off (`WIRETALLY_SPOOL=off`).
 *
 * A folder an endpoint: what was meant for one ledger is never delivered to another, whoever starts next.
 */
export function spoolDirectory(environment: Environment, endpoint: URL): string | null {
  if (/^(off|0|false|no)$/i.test(environment['WIRETALLY_SPOOL'] ?? '')) return null;
  const base = environment['WIRETALLY_SPOOL_DIR'] || join(tmpdir(), `wiretally-spool-${process.getuid?.() ?? 'user'}`);
  return join(base, createHash('sha256').update(endpoint.href).digest('hex').slice(0, 12));
}

/**
 * Makes the folder for this user alone.
 *
 * @throws Error where it, or the folder around it, is another user's: in a shared /tmp anybody can have made it first.
 */
export function ensurePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const uid = process.getuid?.();
  const own = lstatSync(path);
  const around = lstatSync(dirname(path));
  const foreign = uid !== undefined && (own.uid !== uid || (around.uid !== uid && around.uid !== 0));
  if (!own.isDirectory() || foreign)
    throw new Error(`${path} is not a folder of this user: set WIRETALLY_SPOOL_DIR to one, or WIRETALLY_SPOOL=off`);
}
