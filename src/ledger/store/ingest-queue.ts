/**
 * Group commit: requests that arrive while a transaction runs share the next one. Bounded: beyond the limit the sender
 * is told to come back.
 */
import { LedgerError } from '../ledger-error.ts';
import type { Batch, CommitResult } from './commit-batch.ts';
import type { DeadLetter } from './dead-letters.ts';
import type { PreparedCall } from './prepare-call.ts';

interface Waiting extends Batch {
  readonly size: Size;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
}

interface Size {
  readonly records: number;
  /** Of their lines and letters: a record may have one, or 65,536. */
  readonly characters: number;
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
  readonly maxQueuedCharacters?: number;
  readonly maxBatchCharacters?: number;
}

/** 50,000 usual records are fewer. What else is kept of a record is as long again, and 3 kB. */
const MAX_QUEUED_CHARACTERS = 64 * 1024 * 1024;
/** 5,000 usual records are a third of it. COPY's text is one string, and one buffer. */
const MAX_BATCH_CHARACTERS = 16 * 1024 * 1024;

export function createIngestQueue(options: IngestQueueOptions): IngestQueue {
  const {
    maxQueuedRecords,
    commit,
    parallel = 2,
    maxBatchRecords = 5000,
    maxQueuedCharacters = MAX_QUEUED_CHARACTERS,
    maxBatchCharacters = MAX_BATCH_CHARACTERS,
  } = options;
  let waiting: Waiting[] = [];
  let queuedRecords = 0;
  let queuedCharacters = 0;
  let running = 0;
  let closed = false;
  let onIdle: (() => void) | null = null;

  const take = (): Waiting[] => {
    let records = 0;
    let characters = 0;
    let requests = 0;
    for (const { size } of waiting) {
      records += size.records;
      characters += size.characters;
      if (requests > 0 && (records > maxBatchRecords || characters > maxBatchCharacters)) break;
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
      for (const { size } of taken) {
        queuedRecords -= size.records;
        queuedCharacters -= size.characters;
      }
    }
    running -= 1;
    if (running === 0) onIdle?.();
  };

  return {
    get queuedRecords() {
      return queuedRecords;
    },
    submit(calls, letters) {
      const size = sizeOf({ calls, letters });
      if (closed) return Promise.reject(new LedgerError('closed', 'The ledger is closing; send again later.'));
      const tooMuch =
        queuedRecords + size.records > maxQueuedRecords || queuedCharacters + size.characters > maxQueuedCharacters;
      if (queuedRecords > 0 && tooMuch) {
        return Promise.reject(
          new LedgerError('busy', `${queuedRecords} records wait for the database already; send again later.`),
        );
      }
      queuedRecords += size.records;
      queuedCharacters += size.characters;
      return new Promise((resolve, reject) => {
        waiting.push({ calls, letters, size, resolve, reject });
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

function sizeOf({ calls, letters }: Batch): Size {
  let characters = 0;
  for (const { line } of calls) characters += line.length;
  for (const { payload } of letters) characters += payload.length;
  return { records: calls.length + letters.length, characters };
}
