import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface SinkChild {
  readonly process: ChildProcess;
  /** Ids of records that it said were stored. */
  readonly acknowledged: () => string[];
  readonly ready: Promise<void>;
  /** Resolves when that many are acknowledged. */
  readonly reached: (count: number) => Promise<void>;
  /**
   * Resolves when that many more are, none of which it said before now: a reader that is late finds a pipe full of what
   * was said earlier.
   */
  readonly goneOn: (count: number) => Promise<void>;
  readonly exited: Promise<number | null>;
}

const SCRIPT = fileURLToPath(new URL('sink-child.ts', import.meta.url));

export function startSink(dataDir: string, ...args: readonly string[]): SinkChild {
  const child = spawn(process.execPath, ['--conditions=wiretally-source', SCRIPT, dataDir, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let lines: string[] = [];
  let marks = 0;
  let rest = '';
  let errors = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString('utf8')).split('\n');
    rest = parts.pop() ?? '';
    lines = lines.concat(parts.filter((line) => line !== ''));
    marks += parts.filter((line) => line === '').length;
    for (const check of waiting) check();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString('utf8');
  });
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
  });
  const reachedWhen = (is: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!is()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      void exited.then((code) => reject(new Error(`the sink ended with ${code}: ${errors}`)));
      check();
    });
  const linesReached = (count: number): Promise<void> => reachedWhen(() => lines.length >= count);
  return {
    process: child,
    acknowledged: () => lines.slice(1),
    ready: linesReached(1),
    reached: (count) => linesReached(count + 1),
    async goneOn(count) {
      const mark = marks + 1;
      child.kill('SIGUSR2');
      await reachedWhen(() => marks >= mark);
      await linesReached(lines.length + count);
    },
    exited,
  };
}
