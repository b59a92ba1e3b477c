/** Puts what `package-lock.json` names, the recipes and the packages as they are packed into `.cache/recipes/`. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = join(HERE, '../..');
/** As deep as this folder, so that the lock file's paths to our packages hold. */
const TARGET = join(ROOT, '.cache/recipes');
const DONE = join(TARGET, 'installed.json');

/**
 * @returns the folder in which recipes can be run.
 * @throws Error where npm fails.
 */
export function installed(recipes: readonly string[]): string {
  const lock = readFileSync(join(HERE, 'package-lock.json'), 'utf8');
  mkdirSync(TARGET, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(HERE, file), join(TARGET, file));
  if (!existsSync(DONE) || readFileSync(DONE, 'utf8') !== lock) {
    console.log('Installing test/recipes into .cache/recipes …');
    run('npm', ['ci', '--install-links', '--ignore-scripts', '--no-audit', '--no-fund'], TARGET);
    writeFileSync(DONE, lock);
  }
  // What was built meanwhile, as users get it: files in their node_modules, no links to ours.
  for (const name of ['usage', 'instrumentation']) {
    const [packed] = JSON.parse(
      run('npm', ['pack', '--json', '--pack-destination', TARGET, '-w', `src/${name}`], ROOT),
    ) as readonly { readonly filename: string }[];
    if (packed === undefined) throw new Error(`npm pack made nothing of src/${name}`);
    const folder = join(TARGET, 'node_modules/@wiretally', name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    run('tar', ['-xzf', join(TARGET, packed.filename), '-C', folder, '--strip-components=1'], TARGET);
  }
  for (const recipe of recipes) {
    rmSync(join(TARGET, recipe), { recursive: true, force: true });
    cpSync(join(HERE, recipe), join(TARGET, recipe), { recursive: true });
  }
  return TARGET;
}

/** @throws Error with what the command printed, where it did not end with 0. */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(status)}\n${stdout}${stderr}`);
  return stdout;
}
