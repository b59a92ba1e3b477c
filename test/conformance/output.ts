/** One line of the records file, in the shape that docs/conformance.md fixes. */
import { priceReading } from '@wiretally/usage';
import type { UsageRecord } from '@wiretally/usage';

export interface OutputRecord {
  readonly provider: string;
  readonly operation: string;
  readonly kind: string;
  readonly request_model: string | null;
  readonly response_model: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cache_read_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly reasoning_tokens: number | null;
  readonly usage_source: string;
  readonly usage_missing_reason: string | null;
  readonly finish_reasons: readonly string[];
  readonly status: number | null;
  readonly error_type: string | null;
  readonly response_id: string | null;
  readonly cost_reported_usd: unknown;
  readonly cost_calculated_usd: unknown;
  readonly cost_usd: unknown;
  readonly cost_source: string | null;
  readonly price_card: string | null;
  readonly unpriced_reason: string | null;
  readonly rate_limits: readonly {
    readonly name: string;
    readonly limit: number | null;
    readonly remaining: number | null;
    readonly reset_seconds: number | null;
  }[];
  readonly retry_after_seconds: number | null;
}

/**
 * @param answeredAtMs when the recorded answer was made, epoch milliseconds. Prices are dated and a replay is not made on
 *   the day of the recording: a cost is taken at the time of the recorded call where it is known.
 */
export function outputRecord(replayed: UsageRecord, answeredAtMs: number | null): OutputRecord {
  const record = answeredAtMs === null ? replayed : { ...replayed, ...priceReading(replayed, { atMs: answeredAtMs }) };
  return {
    provider: record.provider,
    operation: record.operation,
    kind: record.kind,
    request_model: record.requestModel,
    response_model: record.responseModel,
    input_tokens: record.tokens.input,
    output_tokens: record.tokens.output,
    cache_read_tokens: record.tokens.cacheRead,
    cache_write_tokens: record.tokens.cacheWrite,
    reasoning_tokens: record.tokens.reasoning,
    usage_source: record.usageSource,
    usage_missing_reason: record.usageMissingReason,
    finish_reasons: record.finishReasons,
    status: record.status,
    error_type: record.errorType,
    response_id: record.responseId,
    cost_reported_usd: decimal(record.costReportedUsd),
    cost_calculated_usd: decimal(record.costCalculatedUsd),
    cost_usd: decimal(record.costUsd),
    cost_source: record.costSource,
    price_card: record.priceCard,
    unpriced_reason: record.unpricedReason,
    rate_limits: record.rateLimits.map(({ name, limit, remaining, resetSeconds }) => ({
      name,
      limit,
      remaining,
      reset_seconds: resetSeconds,
    })),
    retry_after_seconds: record.retryAfterSeconds,
  };
}

/** ES2026, in Node since 22; TypeScript's library does not declare it yet. */
interface RawJson {
  rawJSON(text: string): unknown;
}

/** The exact digits as a JSON number: a detour through a binary double would lose some. */
function decimal(value: string | null): unknown {
  return value === null ? null : (JSON as unknown as RawJson).rawJSON(value);
}
