/** An imported call as a record, priced like every other one. */
import { NO_TOKENS, NOTHING_STATED, priceReading, providerOfModel, UNKNOWN_PROVIDER } from '@wiretally/usage';
import type { Reading, UsageRecord } from '@wiretally/usage';
import type { ParsedRecord } from '../../ledger.ts';
import type { ImportedCall } from './imported-call.ts';
import { uuidV5 } from './uuid-v5.ts';

export interface RecordOptions {
  /** Which source the keys are of: keys of two sources are apart. */
  readonly source: string;
  /** Of rows that name none, where the model does not tell. */
  readonly provider: string | null;
  readonly application: string | null;
  /** `stated`: what the source says it cost holds. `calculated`: our price rules alone. */
  readonly cost: 'stated' | 'calculated';
}

/** Of this project's own choice; it must never change, since ids are made from it. */
const NAMESPACE = Buffer.from('2b8d5c0e7a4f4f0c9b1d6e3a58c7f214', 'hex');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_MESSAGE = 500;

/** A row whose key is a UUID keeps it, so that what a ledger exported is the same call when it comes back. */
export function recordId(source: string, key: string): string {
  return UUID.test(key) ? key.toLowerCase() : uuidV5(NAMESPACE, `${source}\n${key}`);
}

export function toRecord(call: ImportedCall, options: RecordOptions): ParsedRecord {
  const reading = readingOf(call, options);
  const record: UsageRecord = {
    ...reading,
    ...priceReading(reading, { atMs: Math.floor(call.timeUnixMicros / 1000) }),
    id: recordId(options.source, call.key),
    timeUnixMicros: call.timeUnixMicros,
    source: 'import',
    host: '',
    port: null,
    durationMs: call.durationMs,
    timeToFirstChunkMs: call.timeToFirstChunkMs,
    userId: call.user,
    chatId: call.chat,
    sessionId: call.session,
    tags: call.tags,
    credential: null,
    serviceName: call.application ?? options.application,
    serviceVersion: null,
    environment: null,
    traceId: null,
    spanId: null,
  };
  const { errorMessage } = call;
  return { record, unknown: errorMessage === null ? {} : { error_message: errorMessage.slice(0, MAX_MESSAGE) } };
}

function readingOf(call: ImportedCall, options: RecordOptions): Reading {
  const { inputTokens: input, outputTokens: output, units } = call;
  const found = providerOfModel(call.provider, call.model);
  const { provider } =
    found.provider === UNKNOWN_PROVIDER && options.provider !== null
      ? providerOfModel(options.provider, call.model)
      : found;
  const total = call.totalTokens ?? (input === null && output === null ? null : (input ?? 0) + (output ?? 0));
  const stated = total !== null || Object.keys(units).length > 0;
  return {
    ...NOTHING_STATED,
    provider,
    operation: call.operation,
    serviceType: call.service,
    requestModel: found.model,
    tokens: {
      ...NO_TOKENS,
      input,
      output,
      total,
      cacheRead: call.cacheReadTokens,
      cacheWrite: call.cacheWriteTokens,
      reasoning: call.reasoningTokens,
    },
    units,
    usageSource: stated ? 'request' : 'missing',
    usageMissingReason: stated ? null : call.success ? 'not-stated' : 'error-response',
    status: call.status,
    errorType: call.success ? null : (call.errorType ?? 'failed'),
    errorClass: call.success ? null : 'other',
    costReportedUsd: options.cost === 'stated' ? call.statedCostUsd : null,
  };
}
