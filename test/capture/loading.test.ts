/** However the application's code is loaded. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from './server.fixture.ts';
import type { TestServer } from './server.fixture.ts';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
/** Inside the repository, so that the application finds undici. */
let folder: string;
let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  folder = mkdtempSync(join(here, '.loading-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.close();
});

async function records(file: string, source: string, ...flags: string[]): Promise<string[]> {
  const path = join(folder, file);
  writeFileSync(path, source.replaceAll('ORIGIN', server.origin));
  const { stdout } = await run(
    process.execPath,
    ['--conditions=wiretally-source', '--import', join(here, 'preload.fixture.ts'), ...flags, path],
    { env: { ...process.env, WIRETALLY_HOSTS: `${server.host}=openai` } },
  );
  return stdout.split('\n').filter((line) => line.startsWith('record'));
}

const CALL = `('ORIGIN/v1/chat/completions', { method: 'POST', body: '{"model":"m-1"}', headers: { 'content-type': 'application/json' } })`;
const SEEN = 'record {"status":200,"streamed":false,"requestModel":"m-1"}';

describe('an application', () => {
  it.each([
    ['in CommonJS with fetch', 'a.cjs', `fetch${CALL}.then((answer) => answer.text());`],
    ['in ESM with fetch', 'b.mjs', `await (await fetch${CALL}).text();`],
    ['in TypeScript with fetch', 'c.ts', `const answer: Response = await fetch${CALL}; await answer.text();`],
    ['in CommonJS with npm undici', 'd.cjs', `require('undici').request${CALL}.then(({ body }) => body.text());`],
    ['in ESM with npm undici', 'e.mjs', `import { request } from 'undici7'; await (await request${CALL}).body.text();`],
    [
      'with the fetch of npm undici in place of the global one',
      'f.mjs',
      `import { install } from 'undici'; install(); await (await fetch${CALL}).text();`,
    ],
    [
      'with npm undici’s dispatcher under the global fetch',
      'g.mjs',
      `import { Agent, setGlobalDispatcher } from 'undici7'; setGlobalDispatcher(new Agent({ connections: 1 })); await (await fetch${CALL}).text();`,
    ],
    [
      'in a worker thread',
      'h.mjs',
      `import { Worker, isMainThread } from 'node:worker_threads';
       if (isMainThread) new Worker(new URL(import.meta.url)); else await (await fetch${CALL}).text();`,
    ],
  ])('%s is seen', async (_how, file, source) => {
    expect(await records(file, source)).toEqual([SEEN]);
  });

  it('that exits in the middle of an answer leaves a record', async () => {
    const source = `const answer = await fetch('ORIGIN/v1/chat/completions?do=stall', { method: 'POST', body: '{"model":"m-1","stream":true}' });
      await answer.body.getReader().read(); process.exit(3);`;
    await expect(records('x.mjs', source)).rejects.toMatchObject({
      code: 3,
      stdout: expect.stringContaining('"requestModel":"m-1"') as string,
    });
  });

  it('is not kept alive by being watched', async () => {
    expect(await records('y.mjs', `setTimeout(() => {}, 1);`)).toEqual([]);
  });
});
