/**
 * Runs `work` now and then, never twice at once, without keeping the process alive.
 * @param work never rejects
 * @returns its undo, which waits for a run that is under way
 */
export function repeat(work: () => Promise<void>, everyMs: number): () => Promise<void> {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= work().finally(() => {
      running = null;
    });
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
