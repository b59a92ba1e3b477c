/** A process that is started again whenever it ends, as a service manager does. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { startProcess, waitUntil } from '../stack/processes.ts';
import type { ProcessOptions, StackProcess } from '../stack/processes.ts';

export interface RestartingProcess {
  readonly name: string;
  /** Of the process that runs now. */
  readonly pid: number | null;
  /** It runs and has said that it is ready, and is not paused. */
  readonly isReady: boolean;
  /** How often it ended by itself after it had been ready, with its exit code or signal. */
  readonly crashes: readonly string[];
  /** Resolves when it is ready. @throws Error with its output when it does not get ready in time */
  ready(): Promise<void>;
  /** SIGKILL; it starts again after the pause. Resolves when it is gone. */
  kill(downMs: number): Promise<void>;
  /** SIGSTOP, and SIGCONT after the pause. */
  pause(milliseconds: number): Promise<void>;
  /** SIGTERM. @returns its exit code; null when it had to be killed */
  stop(): Promise<number | null>;
  start(): Promise<void>;
}

interface Run {
  readonly process: StackProcess;
  killed: boolean;
}

const READY_WITHIN_MS = 120_000;
/** When a run ends badly, what it started is asked to end with it; the sink takes its PostgreSQL along. */
const living = new Set<StackProcess>();
process.once('exit', () => {
  for (const each of living) each.child.kill('SIGTERM');
});

/** @param isReady asked until it says yes */
export function restartingProcess(options: ProcessOptions, isReady: () => Promise<boolean>): RestartingProcess {
  const { name } = options;
  const crashes: string[] = [];
  let current: Run | null = null;
  let ready = false;
  let paused = false;
  /** Null: it is to stay down. */
  let restartAfterMs: number | null = null;

  const launch = (): void => {
    const run = { process: startProcess(options), killed: false };
    current = run;
    living.add(run.process);
    ready = false;
    void watch(run);
    void askUntilReady(run);
  };
  const askUntilReady = async (run: Run): Promise<void> => {
    for (;;) {
      const answered = await isReady().catch(() => false);
      if (current !== run) return;
      ready = answered;
      if (ready) return;
      await delay(100);
    }
  };
  const watch = async (run: Run): Promise<void> => {
    const [code, signal] = (await once(run.process.child, 'exit')) as [number | null, string | null];
    living.delete(run.process);
    const wasReady = ready;
    ready = false;
    paused = false;
    if (restartAfterMs === null) return;
    // One that ends before it is ready says that what it needs is not there yet.
    if (!run.killed && wasReady) crashes.push(`${name} ended by itself (${signal ?? code})`);
    await delay(run.killed ? restartAfterMs : 300);
    if (restartAfterMs !== null && current === run) launch();
  };

  return {
    name,
    crashes,
    get pid() {
      return current?.process.child.pid ?? null;
    },
    get isReady() {
      return ready && !paused;
    },
    async ready() {
      await waitUntil(`${name} is ready`, async () => ready && !paused, {
        timeoutMs: READY_WITHIN_MS,
      }).catch((error: unknown) => {
        throw new Error(`${name} is not ready; its output is in ${options.logFile}`, { cause: error });
      });
    },
    async kill(downMs) {
      if (current === null) return;
      restartAfterMs = downMs;
      current.killed = true;
      await current.process.kill();
    },
    async pause(milliseconds) {
      const child = current?.process.child;
      if (child === undefined) return;
      paused = true;
      child.kill('SIGSTOP');
      await delay(milliseconds);
      // False where it has ended since.
      child.kill('SIGCONT');
      paused = false;
    },
    async stop() {
      restartAfterMs = null;
      if (current === null) return null;
      const { child } = current.process;
      const end = child.exitCode !== null || child.signalCode !== null ? null : once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
      await end;
      clearTimeout(timer);
      current = null;
      return child.exitCode;
    },
    async start() {
      restartAfterMs = 300;
      launch();
      await this.ready();
    },
  };
}
