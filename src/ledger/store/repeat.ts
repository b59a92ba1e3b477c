/**
 * Runs `work` now and then, never twice at once, without keeping the process alive.
 * @param work never rejects
 * @param firstAfterMs when it runs the first time
 * @returns its undo, which waits for a run that is under way
 */
export function repeat(work: () => Promise<void>, everyMs: number, firstAfterMs = everyMs): () => Promise<void> {
  let running: Promise<void> | null = null;
  const run = (): void => {
    running ??= work().finally(() => {
      running = null;
    });
  };
  const timer = setInterval(run, everyMs);
  const first = firstAfterMs < everyMs ? setTimeout(run, firstAfterMs) : undefined;
  timer.unref();
  first?.unref();
  return async () => {
    clearInterval(timer);
    clearTimeout(first);
    await running;
  };
}
