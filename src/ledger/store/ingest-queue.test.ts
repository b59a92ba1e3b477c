import { describe, expect, it } from 'vitest';
import type { Batch, CommitResult } from './commit-batch.ts';
import { createIngestQueue } from './ingest-queue.ts';
import type { PreparedCall } from './prepare-call.ts';

const call = (id: string, line: string): PreparedCall => ({ id, line }) as unknown as PreparedCall;
const calls = (count: number, line = 'x'): PreparedCall[] =>
  Array.from({ length: count }, (_, index) => call(String(index), line));

/** A database whose transactions end when the test says so. */
function slowDatabase(): { commit: (batch: Batch) => Promise<CommitResult>; batches: number[]; finish: () => void } {
  const batches: number[] = [];
  const open: (() => void)[] = [];
  return {
    batches,
    finish: () => open.shift()?.(),
    commit: (batch) => {
      batches.push(batch.calls.length);
      return new Promise((resolve) => {
        open.push(() => resolve({ stored: batch.calls, duplicates: new Set(), refused: new Map() }));
      });
    },
  };
}

describe('group commit', () => {
  it('puts what arrives during a transaction into the next one, and no more than fits', async () => {
    const database = slowDatabase();
    const queue = createIngestQueue({
      maxQueuedRecords: 100,
      commit: database.commit,
      parallel: 1,
      maxBatchRecords: 10,
    });
    const done = [3, 4, 5, 2, 12, 1].map((count) => queue.submit(calls(count), []));
    expect(database.batches).toEqual([3]);
    expect(queue.queuedRecords).toBe(27);
    for (const last of done) {
      database.finish();
      await last;
    }
    // 4 + 5, not 2 more; a request that is too large alone goes alone.
    expect(database.batches).toEqual([3, 9, 2, 12, 1]);
    expect(queue.queuedRecords).toBe(0);
  });

  it('answers nobody before the transaction has ended', async () => {
    const database = slowDatabase();
    const queue = createIngestQueue({ maxQueuedRecords: 100, commit: database.commit });
    const answer = queue.submit(calls(1), []).then(() => 'answered');
    const meanwhile = new Promise((resolve) => {
      setImmediate(resolve, 'nothing yet');
    });
    expect(await Promise.race([answer, meanwhile])).toBe('nothing yet');
    database.finish();
    expect(await answer).toBe('answered');
  });

  it('refuses what is more than may wait, but takes one request of any size when nothing waits', async () => {
    const database = slowDatabase();
    const queue = createIngestQueue({ maxQueuedRecords: 5, commit: database.commit });
    const first = queue.submit(calls(9), []);
    await expect(queue.submit(calls(1), [])).rejects.toMatchObject({ code: 'busy' });
    database.finish();
    await first;
    expect(queue.queuedRecords).toBe(0);
  });

  it('counts the length of what waits, too, in transactions and in all', async () => {
    const database = slowDatabase();
    const queue = createIngestQueue({
      maxQueuedRecords: 100,
      commit: database.commit,
      parallel: 1,
      maxQueuedCharacters: 30,
      maxBatchCharacters: 12,
    });
    const done = [2, 3, 3].map((count) => queue.submit(calls(count, 'xxx'), []));
    await expect(queue.submit(calls(1, 'x'.repeat(7)), [])).rejects.toMatchObject({ code: 'busy' });
    await expect(queue.submit([], [{ reason: 'long', payload: 'x'.repeat(7) }])).rejects.toMatchObject({
      code: 'busy',
    });
    done.push(queue.submit(calls(2, 'xxx'), []));
    for (const last of done) {
      database.finish();
      await last;
    }
    expect(database.batches).toEqual([2, 3, 3, 2]);
    // What was answered leaves room.
    const next = [queue.submit(calls(1, 'xxx'), []), queue.submit(calls(1, 'xxx'), [])];
    for (const each of next) {
      database.finish();
      await each;
    }
  });

  it('tells all requests of a transaction that it failed, and goes on with the next', async () => {
    let attempts = 0;
    const commit = async (batch: Batch): Promise<CommitResult> => {
      attempts += 1;
      await Promise.resolve();
      if (attempts === 1) throw new Error('away');
      return { stored: batch.calls, duplicates: new Set(), refused: new Map() };
    };
    const queue = createIngestQueue({ maxQueuedRecords: 100, commit, parallel: 1 });
    const results = await Promise.allSettled([queue.submit(calls(1), []), queue.submit(calls(1), [])]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(queue.queuedRecords).toBe(0);
  });

  it('finishes what waits when it is drained, and takes nothing more', async () => {
    const database = slowDatabase();
    const queue = createIngestQueue({ maxQueuedRecords: 100, commit: database.commit, parallel: 1 });
    const done = [queue.submit(calls(1), []), queue.submit(calls(2), [])];
    const drained = queue.drain();
    await expect(queue.submit(calls(1), [])).rejects.toMatchObject({ code: 'closed' });
    for (const each of done) {
      database.finish();
      await each;
    }
    await drained;
    expect(database.batches).toEqual([1, 2]);
  });
});
