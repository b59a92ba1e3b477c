/** Where the embedded server listens: never beyond this machine. */
import { createHash } from 'node:crypto';
import { chown, mkdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataFolder } from './data-folder.ts';

export type Address =
  | { readonly kind: 'socket'; readonly directory: string; readonly port: number }
  | { readonly kind: 'loopback'; readonly port: number };

/** A socket's file name has the port in it; one server a folder, so one number does. */
const SOCKET_PORT = 5432;
/** 108 bytes with the closing NUL on Linux, 104 on macOS; the longest name in the folder is `.s.PGSQL.5432.lock`. */
const MAX_SOCKET_PATH_BYTES = 100;

/** Best first: in the data folder, in a short temporary folder, on a loopback port that is remembered. */
export async function* candidateAddresses(folder: DataFolder): AsyncGenerator<Address> {
  if (process.platform !== 'win32') {
    if (fits(folder.path)) yield { kind: 'socket', directory: folder.path, port: SOCKET_PORT };
    const short = await temporaryFolder(folder);
    if (short !== null) yield { kind: 'socket', directory: short, port: SOCKET_PORT };
  }
  yield { kind: 'loopback', port: await loopbackPort(folder) };
}

function fits(directory: string): boolean {
  return Buffer.byteLength(join(directory, `.s.PGSQL.${SOCKET_PORT}.lock`)) <= MAX_SOCKET_PATH_BYTES;
}

async function temporaryFolder(folder: DataFolder): Promise<string | null> {
  const key = createHash('sha256').update(folder.path).digest('hex').slice(0, 12);
  const directory = join(tmpdir(), `wiretally-${key}`);
  if (!fits(directory)) return null;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (folder.identity !== null) await chown(directory, folder.identity.uid, folder.identity.gid);
    const { uid, mode } = await stat(directory);
    // The temporary folder is everybody's: one that another user made, or may write to, is not used.
    return uid === (folder.identity?.uid ?? process.getuid?.()) && (mode & 0o077) === 0 ? directory : null;
  } catch {
    return null;
  }
}

/** After the server: the folder was for its socket alone. */
export async function removeTemporaryFolder(folder: DataFolder, address: Address): Promise<void> {
  if (address.kind !== 'socket' || address.directory === folder.path) return;
  await rmdir(address.directory).catch(() => undefined);
}

/** The same port as last time when it is free, so that other processes find the server again. */
async function loopbackPort(folder: DataFolder): Promise<number> {
  const file = join(folder.path, 'port');
  const last = Number(await readFile(file, 'utf8').catch(() => '0'));
  const port = (await freePort(Number.isInteger(last) && last > 1023 ? last : 0)) ?? (await freePort(0)) ?? 0;
  await writeFile(file, `${port}\n`);
  return port;
}

function freePort(wanted: number): Promise<number | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(null));
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : null));
    });
  });
}
