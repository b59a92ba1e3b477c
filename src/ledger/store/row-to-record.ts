/** A row of `calls` as the record that it was made from. */
import { NO_MODIFIERS, NO_TOKENS } from '@wiretally/usage';
import type { UsageRecord } from '@wiretally/usage';

/** `select c.*, ${MICROS_SQL} as micros from wiretally_private.calls c`, as node-postgres gives it. */
export type CallRow = Readonly<Record<string, unknown>>;

/** Dates of JavaScript end at milliseconds; the key of a call does not. */
export const MICROS_SQL = '(extract(epoch from c.created_at) * 1000000)::bigint';

export function rowToRecord(row: CallRow): UsageRecord {
  const text = (column: string): string | null => (row[column] ?? null) as string | null;
  const number = (column: string): number | null => (row[column] === null ? null : Number(row[column]));
  const json = <T>(column: string, empty: T): T => (row[column] ?? empty) as T;
  const milliseconds = (column: string): number | null => {
    const micros = number(column);
    return micros === null ? null : micros / 1000;
  };
  // What was dropped is for metrics alone; which file has a batch's results has a table of its own.
  const record: Record<Exclude<keyof UsageRecord, 'droppedLimits' | 'droppedLines' | 'resultsId'>, unknown> = {
    id: text('id'),
    timeUnixMicros: Number(row['micros']),
    kind: text('kind'),
    source: text('source'),
    provider: text('provider'),
    upstreamProvider: text('upstream_provider'),
    operation: text('operation'),
    serviceType: text('service_type'),
    streamed: row['streamed'],
    requestModel: text('request_model'),
    responseModel: text('response_model'),
    host: text('host') ?? '',
    port: number('port'),
    tokens: {
      ...NO_TOKENS,
      input: number('input_tokens'),
      output: number('output_tokens'),
      total: number('total_tokens'),
      cacheRead: number('cache_read_tokens'),
      cacheWrite: number('cache_write_tokens'),
      reasoning: number('reasoning_tokens'),
      billedInput: number('billed_input_tokens'),
      billedOutput: number('billed_output_tokens'),
      ...json('token_details', {}),
    },
    units: json('units', {}),
    parts: json('parts', []),
    modifiers: { ...NO_MODIFIERS, ...json('modifiers', {}) },
    usageSource: text('usage_source'),
    usageMissingReason: text('usage_missing_reason'),
    finishReasons: json('finish_reasons', []),
    status: number('status'),
    errorType: text('error_type'),
    errorClass: text('error_class'),
    responseId: text('response_id'),
    requestId: text('request_id'),
    rateLimits: json('rate_limits', []),
    retryAfterSeconds: number('retry_after_seconds'),
    retryCount: number('retry_count'),
    attemptGroup: text('attempt_group'),
    costReportedUsd: text('cost_reported_usd'),
    costCalculatedUsd: text('cost_calculated_usd'),
    costUpstreamUsd: text('cost_upstream_usd'),
    costUsd: text('cost_usd'),
    costSource: text('cost_source'),
    priceCard: text('price_card'),
    unpricedReason: text('unpriced_reason'),
    zeroReason: text('zero_reason'),
    durationMs: milliseconds('duration_us'),
    timeToFirstChunkMs: milliseconds('time_to_first_chunk_us'),
    requestUser: text('request_user'),
    userId: text('user_id'),
    chatId: text('chat_id'),
    sessionId: text('session_id'),
    tags: json('tags', {}),
    credential: text('credential'),
    serviceName: text('service_name'),
    serviceVersion: text('service_version'),
    environment: text('environment'),
    traceId: text('trace_id'),
    spanId: text('span_id'),
  };
  // Each field is there, by its type; what is in them was checked when the row was written.
  return record as unknown as UsageRecord;
}
