/** The columns of `calls` that are copied, in the order of COPY, each with its value of a record. */
import type { TokenCounts, Unit, Units, UsageRecord } from '@wiretally/usage';
import { cleanJson, cleanText, isEmpty } from './clean-text.ts';
import { normaliseDecimal } from './decimal.ts';

/** Longest text kept, in characters: beyond it, a value is noise or an attack. */
const MAX_TEXT = 1000;
/** Longest JSON of one column; a record with more is refused. */
export const MAX_JSON = 65_536;

type Value = (record: UsageRecord) => string | null;

const text =
  (read: (record: UsageRecord) => string | null): Value =>
  (record) => {
    const value = read(record);
    return value === null ? null : cleanText(value, MAX_TEXT);
  };
const number =
  (read: (record: UsageRecord) => number | null): Value =>
  (record) => {
    const value = read(record);
    return value === null ? null : String(value);
  };
const micros = (read: (record: UsageRecord) => number | null): Value =>
  number((record) => {
    const milliseconds = read(record);
    return milliseconds === null ? null : Math.round(milliseconds * 1000);
  });
/** Objects and lists; empty ones are not stored. */
const json =
  (read: (record: UsageRecord) => object): Value =>
  (record) => {
    const value = read(record);
    return isEmpty(value) ? null : cleanJson(value);
  };

/** Token counts that have no column of their own. */
export const TOKEN_DETAILS = [
  'cacheWrite1h',
  'inputAudio',
  'inputImage',
  'inputVideo',
  'outputAudio',
  'outputImage',
  'outputVideo',
  'cacheReadAudio',
] as const satisfies readonly (keyof TokenCounts)[];

/** JSON of the fields that are not null. */
const statedOnly =
  <T extends object>(read: (record: UsageRecord) => T, keys: readonly (keyof T)[]): Value =>
  (record) => {
    const value = read(record);
    let stated: Partial<T> | null = null;
    for (const key of keys) {
      if (value[key] === null || value[key] === undefined) continue;
      stated ??= {};
      stated[key] = value[key];
    }
    return stated === null ? null : cleanJson(stated);
  };

/** A millionth is enough of a second, and what rollups can sum exactly. */
function roundUnits(units: Units): Record<string, number> {
  const rounded: Record<string, number> = {};
  for (const unit in units) rounded[unit] = Math.round((units[unit as Unit] ?? 0) * 1e6) / 1e6;
  return rounded;
}

const money =
  (read: (record: UsageRecord) => string | null): Value =>
  (record) => {
    const value = read(record);
    return value === null ? null : normaliseDecimal(value);
  };

/** All but the time, the id, the rollup key and what is derived; see prepare-call.ts. */
export const RECORD_COLUMNS: readonly (readonly [column: string, value: Value])[] = [
  ['kind', text((record) => record.kind)],
  ['source', text((record) => record.source)],
  ['provider', text((record) => record.provider)],
  ['upstream_provider', text((record) => record.upstreamProvider)],
  ['operation', text((record) => record.operation)],
  ['service_type', text((record) => record.serviceType)],
  ['streamed', (record) => (record.streamed ? 't' : 'f')],
  ['request_model', text((record) => record.requestModel)],
  ['response_model', text((record) => record.responseModel)],
  ['host', text((record) => record.host)],
  ['port', number((record) => record.port)],
  ['input_tokens', number((record) => record.tokens.input)],
  ['output_tokens', number((record) => record.tokens.output)],
  ['total_tokens', number((record) => record.tokens.total)],
  ['cache_read_tokens', number((record) => record.tokens.cacheRead)],
  ['cache_write_tokens', number((record) => record.tokens.cacheWrite)],
  ['reasoning_tokens', number((record) => record.tokens.reasoning)],
  ['billed_input_tokens', number((record) => record.tokens.billedInput)],
  ['billed_output_tokens', number((record) => record.tokens.billedOutput)],
  ['token_details', statedOnly((record) => record.tokens, TOKEN_DETAILS)],
  ['units', json((record) => roundUnits(record.units))],
  ['parts', json((record) => record.parts)],
  [
    'modifiers',
    statedOnly(
      (record) => record.modifiers,
      ['serviceTier', 'region', 'inferenceGeo', 'speed', 'size', 'quality', 'audio'],
    ),
  ],
  ['usage_source', text((record) => record.usageSource)],
  ['usage_missing_reason', text((record) => record.usageMissingReason)],
  ['finish_reasons', json((record) => record.finishReasons)],
  ['status', number((record) => record.status)],
  ['error_type', text((record) => record.errorType)],
  ['error_class', text((record) => record.errorClass)],
  ['response_id', text((record) => record.responseId)],
  ['request_id', text((record) => record.requestId)],
  ['rate_limits', json((record) => record.rateLimits)],
  ['retry_after_seconds', number((record) => record.retryAfterSeconds)],
  ['retry_count', number((record) => record.retryCount)],
  ['attempt_group', text((record) => record.attemptGroup)],
  ['cost_usd', money((record) => record.costUsd)],
  ['cost_reported_usd', money((record) => record.costReportedUsd)],
  ['cost_calculated_usd', money((record) => record.costCalculatedUsd)],
  ['cost_upstream_usd', money((record) => record.costUpstreamUsd)],
  ['cost_source', text((record) => record.costSource)],
  ['price_card', text((record) => record.priceCard)],
  ['unpriced_reason', text((record) => record.unpricedReason)],
  ['zero_reason', text((record) => record.zeroReason)],
  ['duration_us', micros((record) => record.durationMs)],
  ['time_to_first_chunk_us', micros((record) => record.timeToFirstChunkMs)],
  ['request_user', text((record) => record.requestUser)],
  ['user_id', text((record) => record.userId)],
  ['chat_id', text((record) => record.chatId)],
  ['session_id', text((record) => record.sessionId)],
  ['tags', json((record) => record.tags)],
  ['credential', text((record) => record.credential)],
  ['service_name', text((record) => record.serviceName)],
  ['service_version', text((record) => record.serviceVersion)],
  ['environment', text((record) => record.environment)],
  ['trace_id', text((record) => record.traceId)],
  ['span_id', text((record) => record.spanId)],
];
