/**
 * Group commit: requests that arrive while a transaction runs share the next one. Bounded: beyond the limit the sender
 * is told to come back.
 */
import { LedgerError } from '../ledger-error.ts';
import type { Batch, CommitResult } from './commit-batch.ts';
import type { DeadLetter } from './dead-letters.ts';
import type { PreparedCall } from './prepare-call.ts';

interface Waiting extends Batch {
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
}

export interface IngestQueue {
  readonly queuedRecords: number;
  /** Resolves after COMMIT with the result of the transaction, which may hold records of others. */
  submit(calls: readonly PreparedCall[], letters: readonly DeadLetter[]): Promise<CommitResult>;
  /** Resolves when nothing waits and no transaction runs; nothing more is taken from now on. */
  drain(): Promise<void>;
}

export interface IngestQueueOptions {
  readonly maxQueuedRecords: number;
  readonly commit: (batch: Batch) => Promise<CommitResult>;
  /** One transaction waits for the disk while another one is prepared and sent. */
  readonly parallel?: number;
  readonly maxBatchRecords?: number;
}

export function createIngestQueue(options: IngestQueueOptions): IngestQueue {
  const { maxQueuedRecords, commit, parallel = 2, maxBatchRecords = 5000 } = options;
  let waiting: Waiting[] = [];
  let queuedRecords = 0;
  let running = 0;
  let closed = false;
  let onIdle: (() => void) | null = null;

  const take = (): Waiting[] => {
    let records = 0;
    let requests = 0;
    for (const item of waiting) {
      if (requests > 0 && records + sizeOf(item) > maxBatchRecords) break;
      records += sizeOf(item);
      requests += 1;
    }
    const taken = waiting.slice(0, requests);
    waiting = waiting.slice(requests);
    return taken;
  };

  const work = async (): Promise<void> => {
    running += 1;
    while (waiting.length > 0) {
      const taken = take();
      try {
        const result = await commit({
          calls: taken.flatMap((item) => item.calls),
          letters: taken.flatMap((item) => item.letters),
        });
        for (const item of taken) item.resolve(result);
      } catch (error) {
        for (const item of taken) item.reject(error);
      }
      for (const item of taken) queuedRecords -= sizeOf(item);
    }
    running -= 1;
    if (running === 0) onIdle?.();
  };

  return {
    get queuedRecords() {
      return queuedRecords;
    },
    submit(calls, letters) {
      const size = calls.length + letters.length;
      if (closed) return Promise.reject(new LedgerError('closed', 'The ledger is closing; send again later.'));
      if (queuedRecords > 0 && queuedRecords + size > maxQueuedRecords) {
        return Promise.reject(
          new LedgerError('busy', `${queuedRecords} records wait for the database already; send again later.`),
        );
      }
      queuedRecords += size;
      return new Promise((resolve, reject) => {
        waiting.push({ calls, letters, resolve, reject });
        if (running < parallel) void work();
      });
    },
    drain() {
      closed = true;
      if (running === 0) return Promise.resolve();
      return new Promise((resolve) => {
        onIdle = resolve;
      });
    },
  };
}

function sizeOf(batch: Batch): number {
  return batch.calls.length + batch.letters.length;
}
