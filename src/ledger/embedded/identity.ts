/**
 * As whom the server runs. PostgreSQL refuses to run as root, and `initdb` wants a user that has a name, so root starts
 * it as the owner of an existing data folder, else as `nobody`.
 */
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';

export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody` on Linux distributions; macOS has -2 and never runs this as root in practice. */
const NOBODY: Identity = { uid: 65534, gid: 65534 };

/** Null: the server runs as we do. */
export async function chooseIdentity(dataDir: string): Promise<Identity | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(dataDir).catch(() => null);
  if (owner !== null && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return nobody();
}

function nobody(): Identity {
  try {
    const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
    return line === null ? NOBODY : { uid: Number(line[1]), gid: Number(line[2]) };
  } catch {
    return NOBODY;
  }
}

export function describeIdentity(identity: Identity | null): string {
  return identity === null ? 'the current user' : `user ${identity.uid} (root may not run PostgreSQL)`;
}
