/** Delivers ledger records: batches, retries, and what happens when the ledger is away. */
import { diag } from '@opentelemetry/api';
import type { UsageRecord } from '@wiretally/usage';
import type { EncodedRecord } from './ledger-record.ts';
import { encodeRecord, encodeRequest } from './ledger-record.ts';
import type { OtlpSender, SendOutcome } from './otlp-sender.ts';
import type { Segment, Spool } from './spool.ts';

export interface LedgerExporterOptions {
  readonly sender: OtlpSender;
  /** Null: records that are not delivered when the process ends are lost. */
  readonly spool: Spool | null;
  /** How long a record waits for others. Default 250 ms. */
  readonly delayMs?: number;
  readonly batchSize?: number;
  /** Records in memory; more are on disk alone, or given up where there is no spool. Default 10,000, about 20 MB. */
  readonly maxQueue?: number;
  /** First and longest pause after a failure, doubled each time. */
  readonly backoffMs?: readonly [first: number, longest: number];
}

export interface LedgerExporter {
  /** Never throws, never waits. */
  emit(record: UsageRecord, cardDefinition?: string | null): void;
  /**
   * Sends what waits, at once.
   *
   * @returns whether everything was delivered within the time; what was not stays in the spool.
   */
  forceFlush(timeoutMs: number): Promise<boolean>;
  shutdown(timeoutMs: number): Promise<void>;
  /** For the very end, when nothing can be awaited: files of the spool that are empty are deleted. */
  leave(): void;
  /** Records that were given up, by reason; for `wiretally.capture.dropped`. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Grows with each record that is there to be delivered, also those taken over from dead processes. */
  readonly activity: number;
}

interface Entry extends EncodedRecord {
  readonly segment: Segment | null;
}

const logger = diag.createComponentLogger({ namespace: '@wiretally/instrumentation' });
const HOUSEKEEPING_MS = 60_000;
const LONGEST_RETRY_AFTER_MS = 5 * 60_000;

export function createLedgerExporter(options: LedgerExporterOptions): LedgerExporter {
  const { sender, spool, delayMs = 250, batchSize = 256, maxQueue = 10_000, backoffMs = [1_000, 60_000] } = options;
  const dropped: Record<string, number> = {};
  const backlog: Segment[] = spool?.adopt() ?? [];
  let queue: Entry[] = [];
  let sending: Promise<boolean> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let failures = 0;
  let limit = batchSize;
  let closed = false;
  let overflowing = false;
  let activity = backlog.length;

  const housekeeping = setInterval(() => {
    if (spool === null) return;
    spool.touch();
    const adopted = spool.adopt();
    backlog.push(...adopted);
    activity += adopted.length;
    if (failures === 0) schedule(delayMs);
  }, HOUSEKEEPING_MS);
  housekeeping.unref();
  if (backlog.length > 0) schedule(delayMs);

  return {
    emit(record, cardDefinition = null) {
      if (closed) return drop('closed', 1);
      activity += 1;
      const encoded = encodeRecord(record, cardDefinition);
      if (queue.length >= maxQueue) overflowing = true;
      const segment = spool?.append(encoded, overflowing) ?? null;
      if (overflowing) {
        if (segment === null) drop('queue-full', 1);
      } else {
        queue.push({ ...encoded, segment });
      }
      if (failures === 0) schedule(queue.length >= limit ? 0 : delayMs);
    },
    forceFlush,
    async shutdown(timeoutMs) {
      await forceFlush(timeoutMs);
      closed = true;
      clearInterval(housekeeping);
      if (timer !== null) clearTimeout(timer);
      spool?.close();
      sender.close();
    },
    leave: () => spool?.close(),
    dropped,
    get activity() {
      return activity;
    },
  };

  function schedule(afterMs: number): void {
    if (closed || (timer !== null && afterMs > 0)) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      if (sending === null) void sendOnce();
    }, afterMs);
    timer.unref();
  }

  async function forceFlush(timeoutMs: number): Promise<boolean> {
    const expiry = new AbortController();
    const deadline = Promise.withResolvers<boolean>();
    const limitTimer = setTimeout(() => {
      expiry.abort();
      deadline.resolve(false);
    }, timeoutMs);
    sender.hold(true);
    const drain = async (): Promise<boolean> => {
      if (sending !== null) await sending;
      while (!expiry.signal.aborted && hasWork()) if (!(await sendOnce())) return false;
      return !hasWork();
    };
    try {
      return await Promise.race([drain(), deadline.promise]);
    } finally {
      clearTimeout(limitTimer);
      sender.hold(false);
    }
  }

  function hasWork(): boolean {
    refill();
    return queue.length > 0;
  }

  /** @returns whether what was sent is settled (delivered, or refused for good). */
  async function sendOnce(): Promise<boolean> {
    sending ??= sendBatch().finally(() => {
      sending = null;
    });
    return await sending;
  }

  async function sendBatch(): Promise<boolean> {
    refill();
    const batch = queue.slice(0, limit);
    if (batch.length === 0) return true;
    queue = queue.slice(batch.length);
    const outcome = await sender.send(encodeRequest(batch));
    if (outcome.kind === 'retry' || (outcome.kind === 'refused' && outcome.tooLarge && batch.length > 1)) {
      queue = [...batch, ...queue];
      if (outcome.kind === 'refused') limit = Math.ceil(batch.length / 2);
      else fail(outcome);
      if (outcome.kind === 'refused') schedule(0);
      return outcome.kind === 'refused';
    }
    settle(batch, outcome);
    failures = 0;
    if (queue.length > 0 || backlog.length > 0 || overflowing) schedule(queue.length >= limit ? 0 : delayMs);
    return true;
  }

  function settle(batch: readonly Entry[], outcome: SendOutcome): void {
    if (outcome.kind === 'refused') {
      drop('refused', batch.length);
      logger.error(`the ledger refused ${batch.length} records for good (${outcome.reason}); they are given up`);
    } else if (outcome.kind === 'accepted') {
      drop('rejected', outcome.rejected);
    }
    for (const { segment } of batch) if (segment !== null) spool?.acknowledge(segment);
  }

  function fail(outcome: SendOutcome & { kind: 'retry' }): void {
    const [first, longest] = backoffMs;
    if (failures === 0)
      logger.warn(`the ledger does not answer (${outcome.reason}); records are kept and sent again until it does`);
    const pause = Math.min(longest, first * 2 ** Math.min(failures, 16));
    failures += 1;
    // Many processes lost the same ledger at the same moment: spread their return.
    const jittered = pause * (0.5 + Math.random() / 2);
    schedule(Math.max(1, Math.min(outcome.retryAfterMs ?? jittered, LONGEST_RETRY_AFTER_MS)));
  }

  /** Brings records that are on disk alone into memory, a file at a time, when there is room. */
  function refill(): void {
    if (queue.length > maxQueue / 2) return;
    const deferred = overflowing ? spool?.takeDeferred() : undefined;
    overflowing = false;
    if (spool === null) return;
    backlog.push(...(deferred ?? []));
    for (let next = backlog.shift(); next !== undefined; next = backlog.shift()) {
      const segment = next;
      for (const record of spool.read(segment)) queue.push({ ...record, segment });
      if (queue.length > maxQueue / 2) return;
    }
  }

  function drop(reason: string, count: number): void {
    if (count > 0) dropped[reason] = (dropped[reason] ?? 0) + count;
  }
}
