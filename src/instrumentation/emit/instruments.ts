/**
 * All metrics, one entry each: unit, buckets, the attributes that are allowed, and the values that one record gives.
 *
 * Nothing is recorded for what is not known. User, session, conversation and tags are on no metric: each person would be
 * a series. Requests that repeat another call's work (`restated`) or are not billed (`free`) give only rate limits, so
 * that these sums equal those of the ledger.
 */
import type { Attributes } from '@opentelemetry/api';
import type { RateLimit, TokenCounts, UsageRecord } from '@wiretally/usage';
import { ATTR, DURATION_BUCKETS, INFERENCE_OPERATIONS, METRIC, TOKEN_BUCKETS } from './semconv.ts';

/** A measured value, with the attributes that only this instrument has: the same object for the same attributes. */
export type Measurement = readonly [value: number, attributes?: Attributes];

export interface InstrumentDefinition {
  readonly name: string;
  readonly kind: 'counter' | 'histogram' | 'gauge';
  readonly unit: string;
  readonly description: string;
  readonly buckets?: readonly number[];
  /** `latest`, `v1.41`: names of the GenAI conventions. `own`: always there. */
  readonly scheme: 'latest' | 'v1.41' | 'own';
  /** Attributes of the record that it may carry; all others are left off. */
  readonly attributes: readonly string[];
  /** Also measures a completion: usage and cost that a later answer states of a call that was counted before. */
  readonly completes?: boolean;
  measure(record: UsageRecord): readonly Measurement[];
}

const NOTHING: readonly Measurement[] = [];

export const CONVENTION = [
  ATTR.operation,
  ATTR.provider,
  ATTR.requestModel,
  ATTR.responseModel,
  ATTR.serverAddress,
  ATTR.serverPort,
] as const;
const CONVENTION_WITH_ERROR = [...CONVENTION, ATTR.errorType];
const MODEL = [ATTR.provider, ATTR.requestModel, ATTR.responseModel];
const MODEL_AND_OPERATION = [...MODEL, ATTR.operation];

export const billed = (record: UsageRecord): boolean => record.kind === 'call';
export const isInference = (record: UsageRecord): boolean =>
  billed(record) && INFERENCE_OPERATIONS.has(record.operation);
const one = (value: number | null, attributes?: Attributes): readonly Measurement[] =>
  value === null ? NOTHING : [attributes === undefined ? [value] : [value, attributes]];
/** The same object for the same value, so that a series is found by it. Values are words of ours or of a provider file. */
const only = (name: string): ((value: string) => Attributes) => {
  const made = new Map<string, Attributes>();
  return (value) => {
    let attributes = made.get(value);
    if (attributes === undefined) {
      if (made.size >= MAX_KEPT) made.clear();
      attributes = { [name]: value };
      made.set(value, attributes);
    }
    return attributes;
  };
};
const MAX_KEPT = 200;
const modality = only(ATTR.tokenModality);
const tokenType = only(ATTR.tokenType);
const ownTokenType = only(ATTR.ownTokenType);
const costSource = only(ATTR.costSource);
const reason = only(ATTR.reason);
const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);

const duration = (name: string, scheme: 'latest' | 'v1.41', applies: (record: UsageRecord) => boolean) =>
  ({
    name,
    kind: 'histogram',
    unit: 's',
    description: 'Duration of the call, from its request to the end of its answer.',
    buckets: DURATION_BUCKETS,
    scheme,
    attributes: CONVENTION_WITH_ERROR,
    measure: (record) => (applies(record) ? one(seconds(record.durationMs)) : NOTHING),
  }) satisfies InstrumentDefinition;

const firstChunk = (name: string, scheme: 'latest' | 'v1.41', applies: (record: UsageRecord) => boolean) =>
  ({
    name,
    kind: 'histogram',
    unit: 's',
    description: 'Time from the request to the first chunk of a streamed answer.',
    buckets: DURATION_BUCKETS,
    scheme,
    attributes: CONVENTION,
    measure: (record) => (applies(record) && record.streamed ? one(seconds(record.timeToFirstChunkMs)) : NOTHING),
  }) satisfies InstrumentDefinition;

const usageCounter = (name: string, description: string, values: (tokens: TokenCounts) => readonly Measurement[]) =>
  ({
    name,
    kind: 'counter',
    unit: '{token}',
    description,
    scheme: 'latest',
    attributes: CONVENTION,
    completes: true,
    measure: (record) => (isInference(record) ? values(record.tokens) : NOTHING),
  }) satisfies InstrumentDefinition;

