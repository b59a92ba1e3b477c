/**
 * npm run bench -- NAME [--json FILE] [flags of the benchmark]
 *
 * NAME is a file of this folder. A benchmark compares variants within one run, asserts its results before it times them,
 * and with --json writes rows `{case, variant, metric, value, low, high}`; the variant `none`, or the baseline's name, is 1.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const OWN = new Set(['main', 'rows']);
const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => !OWN.has(name));

const [name, ...flags] = process.argv.slice(2);
if (name === undefined || !names.includes(name)) {
  console.error(`npm run bench -- NAME, where NAME is one of: ${names.join(', ')}`);
  process.exit(2);
}
const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
const { status } = spawnSync(process.execPath, ['--conditions=wiretally-source', file, ...flags], { stdio: 'inherit' });
process.exitCode = status ?? 1;
