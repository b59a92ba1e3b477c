/** Records in, an answer after COMMIT. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Pool } from 'pg';
import { errorMessage, LedgerError } from '../ledger-error.ts';
import type { Logger } from '../logger.ts';
import { commitBatch } from './commit-batch.ts';
import type { Batch, CommitResult } from './commit-batch.ts';
import { deadLetter } from './dead-letters.ts';
import type { DeadLetter } from './dead-letters.ts';
import { declareTags } from './declare-tags.ts';
import { createIngestQueue } from './ingest-queue.ts';
import type { IngestResult, ParsedRecord } from './ingest-types.ts';
import type { Keepers } from './keepers.ts';
import type { Partitions } from './partitions.ts';
import type { PreparedCall } from './prepare-call.ts';
import { settleInserted } from './settle-inserted.ts';
import type { Counters } from './stats.ts';

export interface StoreOptions {
  readonly pool: Pool;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly partitions: Partitions;
  readonly keepers: Keepers;
  /** Those that the rollups of this sink keep apart. */
  readonly promotedTags: readonly string[];
  readonly maxQueuedRecords: number;
}

export interface Store {
  readonly queuedRecords: number;
  /**
   * @param refused what arrived and could not even be read as a record
   * @throws LedgerError `busy`, `unavailable`, `closed`: nothing was acknowledged, send it all again
   */
  ingest(records: readonly ParsedRecord[], refused?: readonly DeadLetter[]): Promise<IngestResult>;
  /** Prices what was inserted through views. Never rejects. */
  settle(): Promise<void>;
  drain(): Promise<void>;
}

const MAX_REASONS = 10;
const PREPARED_IN_A_ROW = 1000;

export function createStore(options: StoreOptions): Store {
  const { pool, logger, counters, partitions, keepers } = options;
  let declared: Promise<void> | null = null;
  const declare = (): Promise<void> =>
    (declared ??= declareTags(pool, options.promotedTags).catch((error: unknown) => {
      declared = null;
      throw error;
    }));

  const commit = async (batch: Batch): Promise<CommitResult> => {
    const start = performance.now();
    try {
      await declare();
      await partitions.ensureFor(batch.calls);
      const result = await commitBatch(pool, batch, keepers);
      counters.committed((performance.now() - start) / 1000, newest(result.stored));
      return result;
    } catch (error) {
      logger.warn({ error: errorMessage(error), records: batch.calls.length }, 'a batch was not stored; senders retry');
      throw new LedgerError('unavailable', `The database did not store the records: ${errorMessage(error)}`, {
        cause: error,
      });
    }
  };
  const queue = createIngestQueue({ maxQueuedRecords: options.maxQueuedRecords, commit });

  return {
    get queuedRecords() {
      return queue.queuedRecords;
    },
    async ingest(records, refused = []) {
      counters.received += records.length + refused.length;
      const calls: PreparedCall[] = [];
      const letters = [...refused];
      for (const [index, parsed] of records.entries()) {
        // Of a large request, so many at a time: others have a turn after 10 ms.
        if (index % PREPARED_IN_A_ROW === PREPARED_IN_A_ROW - 1) await nextTurn();
        const prepared = keepers.prepare(parsed);
        if ('refused' in prepared) letters.push(deadLetter(prepared.refused, parsed.record));
        else calls.push(prepared);
      }
      if (calls.length + letters.length === 0) return { stored: 0, duplicates: 0, rejected: 0, reasons: [] };
      const result = await queue.submit(calls, letters);
      return summarise(calls, letters, result, counters);
    },
    async settle() {
      try {
        while ((await settleInserted(pool, keepers)) > 0);
      } catch (error) {
        logger.warn({ error: errorMessage(error) }, 'rows inserted through views are not priced yet; trying again');
      }
    },
    drain: () => queue.drain(),
  };
}

function newest(stored: readonly PreparedCall[]): number | null {
  // Sorted by time.
  return stored.at(-1)?.timeUnixMicros ?? null;
}

/** What of the transaction was this request's. */
function summarise(
  calls: readonly PreparedCall[],
  letters: readonly DeadLetter[],
  result: CommitResult,
  counters: Counters,
): IngestResult {
  const reasons = new Set(letters.map((letter) => letter.reason));
  let duplicates = 0;
  let rejected = letters.length;
  for (const call of calls) {
    const reason = result.refused.get(call);
    if (reason !== undefined) {
      reasons.add(reason);
      rejected += 1;
    } else if (result.duplicates.has(call)) duplicates += 1;
  }
  const stored = calls.length - duplicates - (rejected - letters.length);
  counters.stored += stored;
  counters.duplicate += duplicates;
  counters.rejected += rejected;
  return { stored, duplicates, rejected, reasons: [...reasons].slice(0, MAX_REASONS) };
}