const operationTokens = (name: string, description: string, field: 'input' | 'output') =>
  ({
    name,
    kind: 'histogram',
    unit: '{token}',
    description,
    buckets: TOKEN_BUCKETS,
    scheme: 'latest',
    attributes: CONVENTION_WITH_ERROR,
    completes: true,
    measure: (record) => (isInference(record) ? one(billable(record.tokens, field)) : NOTHING),
  }) satisfies InstrumentDefinition;

const limits = new Map<string, Attributes>();

function limitAttributes({ name, window }: RateLimit): Attributes {
  const key = `${name}\0${window ?? ''}`;
  let attributes = limits.get(key);
  if (attributes === undefined) {
    if (limits.size >= MAX_KEPT) limits.clear();
    attributes = { [ATTR.limitName]: name, ...(window === null ? {} : { [ATTR.limitWindow]: window }) };
    limits.set(key, attributes);
  }
  return attributes;
}

const limitGauge = (
  name: string,
  unit: string,
  description: string,
  value: (limit: RateLimit, at: number) => number | null,
) =>
  ({
    name,
    kind: 'gauge',
    unit,
    description,
    scheme: 'own',
    attributes: [ATTR.provider, ATTR.requestModel, ATTR.credential],
    measure: (record) =>
      record.rateLimits.flatMap((limit) => one(value(limit, answeredAtSeconds(record)), limitAttributes(limit))),
  }) satisfies InstrumentDefinition;

export const INSTRUMENTS: readonly InstrumentDefinition[] = [
  duration(METRIC.inferenceDuration, 'latest', isInference),
  // One instrument in both schemes: `latest` keeps it for what is not inference (see `measuredBy`).
  duration(METRIC.operationDuration, 'v1.41', billed),
  firstChunk(METRIC.inferenceTimeToFirstChunk, 'latest', isInference),
  firstChunk(METRIC.operationTimeToFirstChunk, 'v1.41', billed),
  usageCounter(METRIC.usageInput, 'Input tokens, cached ones included.', (tokens) =>
    byModality(billable(tokens, 'input'), tokens.inputAudio, tokens.inputImage),
  ),
  usageCounter(METRIC.usageOutput, 'Output tokens, reasoning included.', (tokens) =>
    byModality(billable(tokens, 'output'), tokens.outputAudio, tokens.outputImage),
  ),
  usageCounter(METRIC.usageCacheRead, 'Input tokens read from a cache of the provider.', (tokens) =>
    byModality(tokens.cacheRead, tokens.cacheReadAudio, null),
  ),
  usageCounter(METRIC.usageCacheWrite, 'Input tokens written to a cache of the provider.', (tokens) =>
    byModality(tokens.cacheWrite, null, null),
  ),
  usageCounter(METRIC.usageReasoning, 'Output tokens spent on reasoning.', (tokens) =>
    byModality(tokens.reasoning, null, null),
  ),
  operationTokens(METRIC.operationInput, 'Input tokens of one call.', 'input'),
  operationTokens(METRIC.operationOutput, 'Output tokens of one call.', 'output'),
  {
    name: METRIC.tokenUsage,
    kind: 'histogram',
    unit: '{token}',
    description: 'Input and output tokens of one call.',
    buckets: TOKEN_BUCKETS,
    scheme: 'v1.41',
    attributes: CONVENTION,
    completes: true,
    measure: (record) =>
      billed(record)
        ? [
            ...one(billable(record.tokens, 'input'), tokenType('input')),
            ...one(billable(record.tokens, 'output'), tokenType('output')),
          ]
        : NOTHING,
  },
  {
    name: METRIC.calls,
    kind: 'counter',
    unit: '{call}',
    description: 'Attempts at billed work, failed ones included.',
    scheme: 'own',
    attributes: [...MODEL_AND_OPERATION, ATTR.serviceType, ATTR.errorType],
    measure: (record) => (billed(record) ? one(1) : NOTHING),
  },
  {
    name: METRIC.tokens,
    kind: 'counter',
    unit: '{token}',
    description: 'Tokens as the provider stated them; cache and reasoning are parts of input and output.',
    scheme: 'own',
    attributes: MODEL_AND_OPERATION,
    completes: true,
    measure: (record) => (billed(record) ? ownTokens(record.tokens) : NOTHING),
  },
  {
    name: METRIC.costUsd,
    kind: 'counter',
    // Braces: Prometheus appends a bare unit to the name (wiretally_cost_usd_USD_total).
    unit: '{USD}',
    description: 'What calls cost. The ledger has the exact decimal.',
    scheme: 'own',
    attributes: MODEL_AND_OPERATION,
    completes: true,
    measure: (record) =>
      billed(record) && record.costUsd !== null
        ? one(Number(record.costUsd), costSource(record.costSource ?? 'calculated'))
        : NOTHING,
  },
  {
    name: METRIC.unpriced,
    kind: 'counter',
    unit: '{call}',
    description: 'Calls of which the cost is not known.',
    scheme: 'own',
    attributes: MODEL,
    measure: (record) =>
      billed(record) && record.costUsd === null ? one(1, reason(record.unpricedReason ?? 'price-unknown')) : NOTHING,
  },
  {
    name: METRIC.unknownUsage,
    kind: 'counter',
    unit: '{call}',
    description: 'Calls of which the usage is not known.',
    scheme: 'own',
    attributes: MODEL,
    measure: (record) =>
      billed(record) && record.usageSource === 'missing'
        ? one(1, reason(record.usageMissingReason ?? 'not-stated'))
        : NOTHING,
  },
  {
    name: METRIC.retries,
    kind: 'counter',
    unit: '{attempt}',
    description: 'Attempts that repeat an earlier one, where the client says so.',
    scheme: 'own',
    attributes: MODEL,
    measure: (record) => (billed(record) && (record.retryCount ?? 0) > 0 ? one(1) : NOTHING),
  },
  limitGauge(METRIC.rateLimit, '{limit}', 'The limit that the last answer stated.', (limit) => limit.limit),
  limitGauge(
    METRIC.rateLimitRemaining,
    '{limit}',
    'What the last answer said is left of a limit.',
    (limit) => limit.remaining,
  ),
  limitGauge(METRIC.rateLimitReset, 's', 'When a limit is full again, seconds since the epoch.', (limit, at) =>
    limit.resetAtMs === null ? (limit.resetSeconds === null ? null : at + limit.resetSeconds) : limit.resetAtMs / 1000,
  ),
  limitGauge(
    METRIC.rateLimitObserved,
    's',
    'When a limit was last stated, seconds since the epoch.',
    (_limit, at) => at,
  ),
  {
    name: METRIC.rateLimitDropped,
    kind: 'counter',
    unit: '{header}',
    description: 'Headers of limits that stated something absurd and were not read.',
    scheme: 'own',
    attributes: [ATTR.provider],
    measure: (record) => one(record.droppedLimits ?? null),
  },
  {
    name: METRIC.batchLinesDropped,
    kind: 'counter',
    unit: '{line}',
    description: "Lines of batches' result files that were not read, at least: the file was cut, or is too long.",
    scheme: 'own',
    attributes: [ATTR.provider],
    measure: (record) => one(record.droppedLines ?? null),
  },
];

