/** Clients that esbuild put into the application's own file, with their names shortened. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startServer, USAGE } from './server.fixture.ts';
import type { TestServer } from './server.fixture.ts';
import { text, watch } from './watch.fixture.ts';
import type { Watch } from './watch.fixture.ts';

const APP = `
  import { request } from 'undici';
  import * as http from 'node:http';
  export const byFetch = async (url) => (await fetch(url)).text();
  export const byUndici = async (url) => (await request(url)).body.text();
  export const byHttp = (url) => new Promise((resolve) => http.get(url, (answer) => {
    let all = '';
    answer.on('data', (piece) => (all += piece)).on('end', () => resolve(all));
  }));
`;

let server: TestServer;
let folder: string;
let watched: Watch | undefined;
beforeAll(async () => {
  server = await startServer();
  folder = await mkdtemp(join(tmpdir(), 'wiretally-bundle-'));
});
afterEach(() => watched?.stop());
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await server.close();
});

describe.each([
  ['esm', 'mjs'],
  ['cjs', 'cjs'],
] as const)('an application bundled as %s', (format, extension) => {
  it.each(['byFetch', 'byUndici', 'byHttp'])('is seen %s', async (name) => {
    const outfile = join(folder, `app.${extension}`);
    await build({
      stdin: { contents: APP, resolveDir: import.meta.dirname },
      bundle: true,
      minify: true,
      platform: 'node',
      format,
      outfile,
      // What undici requires of Node is required in an ESM bundle too.
      ...(format === 'esm' && {
        banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      }),
    });
    const app = (await import(pathToFileURL(outfile).href)) as Record<string, (url: string) => Promise<string>>;
    watched = watch({ hosts: [server.host] });
    expect(await app[name]!(`${server.origin}/json`)).toBe(USAGE);
    const { ends, exchange } = await watched.only();
    expect(ends).toBe(1);
    expect(text(exchange!.response!.body)).toBe(USAGE);
  });
});
