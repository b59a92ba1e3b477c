/** Work that Ctrl-C ends in order: what was begun is undone before the process goes. */
import { constants } from 'node:os';

/**
 * Runs `work` until it is done or a signal comes; then the process ends with the signal's exit code.
 * @returns whether it was interrupted
 */
export async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    process.exitCode = 128 + constants.signals[signal];
    controller.abort();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
  return controller.signal.aborted;
}
