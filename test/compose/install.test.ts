import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { repositoryRoot } from '../../scripts/stack/cache.ts';
import { parts } from '../../scripts/stack/parts.ts';

const cache = mkdtempSync(path.join(tmpdir(), 'wiretally-no-go-'));
afterAll(() => rmSync(cache, { recursive: true }));

/** A machine with Node and nothing else: an empty search path has no `go` in it. */
const run = (file: string, ...args: string[]) =>
  spawnSync(process.execPath, ['--conditions=wiretally-source', path.join(repositoryRoot, file), ...args], {
    encoding: 'utf8',
    env: { ...process.env, PATH: '', WIRETALLY_STACK_CACHE: cache },
  });

test('without Go the installer says of each part that it was skipped', () => {
  const { status, stdout } = run('scripts/install-stack.ts');
  expect(status).toBe(2);
  for (const { name, version } of parts) expect(stdout).toContain(`${name} ${version}: skipped, there is no Go`);
});

test('without Go the stack is skipped, which is said and is no failure', () => {
  const { status, stdout } = run('test/stack/main.ts', '--once');
  expect(status).toBe(0);
  expect(stdout.trim().split('\n').at(-1)).toBe('0 passed, 0 failed, 1 skipped');
});

test('a part that does not exist is an error that names those that do', () => {
  const { status, stderr } = run('scripts/install-stack.ts', 'grafana');
  expect(status).toBe(1);
  expect(stderr).toContain('collector, prometheus, alertmanager');
});
