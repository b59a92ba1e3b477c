import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startChild } from './child.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wiretally-child-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function script(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

function start(path: string) {
  return startChild({ name: 'child', arguments: [path], cwd: folder, environment: process.env });
}

it('keeps what a child said and how it ended', async () => {
  const child = start(await script('fails.mjs', 'console.log("hello"); console.error("no"); process.exitCode = 3;'));
  expect(await child.exited).toEqual({ code: 3, signal: null });
  expect(child.output().split('\n').toSorted()).toEqual(['hello', 'no']);
  expect(child.running()).toBe(false);
});

it('kills a child that does not want to stop, and says so', async () => {
  const path = await script(
    'stubborn.mjs',
    'process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1000); console.log("up");',
  );
  const child = start(path);
  await until(() => child.output() === 'up');
  expect(await child.stop(50)).toBe(false);
  expect((await child.exited).signal).toBe('SIGKILL');
});

it('lets no child outlive a parent that was killed', async () => {
  const grandchild = await script('waits.mjs', 'setInterval(() => undefined, 1000);');
  const parent = await script(
    'parent.ts',
    `import { startChild } from ${JSON.stringify(new URL('child.ts', import.meta.url).href)};
     const child = startChild({ name: 'waits', arguments: [${JSON.stringify(grandchild)}], cwd: '.', environment: process.env });
     console.log(child.pid);
     setInterval(() => undefined, 1000);`,
  );
  const started = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(started.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(alive(pid)).toBe(true);
  started.kill('SIGKILL');
  await until(() => !alive(pid));
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Other processes have no clock of ours: asked again and again, and the test's own time limit ends it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
