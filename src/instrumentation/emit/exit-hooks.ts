/**
 * What is flushed when the process ends, without changing how it ends.
 *
 * - The event loop runs dry (`beforeExit`): flush, for a bounded time, then it ends as it would have.
 * - SIGTERM, SIGINT: where the application listens, it decides, and we only flush meanwhile. Where nobody does, we flush
 *   and raise the signal again, so that exit code and signal are those that the parent expects.
 * - `process.exit()`, an uncaught exception, kill -9: nothing can be awaited; ledger records lie in the spool.
 */
import { isMainThread } from 'node:worker_threads';
import { processWide } from './process-wide.ts';

export interface ExitFlush {
  /** Need not keep to `timeoutMs`, but is not waited for any longer; a rejection is ignored. */
  flush(timeoutMs: number): Promise<unknown>;
  /** Changes when there is something new to flush: what could not be delivered must not keep the process for ever. */
  activity(): number;
}

const FLUSH_MS = 2_000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

interface Hooks {
  readonly flushes: Map<string, { readonly hook: ExitFlush; flushedAt: number }>;
  signals: boolean;
}

/** @param name registering the same name again replaces the earlier one. */
export function flushAtExit(name: string, hook: ExitFlush): void {
  hooks().flushes.set(name, { hook, flushedAt: -1 });
}

/** Also at SIGTERM and SIGINT: for `register`, which owns the process; a library's class does not touch signals. */
export function flushAtSignals(): void {
  const shared = hooks();
  // Worker threads get no signals.
  if (shared.signals || !isMainThread) return;
  shared.signals = true;
  // First in the list, so that a `once` listener of the application is still counted when we are called.
  for (const signal of SIGNALS) process.prependListener(signal, onSignal);
}

/** @param onlyNew leave out what has nothing new since its last flush. */
export async function flushAll(timeoutMs: number, onlyNew: boolean): Promise<void> {
  const all = [...hooks().flushes.values()];
  const pending = onlyNew ? all.filter((entry) => entry.flushedAt !== entry.hook.activity()) : all;
  const flushed = Promise.allSettled(
    pending.map((entry) => {
      // A flush at a signal is not the last one: a service that ends by itself finishes its calls first.
      if (onlyNew) entry.flushedAt = entry.hook.activity();
      return entry.hook.flush(timeoutMs);
    }),
  );
  // An exporter of the SDK waits up to ten seconds for a collector that does not answer; we do not.
  const deadline = Promise.withResolvers<void>();
  const timer = setTimeout(deadline.resolve, timeoutMs);
  await Promise.race([flushed, deadline.promise]);
  clearTimeout(timer);
}

function hooks(): Hooks {
  return processWide('exit-hooks', () => {
    process.on('beforeExit', () => void flushAll(FLUSH_MS, true));
    return { flushes: new Map(), signals: false };
  });
}

let ending = false;

function onSignal(signal: NodeJS.Signals): void {
  const others = process.listenerCount(signal) - 1 - polite(signal);
  if (others > 0) {
    void flushAll(FLUSH_MS, false);
    return;
  }
  const raise = (): void => {
    for (const each of SIGNALS) process.removeListener(each, onSignal);
    process.kill(process.pid, signal);
  };
  // Asked twice: at once.
  if (ending) return raise();
  ending = true;
  void flushAll(FLUSH_MS, false).finally(raise);
}

/**
 * Listeners of the `signal-exit` package, which is under many command line tools: they end the process only where all
 * listeners are theirs, else they wait for the others. Were we to wait for them, the signal would be lost; so they do not
 * count, and act when we raise the signal again. Counters: version 3 on `process`, version 4 under a global symbol.
 */
function polite(signal: NodeJS.Signals): number {
  const shared = process as unknown as Record<string | symbol, { count?: unknown } | undefined>;
  const counts = [shared['__signal_exit_emitter__']?.count, shared[Symbol.for('signal-exit emitter')]?.count];
  const total = counts.reduce<number>((sum, count) => sum + (typeof count === 'number' ? count : 0), 0);
  return Math.min(total, process.listenerCount(signal) - 1);
}
