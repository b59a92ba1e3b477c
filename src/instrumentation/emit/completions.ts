/**
 * Calls that could not know their usage when they ended (background responses, video operations) and are completed by a
 * later answer. Metrics count such a completion in the process that holds the pending call, once; the ledger, from
 * which money is read, keeps its own table.
 */
import { tokensWithParts } from '@wiretally/usage';
import type { Pricing, Reading, UsageRecord } from '@wiretally/usage';

type Price = (reading: Reading, atMs: number) => Pricing;

/** Calls that nobody asks for again are forgotten, oldest first. */
const MAX_PENDING = 1000;

export interface Completions {
  /**
   * Remembers a pending call, or finds the one that this answer completes.
   *
   * @param more some of a batch's lines: others follow, so that the call stays pending.
   * @returns the completed call as a record for metrics (counts and cost of the answer, without another duration), or
   * null.
   */
  complete(record: UsageRecord, more?: boolean): UsageRecord | null;
}

export function createCompletions(price: Price): Completions {
  const pending = new Map<string, UsageRecord>();
  return {
    complete(record, more = false) {
      if (record.responseId === null) return null;
      const key = `${record.provider} ${record.responseId}`;
      if (record.kind === 'call') {
        if (record.usageMissingReason === 'pending') remember(key, record);
        return null;
      }
      if (record.kind !== 'restated') return null;
      const call = pending.get(key);
      if (call === undefined) return null;
      if (record.usageSource !== 'missing') {
        // By both its names: the batch's own and its file's.
        if (!more) for (const [name, value] of pending) if (value === call) pending.delete(name);
        return merge(call, record, price);
      }
      if (record.resultsId !== undefined) remember(`${record.provider} ${record.resultsId}`, call);
      return null;
    },
  };

  function remember(key: string, record: UsageRecord): void {
    if (pending.size >= MAX_PENDING) {
      const oldest = pending.keys().next();
      if (oldest.done !== true) pending.delete(oldest.value);
    }
    pending.set(key, record);
  }
}

function merge(call: UsageRecord, answer: UsageRecord, price: Price): UsageRecord {
  const reading = { ...answer, kind: call.kind, operation: call.operation, serviceType: call.serviceType };
  const requestModel = call.requestModel ?? answer.requestModel;
  const tokens = tokensWithParts(answer);
  const asCall = { ...reading, tokens, requestModel, modifiers: { ...answer.modifiers, ...stated(call.modifiers) } };
  return { ...asCall, ...price(asCall, call.timeUnixMicros / 1000), rateLimits: [], retryCount: null };
}

function stated<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null)) as Partial<T>;
}
