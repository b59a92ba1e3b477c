/** A child process of the demo: on a leash, in a process group of its own, with its last words kept. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

export interface ChildOptions {
  readonly name: string;
  /** After `node`. */
  readonly arguments: readonly string[];
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  /** How long it goes on when the parent is gone. */
  readonly leashDelayMs?: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly name: string;
  readonly pid: number | undefined;
  readonly exited: Promise<Exit>;
  running(): boolean;
  /** The last lines that it wrote to either stream. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL after the patience. @returns whether it ended by itself in time. */
  stop(patienceMs: number): Promise<boolean>;
}

const LEASH = new URL('leash.ts', import.meta.url).href;
const KEPT_CHARACTERS = 20_000;

export function startChild(options: ChildOptions): Child {
  const child = spawn(process.execPath, ['--import', LEASH, ...options.arguments], {
    cwd: options.cwd,
    env: { ...options.environment, DEMO_LEASH_DELAY_MS: String(options.leashDelayMs ?? 0) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C in a terminal goes to the whole group: children are stopped in order, by us.
    detached: true,
    windowsHide: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_CHARACTERS);
    });
  }
  const exited = ended(child);
  const running = (): boolean => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  const kill = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  return {
    name: options.name,
    pid: child.pid,
    exited,
    running,
    output: () => output.trim(),
    kill,
    async stop(patienceMs) {
      if (!running()) return true;
      kill('SIGTERM');
      if (await settledWithin(exited, patienceMs)) return true;
      kill('SIGKILL');
      await exited;
      return false;
    },
  };
}

/** After `close`, so that its last words have been read. */
function ended(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

export async function settledWithin(work: Promise<unknown>, patienceMs: number): Promise<boolean> {
  const timeout = new AbortController();
  const settled = work.then(() => true);
  const late = pause(patienceMs, false, { signal: timeout.signal }).catch(() => false);
  const first = await Promise.race([settled, late]);
  timeout.abort();
  return first;
}
