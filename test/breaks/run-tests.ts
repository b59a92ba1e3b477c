/** Runs test files of a tree with vitest and says how each test ended. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface TestResult {
  readonly fullName: string;
  readonly status: string;
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly TestResult[];
  }[];
}

export interface TestRun {
  readonly results: readonly TestResult[];
  /** What kept files from being run at all. */
  readonly problems: readonly string[];
}

/** @param only runs the tests of this full name alone, where it is given. */
export async function runTests(tree: string, files: readonly string[], only?: string): Promise<TestRun> {
  const output = join(tree, 'vitest-report.json');
  rmSync(output, { force: true });
  const child = spawn(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      ...files,
      '--project',
      'unit',
      '--project',
      'integration',
      '--reporter=json',
      `--outputFile=${output}`,
      ...(only === undefined ? [] : ['-t', escaped(only)]),
    ],
    { cwd: tree, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  await once(child, 'close');
  try {
    const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as Report;
    return {
      results: testResults.flatMap(({ assertionResults }) => assertionResults),
      problems: testResults
        .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
        .map(({ name, message }) => `${name}: ${message}`),
    };
  } catch {
    return { results: [], problems: [`vitest left no report: ${errors.trim().slice(-500)}`] };
  }
}

/** The report joins the names of suites and test with spaces, the filter of vitest with ` > `. */
function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`).replaceAll(' ', '(?: > | )');
}
