/** A copy of the working tree in which code can be broken while others go on working in the original. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** Workspaces of this repository: in the copy they lead to the copy. */
const OWN = new Set(['@wiretally', 'wiretally']);

/** @returns the copy's folder; its packages are those of `root`, except our own. */
export function copyTree(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'wiretally-breaks-'));
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (listed.status !== 0) throw new Error(`git ls-files failed in ${root}: ${listed.stderr}`);
  for (const file of listed.stdout.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  const folders = ['.', ...readdirSync(join(root, 'src')).map((name) => join('src', name))];
  for (const folder of folders) linkPackages(root, copy, folder);
  return copy;
}

export function removeTree(copy: string): void {
  rmSync(copy, { recursive: true, force: true });
}

function linkPackages(root: string, copy: string, folder: string): void {
  const source = join(root, folder, 'node_modules');
  if (!existsSync(source)) return;
  const target = join(copy, folder, 'node_modules');
  mkdirSync(target);
  for (const name of readdirSync(source)) {
    if (!OWN.has(name)) symlinkSync(join(source, name), join(target, name));
    else if (name.startsWith('@')) linkOwn(root, copy, join(folder, 'node_modules', name));
    else linkOne(root, copy, join(folder, 'node_modules', name));
  }
}

function linkOwn(root: string, copy: string, scope: string): void {
  mkdirSync(join(copy, scope));
  for (const name of readdirSync(join(root, scope))) linkOne(root, copy, join(scope, name));
}

function linkOne(root: string, copy: string, path: string): void {
  symlinkSync(join(copy, relative(realpathSync(root), realpathSync(join(root, path)))), join(copy, path));
}
