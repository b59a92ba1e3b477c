/** Schemathesis from PyPI, in an ignored environment of its own, so that a second run installs nothing. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '4.32.5';
const root = fileURLToPath(new URL('../..', import.meta.url));

export type Found = { readonly program: string } | { readonly missing: string };

export function installSchemathesis(): Found {
  const folder = join(root, '.cache', `schemathesis-${VERSION}`);
  const program = join(folder, 'bin', 'schemathesis');
  // The last thing that is made: a run that was cut short leaves none.
  const done = join(folder, 'installed');
  if (existsSync(done)) return { program };
  rmSync(folder, { recursive: true, force: true });
  const steps: readonly (readonly [string, ...string[]])[] = [
    ['python3', '-m', 'venv', folder],
    [join(folder, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`],
    [join(folder, 'bin', 'python'), '-c', `open(${JSON.stringify(done)}, 'w').close()`],
  ];
  for (const [command, ...args] of steps) {
    const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 120_000 });
    if (status !== 0) {
      const why = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
      return { missing: `${command} ${args.slice(0, 2).join(' ')} did not work: ${why}` };
    }
  }
  return { program };
}
