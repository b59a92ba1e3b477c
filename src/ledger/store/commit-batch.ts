/** One batch, one transaction: calls, their rollups, dead letters. */
import type { Pool, PoolClient } from 'pg';
import { errorCode } from '../ledger-error.ts';
import { completeCalls, lockResponses, responseKeys } from './complete-calls.ts';
import { callsOfLines, keepResultFiles, settleBatches, storeCallsOfLines } from './complete-lines.ts';
import { copyCalls } from './copy-calls.ts';
import { deadLetter, keepDeadLetters } from './dead-letters.ts';
import type { DeadLetter } from './dead-letters.ts';
import { insertNewCalls } from './insert-new-calls.ts';
import type { Keepers } from './keepers.ts';
import { newBatch, noteCalls } from './later-totals/note-calls.ts';
import { isDataError, isDroppedDay, isRetryable, UNIQUE_VIOLATION } from './pg-errors.ts';
import type { PreparedCall } from './prepare-call.ts';
import { readDetailsFrom } from './retention.ts';
import { addToRollups } from './rollups.ts';
import { inTransaction } from './transaction.ts';

export interface Batch {
  readonly calls: readonly PreparedCall[];
  readonly letters: readonly DeadLetter[];
}

export interface CommitResult {
  readonly stored: readonly PreparedCall[];
  /** There already, or twice in the batch. */
  readonly duplicates: ReadonlySet<PreparedCall>;
  /** What only the database found out. */
  readonly refused: ReadonlyMap<PreparedCall, string>;
}

const MAX_ATTEMPTS = 5;

/** Resolves after COMMIT. Rejects when the database failed: nothing of the batch is acknowledged then. */
export async function commitBatch(pool: Pool, batch: Batch, keepers: Keepers): Promise<CommitResult> {
  const { unique, repeated } = withoutRepeats(batch.calls);
  try {
    const stored = await store(pool, unique, batch.letters, keepers);
    const duplicates = new Set(repeated);
    if (stored.length < unique.length) {
      const found = new Set(stored);
      for (const call of unique) if (!found.has(call)) duplicates.add(call);
    }
    return { stored, duplicates, refused: new Map() };
  } catch (error) {
    if (isDroppedDay(error))
      return await storeKeptDays(pool, { calls: unique, letters: batch.letters }, keepers, repeated);
    if (!isDataError(error)) throw error;
    return await bisect(pool, { calls: unique, letters: batch.letters }, keepers, new Set(repeated), error);
  }
}

/** Sorted by the key, so that all sinks take locks in one order, and neighbours are equal. */
function withoutRepeats(calls: readonly PreparedCall[]): { unique: PreparedCall[]; repeated: PreparedCall[] } {
  const sorted = calls.toSorted(
    (a, b) => a.timeUnixMicros - b.timeUnixMicros || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  const unique: PreparedCall[] = [];
  const repeated: PreparedCall[] = [];
  for (const call of sorted) {
    const last = unique.at(-1);
    const same = last !== undefined && last.id === call.id && last.timeUnixMicros === call.timeUnixMicros;
    (same ? repeated : unique).push(call);
  }
  return { unique, repeated };
}

async function store(
  pool: Pool,
  calls: readonly PreparedCall[],
  letters: readonly DeadLetter[],
  keepers: Keepers,
): Promise<readonly PreparedCall[]> {
  const batch = newBatch();
  let write: (client: PoolClient) => Promise<readonly PreparedCall[]> = async (client) => {
    await copyCalls(client, 'wiretally_private.calls', batch, calls);
    return calls;
  };
  const keys = responseKeys(calls);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const onCommitted: (() => void)[] = [];
      const result = await inTransaction(pool, async (client) => {
        const locked = keys.length > 0 ? await lockResponses(client, keys) : [];
        onCommitted.push(await keepers.cards.keep(client, calls));
        const stored = calls.length === 0 ? calls : await write(client);
        if (stored.length > 0) {
          if (locked.length > 0) await keepResultFiles(client, stored);
          const ofLines = await callsOfLines(client, locked.length > 0 ? stored : [], keepers);
          if (ofLines.length > 0) onCommitted.push(await storeCallsOfLines(client, batch, ofLines, keepers));
          const added = ofLines.length > 0 ? [...stored, ...ofLines] : stored;
          await addToRollups(client, added);
          await noteCalls(client, batch, added);
          onCommitted.push(
            await keepers.modelIds.keep(
              client,
              stored.map(({ group }) => group),
            ),
          );
          if (locked.length > 0) {
            await settleBatches(client, locked, keepers);
            onCommitted.push(await completeCalls(client, locked, keepers));
          }
        }
        if (letters.length > 0) await keepDeadLetters(client, letters);
        return stored;
      });
      for (const remember of onCommitted) remember();
      return result;
    } catch (error) {
      if (errorCode(error) === UNIQUE_VIOLATION) write = (client) => insertNewCalls(client, batch, calls);
      else if (!isRetryable(error)) throw error;
      if (attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/** What is older than the calls that are kept is refused, all of it at once. */
async function storeKeptDays(
  pool: Pool,
  { calls, letters }: Batch,
  keepers: Keepers,
  repeated: readonly PreparedCall[],
): Promise<CommitResult> {
  const from = Date.parse((await readDetailsFrom(pool)) ?? '') * 1000;
  const reason = 'the calls of that day are dropped already (WIRETALLY_RETENTION_DAYS)';
  const late = calls.filter((call) => call.timeUnixMicros < from);
  const result = await commitBatch(
    pool,
    {
      calls: calls.filter((call) => !(call.timeUnixMicros < from)),
      letters: [...letters, ...late.map((call) => deadLetter(reason, call.record))],
    },
    keepers,
  );
  return {
    stored: result.stored,
    duplicates: new Set([...repeated, ...result.duplicates]),
    refused: new Map([...result.refused, ...late.map((call) => [call, reason] as const)]),
  };
}

/** Halves the batch until the record that the database refuses stands alone; the others are stored. */
async function bisect(
  pool: Pool,
  batch: Batch,
  keepers: Keepers,
  repeated: ReadonlySet<PreparedCall>,
  error: unknown,
): Promise<CommitResult> {
  const [only] = batch.calls;
  if (only === undefined) throw error;
  if (batch.calls.length === 1) {
    const reason = `PostgreSQL refused it (${errorCode(error) ?? 'no code'})`;
    await store(pool, [], [...batch.letters, deadLetter(reason, only.record)], keepers);
    return { stored: [], duplicates: repeated, refused: new Map([[only, reason]]) };
  }
  const middle = Math.ceil(batch.calls.length / 2);
  const first = await commitBatch(pool, { calls: batch.calls.slice(0, middle), letters: batch.letters }, keepers);
  const second = await commitBatch(pool, { calls: batch.calls.slice(middle), letters: [] }, keepers);
  return {
    stored: [...first.stored, ...second.stored],
    duplicates: new Set([...repeated, ...first.duplicates, ...second.duplicates]),
    refused: new Map([...first.refused, ...second.refused]),
  };
}
