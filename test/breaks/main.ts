/**
 * npm run breaks -- [--all] [--name NAME] [--seed N]
 *
 * Applies each patch of this folder to a copy of the tree and expects the test that it names to fail, and to pass
 * without it. Without --all a sample of six, which the seed chooses; that they apply is checked of all.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '../random.ts';
import { readBreaks } from './break.ts';
import type { Break } from './break.ts';
import { copyTree, removeTree } from './copy.ts';
import { runTests } from './run-tests.ts';

const SAMPLE = 6;

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    name: { type: 'string' },
    seed: { type: 'string' },
  },
});
const root = fileURLToPath(new URL('../..', import.meta.url));
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const every = readBreaks(fileURLToPath(new URL('.', import.meta.url)));
const { name } = values;
const chosen = name !== undefined ? every.filter((one) => one.name.includes(name)) : values.all ? every : sample();
if (chosen.length === 0)
  throw new Error(`No patch has "${name}" in its name: ${every.map((one) => one.name).join(', ')}`);

const copy = copyTree(root);
let passed = 0;
let failed = 0;
try {
  for (const one of every) {
    const problem = patch(one, ['--check']);
    if (problem === null) continue;
    failed += 1;
    console.log(`FAILED ${one.name} does not apply, make it anew: ${problem}`);
  }
  const files = [...new Set(chosen.map(({ file }) => file))];
  const whole = await runTests(copy, files);
  for (const problem of whole.problems) console.log(`without any patch: ${problem}`);
  for (const one of chosen) {
    const before = whole.results.filter(({ fullName }) => fullName.startsWith(one.test));
    const wrong =
      before.length === 0
        ? 'there is no such test'
        : before.some(({ status }) => status !== 'passed')
          ? 'its test does not pass without it'
          : await notNoticed(one);
    if (wrong === null) passed += 1;
    else failed += 1;
    console.log(`${wrong === null ? 'ok    ' : 'FAILED'} ${one.name}: ${one.rule}`);
    if (wrong !== null) console.log(`  ${one.file}, "${one.test}": ${wrong}`);
  }
} finally {
  removeTree(copy);
}
console.log(`seed ${seed}; ${chosen.length} of ${every.length} patches`);
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed === 0 ? 0 : 1;

/** @returns what is wrong, or null where the test failed as it should. */
async function notNoticed(one: Break): Promise<string | null> {
  if (patch(one, []) !== null) return 'the patch does not apply';
  try {
    const { results, problems } = await runTests(copy, [one.file], one.test);
    if (problems.length > 0) return `the tests do not run with it: ${problems.join('; ').slice(0, 300)}`;
    const run = results.filter(({ fullName, status }) => fullName.startsWith(one.test) && status !== 'skipped');
    if (run.length === 0) return 'the test was not run';
    return run.some(({ status }) => status === 'failed') ? null : 'the test passes although the rule is broken';
  } finally {
    patch(one, ['--reverse']);
  }
}

function patch({ path }: Break, args: readonly string[]): string | null {
  const { status, stderr } = spawnSync('git', ['apply', '--whitespace=nowarn', ...args, path], {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, GIT_CEILING_DIRECTORIES: copy },
  });
  return status === 0 ? null : stderr.trim();
}

function sample(): readonly Break[] {
  const random = seededRandom(seed);
  return every
    .map((one) => ({ one, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .slice(0, SAMPLE)
    .map(({ one }) => one);
}
