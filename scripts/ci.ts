/**
 * Runs the steps of .ci/run one after the other, prints the minutes of each and ends with one plain line
 * `N passed, N failed, N skipped`. A step counts as its own closing line says, or as one.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Step {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The longest step takes a third of it; one that hangs is ended, so that the others are still run. */
const STEP_MS = 15 * 60_000;

const data = mkdtempSync(join(tmpdir(), 'wiretally-ci-'));
const demo: Step = { name: 'npm start -- --once', args: ['start', '--', '--once'], env: { WIRETALLY_DATA: data } };

const steps: readonly Step[] = [
  { name: 'format', args: ['run', '--silent', 'format:check'] },
  { name: 'lint', args: ['run', '--silent', 'lint'] },
  { name: 'types', args: ['run', '--silent', 'typecheck'] },
  { name: 'npm test', args: ['test'] },
  { name: 'conformance', args: ['run', '--silent', 'conformance', '--', '--check', '--seed', '1'] },
  { name: 'fuzz', args: ['run', '--silent', 'fuzz', '--', '--count', '100000', '--large', '20', '--seed', '1'] },
  { name: 'API fuzz', args: ['run', '--silent', 'fuzz:api'] },
  { ...demo, name: 'npm start -- --once (first, on an empty folder)' },
  { ...demo, name: 'npm start -- --once (second, on the same folder)' },
  { name: 'WebSockets on Node 22 and 26', args: ['run', '--silent', 'nodes', '--', 'test/capture/websocket.test.ts'] },
  { name: 'packages', args: ['run', '--silent', 'packages'] },
  { name: 'stack', args: ['run', '--silent', 'stack', '--', '--once'] },
  { name: 'faults', args: ['run', '--silent', 'faults', '--', '--count', '30', '--seed', '1'] },
  { name: 'faults: controls', args: ['run', '--silent', 'faults', '--', '--control', 'all', '--seed', '1'] },
  { name: 'faults: three sinks', args: ['run', '--silent', 'faults', '--', '--sinks', '3', '--records', '50000'] },
  { name: 'servers', args: ['run', '--silent', 'servers'] },
  { name: 'hostile requests', args: ['run', '--silent', 'hostile', '--', '--count', '50000', '--seed', '1'] },
  { name: 'SDKs', args: ['run', '--silent', 'sdks'] },
  { name: 'soak', args: ['run', '--silent', 'soak', '--', '--calls', '50000'] },
  { name: 'breaks', args: ['run', '--silent', 'breaks', '--', '--seed', '1'] },
];

const total = { passed: 0, failed: 0, skipped: 0 };
const report: string[] = [];
for (const step of steps) {
  const startedAt = performance.now();
  console.log(`\n== ${step.name}`);
  const counts = await run(step);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  report.push(
    `${minutes.padStart(5)} min  ${step.name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
  );
}
rmSync(data, { recursive: true, force: true });
console.log(`\n${report.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;

function run(step: Step): Promise<Counts> {
  return new Promise((resolve) => {
    const child = spawn('npm', step.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...step.env },
      // A group of its own, which is ended as a whole.
      detached: true,
    });
    const end = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      // Whoever left the group may still hold them.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const late = setTimeout(() => {
      console.log(`${step.name} did not end within ${STEP_MS / 60_000} minutes`);
      end();
    }, STEP_MS);
    const interrupted = (): never => {
      end();
      process.exit(130);
    };
    process.once('SIGINT', interrupted);
    let output = '';
    const keep = (chunk: Buffer): void => {
      process.stdout.write(chunk);
      output = (output + chunk.toString()).slice(-100_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('close', (code) => {
      clearTimeout(late);
      process.off('SIGINT', interrupted);
      const stated = closingLine(stripVTControlCharacters(output)) ?? {
        passed: code === 0 ? 1 : 0,
        failed: 0,
        skipped: 0,
      };
      // A step that ended badly has failed, whatever it counted.
      resolve(code === 0 || stated.failed > 0 ? stated : { ...stated, failed: 1 });
    });
  });
}

/** Our own closing line, or vitest's (`Tests  1 failed | 20 passed | 2 skipped (23)`). */
function closingLine(output: string): Counts | null {
  const own = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1);
  if (own !== undefined) return { passed: Number(own[1]), failed: Number(own[2]), skipped: Number(own[3]) };
  const vitest = [...output.matchAll(/^ *Tests +(.+)\(\d+\)$/gm)].at(-1)?.[1];
  if (vitest === undefined) return null;
  const part = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(vitest)?.[1] ?? 0);
  return { passed: part('passed'), failed: part('failed'), skipped: part('skipped') };
}
