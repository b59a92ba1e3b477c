/** A process of the benchmark, and what it says. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface BenchProcess {
  tell(message: object | string): void;
  /** The next message. Rejects where the process ends before. */
  told<T>(): Promise<T>;
  /** It ends itself when the channel to it is closed, also where this process crashes. */
  end(): void;
}

/** @param file in this folder. Packages are used as they are built: no condition of the parent is handed on. */
export function startProcess(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): BenchProcess {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    execArgv: ['--expose-gc', ...(environment['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter((flag) => flag !== '')],
    env: { ...process.env, ...environment },
  });
  const said: unknown[] = [];
  let wake = (): void => undefined;
  let ended = false;
  child.on('message', (message) => {
    said.push(message);
    wake();
  });
  child.on('exit', () => {
    ended = true;
    wake();
  });
  return {
    tell: (message) => void child.send(message),
    async told<T>() {
      while (said.length === 0) {
        if (ended) throw new Error(`${file} ended: ${args.join(' ')}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
      return said.shift() as T;
    },
    end: () => child.disconnect(),
  };
}
