/** The application of a cell as one file: a process of the matrix starts three times as fast with it. */
import { createHash } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Packages stay outside, so that the application and `register` share them.
 *
 * @returns the path of the file, which is named by its content: other runs of the matrix may be under way.
 */
export async function bundledApp(directory: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('app/main.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    packages: 'external',
    write: false,
  });
  const [{ contents } = { contents: new Uint8Array() }] = outputFiles;
  const path = join(directory, `app-${createHash('sha256').update(contents).digest('hex').slice(0, 16)}.mjs`);
  if (!existsSync(path)) {
    writeFileSync(`${path}.${process.pid}`, contents);
    renameSync(`${path}.${process.pid}`, path);
  }
  return path;
}
