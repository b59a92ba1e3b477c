/** When the person has had enough: Ctrl-C once to stop in order, again to stop at once. */

export interface StopSignals {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP, or when the parent (npm) is gone. */
  readonly stop: AbortSignal;
  /** Aborted by the second. */
  readonly force: AbortSignal;
  /** Gives the signals back to Node. */
  dispose(): void;
}

/** A terminal sends Ctrl-C to npm and to us, and npm passes it on: two within this time are one. */
const SAME_PRESS_MS = 400;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function listenForStop(): StopSignals {
  const stop = new AbortController();
  const force = new AbortController();
  let firstAt = 0;
  const onSignal = (): void => {
    const now = performance.now();
    if (!stop.signal.aborted) {
      firstAt = now;
      stop.abort();
    } else if (now - firstAt > SAME_PRESS_MS) {
      force.abort();
    }
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);

  // A killed npm or shell leaves us without a parent that anybody could press Ctrl-C in.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) stop.abort();
  }, 500);
  watch.unref();

  return {
    stop: stop.signal,
    force: force.signal,
    dispose() {
      clearInterval(watch);
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
