/**
 * Every OpenTelemetry name that we emit, once.
 *
 * `latest` follows open-telemetry/semantic-conventions-genai at commit 066d4a7f356f8600de6f10c42874626ab88692fb
 * (`model/gen-ai/metrics.yaml`, `token-metrics.yaml`; all in development, no package with constants exists). `v1.41` is
 * the last state of the main semantic-conventions repository, which most dashboards still ask for. We deviate from
 * `latest` in one thing: its usage counters want a 0 where no usage was received; we record nothing, since unknown is
 * not 0.
 */

export type SemconvScheme = 'latest' | 'v1.41' | 'dup';

export const SEMCONV_COMMIT = '066d4a7f356f8600de6f10c42874626ab88692fb';

/** @returns which of the two sets of names a scheme asks for. */
export function schemeNames(scheme: SemconvScheme): { readonly latest: boolean; readonly v141: boolean } {
  return { latest: scheme !== 'v1.41', v141: scheme !== 'latest' };
}

/** Attributes of spans and metrics. Those of the ledger record are in `@wiretally/usage`. */
export const ATTR = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  errorType: 'error.type',
  tokenType: 'gen_ai.token.type',
  tokenModality: 'gen_ai.token.modality',
  // Spans only.
  requestStream: 'gen_ai.request.stream',
  responseId: 'gen_ai.response.id',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  conversationId: 'gen_ai.conversation.id',
  userId: 'user.id',
  sessionId: 'session.id',
  httpStatus: 'http.response.status_code',
  retryCount: 'http.request.resend_count',
  // Ours.
  serviceType: 'wiretally.service_type',
  callKind: 'wiretally.call.kind',
  recordId: 'wiretally.record.id',
  usageSource: 'wiretally.usage.source',
  usageMissingReason: 'wiretally.usage.missing_reason',
  costUsd: 'wiretally.cost.usd',
  costSource: 'wiretally.cost.source',
  unpricedReason: 'wiretally.cost.unpriced_reason',
  ownTokenType: 'wiretally.token.type',
  reason: 'wiretally.reason',
  limitName: 'wiretally.rate_limit.name',
  limitWindow: 'wiretally.rate_limit.window',
  credential: 'wiretally.credential',
} as const;

/** Token counts on spans that both schemes name alike. */
export const USAGE_ATTR = {
  input: 'gen_ai.usage.input_tokens',
  output: 'gen_ai.usage.output_tokens',
  cacheRead: 'gen_ai.usage.cache_read.input_tokens',
  reasoning: 'gen_ai.usage.reasoning.output_tokens',
  inputAudio: 'gen_ai.usage.audio.input_tokens',
  inputImage: 'gen_ai.usage.image.input_tokens',
  outputAudio: 'gen_ai.usage.audio.output_tokens',
  outputImage: 'gen_ai.usage.image.output_tokens',
  cacheReadAudio: 'gen_ai.usage.audio.cache_read.input_tokens',
} as const;

/** The one usage attribute that was renamed. */
export const CACHE_WRITE_ATTR = {
  latest: 'gen_ai.usage.cache_write.input_tokens',
  'v1.41': 'gen_ai.usage.cache_creation.input_tokens',
} as const;

/** What was said: on spans as JSON, on events structured. `wiretally.` where the conventions have no word. */
export const CONTENT_ATTR = {
  systemInstructions: 'gen_ai.system_instructions',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  truncated: 'wiretally.content.truncated',
} as const;

/** The event of a call that carries what was said; nothing else is emitted under it. */
export const CONTENT_EVENT = 'gen_ai.client.inference.operation.details';

export const METRIC = {
  // latest
  inferenceDuration: 'gen_ai.client.inference.duration',
  inferenceTimeToFirstChunk: 'gen_ai.client.inference.time_to_first_chunk',
  inferenceTimePerOutputChunk: 'gen_ai.client.inference.time_per_output_chunk',
  usageInput: 'gen_ai.client.inference.usage.input_tokens',
  usageOutput: 'gen_ai.client.inference.usage.output_tokens',
  usageCacheRead: 'gen_ai.client.inference.usage.cache_read.input_tokens',
  usageCacheWrite: 'gen_ai.client.inference.usage.cache_write.input_tokens',
  usageReasoning: 'gen_ai.client.inference.usage.reasoning.output_tokens',
  operationInput: 'gen_ai.client.inference.operation.input_tokens',
  operationOutput: 'gen_ai.client.inference.operation.output_tokens',
  // v1.41; the duration stays in `latest` for operations that are not inference
  operationDuration: 'gen_ai.client.operation.duration',
  operationTimeToFirstChunk: 'gen_ai.client.operation.time_to_first_chunk',
  operationTimePerOutputChunk: 'gen_ai.client.operation.time_per_output_chunk',
  tokenUsage: 'gen_ai.client.token.usage',
  // ours, stable
  calls: 'wiretally.calls',
  tokens: 'wiretally.tokens',
  costUsd: 'wiretally.cost.usd',
  unpriced: 'wiretally.calls.unpriced',
  unknownUsage: 'wiretally.calls.unknown_usage',
  rateLimit: 'wiretally.rate_limit.limit',
  rateLimitRemaining: 'wiretally.rate_limit.remaining',
  rateLimitReset: 'wiretally.rate_limit.reset.timestamp',
  rateLimitObserved: 'wiretally.rate_limit.observed.timestamp',
  rateLimitDropped: 'wiretally.rate_limit.dropped',
  batchLinesDropped: 'wiretally.batch_lines.dropped',
  retries: 'wiretally.retries',
  captureSeen: 'wiretally.capture.seen',
  captureEmitted: 'wiretally.capture.emitted',
  captureDropped: 'wiretally.capture.dropped',
  captureErrors: 'wiretally.capture.errors',
  captureInFlight: 'wiretally.capture.in_flight',
} as const;

/** Operations that `latest` counts as inference; the others keep `gen_ai.client.operation.duration`. */
export const INFERENCE_OPERATIONS: ReadonlySet<string> = new Set(['chat', 'generate_content', 'text_completion']);

/** Seconds: 0.01 × 2ⁿ. */
export const DURATION_BUCKETS: readonly number[] = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];

/** Tokens: 4ⁿ. */
export const TOKEN_BUCKETS: readonly number[] = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];

export const INSTRUMENTATION_NAME = '@wiretally/instrumentation';
