/**
 * npm run nodes -- [FILTER …]
 *
 * The tests of this folder on the oldest and the newest Node.js that we know, whose bundled undici and WebSocket differ;
 * `npm test` runs them on one. The binaries are those of the matrix.
 */
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { installed, nodeBinary, ROOT } from '../matrix/install.ts';

const filters = process.argv.slice(2);
const packages = installed('clients');
const total = { passed: 0, failed: 0, skipped: 0 };
for (const version of ['22', '26']) {
  const node = nodeBinary(packages, version);
  const tests = filters.length === 0 ? ['test/capture'] : filters;
  const { status, stdout, stderr } = spawnSync(
    node,
    ['node_modules/vitest/vitest.mjs', 'run', '--project', 'integration', ...tests],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, PATH: `${dirname(node)}:${process.env['PATH']}` } },
  );
  const output = stripVTControlCharacters(stdout);
  const line = /^ *Tests +(.+)\(\d+\)$/m.exec(output)?.[1];
  const count = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(line ?? '')?.[1] ?? 0);
  const good = status === 0 && count('passed') > 0;
  total.passed += count('passed');
  total.skipped += count('skipped');
  total.failed += good ? 0 : Math.max(1, count('failed'));
  console.log(`${good ? 'ok    ' : 'FAILED'} Node ${version}: ${line?.trim() ?? 'no tests ran'}`);
  if (!good) console.log(`${output}\n${stderr}`);
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
