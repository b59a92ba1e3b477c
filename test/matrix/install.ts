/** Installs what a folder's lock file names into a folder below `.cache/`, once. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DONE = 'installed.json';

/**
 * @param folder `clients` or `sdks`, beside this file.
 * @returns the path of its `package.json` in the cache, from which its packages can be resolved.
 * @throws Error where npm fails.
 */
export function installed(folder: 'clients' | 'sdks'): string {
  return installPackages(`test/matrix/${folder}`, `.cache/matrix/${folder}`);
}

/**
 * @param from a folder of the repository with `package.json` and `package-lock.json`.
 * @param to where to, in the repository.
 * @returns the path of the copied `package.json`.
 * @throws Error where npm fails.
 */
export function installPackages(from: string, to: string): string {
  const source = join(ROOT, from);
  const target = join(ROOT, to);
  const lock = readFileSync(join(source, 'package-lock.json'), 'utf8');
  const done = join(target, DONE);
  if (!existsSync(done) || readFileSync(done, 'utf8') !== lock) {
    mkdirSync(target, { recursive: true });
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(source, file), join(target, file));
    console.log(`Installing ${from} into ${to} …`);
    const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: target,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`npm ci in ${target} failed; look at its output:\n${stderr}`);
    writeFileSync(done, lock);
  }
  return join(target, 'package.json');
}

export const NODES = ['22', '24', '26'] as const;
export type NodeVersion = (typeof NODES)[number];

export function nodeBinary(packages: string, version: string): string {
  return join(packages, '..', 'node_modules', `node${version}`, 'bin/node');
}
