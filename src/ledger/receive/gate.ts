import { LedgerError } from '../ledger-error.ts';

/** Runs `work` when it is its turn; rejects with `busy` when too much waits. */
export type Gate = <T>(bytes: number, work: () => Promise<T>) => Promise<T>;

/** Lets a few in at once and so many bytes more wait. */
export function createGate(atOnce: number, maxWaitingBytes: number): Gate {
  let inside = 0;
  let waitingBytes = 0;
  const queue: (() => void)[] = [];
  return async (bytes, work) => {
    if (inside >= atOnce) {
      if (waitingBytes + bytes > maxWaitingBytes) {
        throw new LedgerError('busy', 'too many requests at once; send again later');
      }
      waitingBytes += bytes;
      // Who leaves hands over the place.
      await new Promise<void>((resolve) => {
        queue.push(resolve);
      });
      waitingBytes -= bytes;
    } else inside += 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) inside -= 1;
      else next();
    }
  };
}
