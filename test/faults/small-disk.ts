/** A disk that can be filled: a tmpfs of its own, where this user may mount one. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../src/ledger/ledger-error.ts';

export interface SmallDisk {
  readonly folder: string;
  /** Until nothing more fits. */
  fill(): void;
  free(): void;
  unmount(): void;
}

const BALLAST = 'ballast';

/** @returns null where this user may not mount: then a full disk cannot be tried */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk | null {
  mkdirSync(folder, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'wiretally-faults', folder]);
  if (mounted.status !== 0) return null;
  const ballast = join(folder, BALLAST);
  return {
    folder,
    fill() {
      const file = openSync(ballast, 'a');
      try {
        for (const size of [1024 * 1024, 4096]) writeUntilFull(file, Buffer.alloc(size));
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(ballast, { force: true }),
    unmount() {
      spawnSync('umount', ['--lazy', folder]);
    },
  };
}

function writeUntilFull(file: number, piece: Buffer): void {
  try {
    for (;;) writeSync(file, piece);
  } catch (error) {
    if (errorCode(error) !== 'ENOSPC') throw error;
  }
}
