/**
 * What a script could not hand over before it ended (it was killed, or the machine was slow) is in its spool. The next
 * instrumented process with the same ledger and spool delivers it: that is all that is started here.
 */
import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

const PATIENCE_MS = 15_000;

/** @returns whether everything has been delivered. */
export async function deliverLeftOvers(
  spool: string,
  register: string,
  environment: NodeJS.ProcessEnv,
): Promise<boolean> {
  if (await isEmpty(spool)) return true;
  const child = spawn(process.execPath, ['--import', register, '--eval', ''], {
    stdio: 'ignore',
    env: { ...environment, WIRETALLY_QUIET: '1' },
    timeout: PATIENCE_MS,
  });
  await new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  return isEmpty(spool);
}

async function isEmpty(folder: string): Promise<boolean> {
  const names = await readdir(folder, { recursive: true });
  for (const name of names) {
    const found = await stat(path.join(folder, name)).catch(() => null);
    if (found?.isFile() === true && found.size > 0) return false;
  }
  return true;
}