/** Whether an instrument speaks of this record under the names that were chosen. */
export function measuredBy(
  definition: InstrumentDefinition,
  names: { readonly latest: boolean; readonly v141: boolean },
  record: UsageRecord,
): boolean {
  if (definition.scheme === 'own') return true;
  if (definition.scheme === 'latest') return names.latest;
  // `latest` without v1.41 keeps the old duration for operations that are not inference.
  return names.v141 || (definition.name === METRIC.operationDuration && !INFERENCE_OPERATIONS.has(record.operation));
}

/** Where a provider states both, the conventions count the billable tokens (a MUST). */
function billable(tokens: TokenCounts, field: 'input' | 'output'): number | null {
  return field === 'input' ? (tokens.billedInput ?? tokens.input) : (tokens.billedOutput ?? tokens.output);
}

/**
 * A count split by modality as far as the provider splits it. What is left is text only where both audio and image are
 * stated: elsewhere images hide in it.
 */
function byModality(total: number | null, audio: number | null, image: number | null): readonly Measurement[] {
  if (total === null) return NOTHING;
  const rest = Math.max(0, total - (audio ?? 0) - (image ?? 0));
  const measurements: Measurement[] = [];
  if (audio !== null && audio > 0) measurements.push([audio, modality('audio')]);
  if (image !== null && image > 0) measurements.push([image, modality('image')]);
  if (rest > 0 || measurements.length === 0)
    measurements.push([rest, modality(audio !== null && image !== null ? 'text' : 'unknown')]);
  return measurements;
}

function ownTokens(tokens: TokenCounts): readonly Measurement[] {
  return [
    ...one(tokens.input, ownTokenType('input')),
    ...one(tokens.output, ownTokenType('output')),
    ...one(tokens.cacheRead, ownTokenType('cache_read')),
    ...one(tokens.cacheWrite, ownTokenType('cache_write')),
    ...one(tokens.reasoning, ownTokenType('reasoning')),
  ];
}

function answeredAtSeconds(record: UsageRecord): number {
  return (record.timeUnixMicros / 1000 + (record.durationMs ?? 0)) / 1000;
}
