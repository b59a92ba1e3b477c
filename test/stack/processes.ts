/** Child processes of the stack: their output goes to a file, and stopping one waits until it is gone. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface ProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly logFile: string;
  readonly identity?: { readonly uid: number; readonly gid: number } | null;
}

export interface StackProcess {
  readonly name: string;
  readonly logFile: string;
  readonly child: ChildProcess;
  /** Asks it to end, and ends it after ten seconds. */
  stop(): Promise<void>;
  /** As a machine does when it has no memory left. */
  kill(): Promise<void>;
}

export function startProcess(options: ProcessOptions): StackProcess {
  const log = openSync(options.logFile, 'a');
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', log, log],
    ...options.identity,
  });
  closeSync(log);
  // A command that cannot be started shows in waitUntil, with the name of the process.
  child.on('error', () => {});
  const end = async (signal: NodeJS.Signals, patienceMs: number): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await gone;
    clearTimeout(timer);
  };
  return {
    name: options.name,
    logFile: options.logFile,
    child,
    stop: () => end('SIGTERM', 10_000),
    kill: () => end('SIGKILL', 1000),
  };
}

/**
 * Asks until the answer is yes.
 * @throws Error with the end of the process' output when it ended, or when time is up
 */
export async function waitUntil(
  what: string,
  ask: () => Promise<boolean>,
  options: { readonly process?: StackProcess; readonly timeoutMs?: number } = {},
): Promise<void> {
  const { process: watched, timeoutMs = 60_000 } = options;
  const deadline = Date.now() + timeoutMs;
  let last: unknown = null;
  for (;;) {
    try {
      if (await ask()) return;
      last = null;
    } catch (error) {
      last = error;
    }
    const ended = watched !== undefined && (watched.child.exitCode !== null || watched.child.pid === undefined);
    if (ended || Date.now() > deadline) {
      const why = ended ? `${watched.name} ended` : `not within ${timeoutMs / 1000} s`;
      const log =
        watched === undefined ? '' : `\n${readFileSync(watched.logFile, 'utf8').split('\n').slice(-25).join('\n')}`;
      throw new Error(`${what}: ${why}${log}`, { cause: last });
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** True when the address answers with a success. */
export async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await answer.arrayBuffer();
  return answer.ok;
}
