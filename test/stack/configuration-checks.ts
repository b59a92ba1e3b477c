/** Checks that need no running stack: every file is read by the program it is for. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot, stackCache } from '../../scripts/stack/cache.ts';
import { installedProgram } from '../../scripts/stack/install.ts';
import type { Program } from '../../scripts/stack/parts.ts';
import type { Checks } from './checks.ts';

export async function checkConfiguration(checks: Checks): Promise<void> {
  const rules = yamlFiles('prometheus/rules');
  const tests = yamlFiles('prometheus/rules/tests');
  await checks.check('promtool accepts prometheus.yml and what it names', () =>
    run('promtool', ['check', 'config', 'prometheus/prometheus.yml']),
  );
  await checks.check('promtool finds nothing to mend in the rules', () =>
    run('promtool', ['check', 'rules', '--lint=all', '--lint-fatal', ...rules]),
  );
  for (const file of tests) {
    await checks.check(`promtool: the cases of ${path.basename(file)} hold`, () =>
      run('promtool', ['test', 'rules', file]),
    );
  }
  await checks.check('every rule file has a file of cases', () => {
    const names = (files: readonly string[]): string => files.map((file) => path.basename(file)).join(', ');
    if (names(rules) !== names(tests)) throw new Error(`rules: ${names(rules)}; cases: ${names(tests)}`);
  });
  await checks.check('the collector accepts agent.yaml with its defaults', () =>
    run('otelcol', ['validate', '--config=otel-collector/agent.yaml']),
  );
  // Without interpolation: it looks for required variables in a `.env` that a checkout does not have.
  await checks.check('docker-compose.yml follows the Compose specification', () =>
    run('compose-spec', ['-no-interpolation', 'docker-compose.yml']),
  );
}

function yamlFiles(folder: string): string[] {
  return readdirSync(path.join(repositoryRoot, folder))
    .filter((name) => name.endsWith('.yml'))
    .toSorted()
    .map((name) => path.join(folder, name));
}

/** @throws Error with what the program said, when it ends with another code than 0 */
function run(program: Program, args: readonly string[]): void {
  const done = spawnSync(installedProgram(program, stackCache()), args, { cwd: repositoryRoot, encoding: 'utf8' });
  if (done.status !== 0)
    throw new Error(`${program} ${args.join(' ')}:\n${done.error?.message ?? `${done.stdout}${done.stderr}`.trim()}`);
}
