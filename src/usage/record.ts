/**
 * The one vocabulary that capture, read, price, emit, receive, store and report speak.
 *
 * Rules: `null` means "not stated", never 0. Names carry their unit. Times are UTC. Money is a decimal string in USD
 * (at least 12 fraction digits can be kept), because binary floating point cannot be summed exactly.
 */

/** Which requests become records, and whether they count in sums. `admin` is off by default. */
export type CallKind = 'call' | 'restated' | 'free' | 'admin';

/**
 * What was asked for. The GenAI conventions' `gen_ai.operation.name` where they have one (`chat`, `generate_content`,
 * `text_completion`, `embeddings`), names of ours for the rest.
 */
export type Operation =
  | 'chat'
  | 'generate_content'
  | 'text_completion'
  | 'embeddings'
  | 'rerank'
  | 'image'
  | 'video'
  | 'speech'
  | 'transcription'
  | 'moderation'
  | 'ocr'
  | 'search'
  | 'realtime'
  | 'batch'
  | 'count_tokens'
  | 'retrieve'
  | 'admin'
  | 'other';

/** How users of the reports name what was bought. */
export type ServiceType =
  'text' | 'image' | 'video' | 'speech' | 'transcription' | 'embedding' | 'rerank' | 'search' | 'moderation' | 'other';

/** What a call of that service is, where nobody says it more exactly. */
export const OPERATION_OF_SERVICE: Readonly<Record<ServiceType, Operation>> = {
  text: 'chat',
  image: 'image',
  video: 'video',
  speech: 'speech',
  transcription: 'transcription',
  embedding: 'embeddings',
  rerank: 'rerank',
  search: 'search',
  moderation: 'moderation',
  other: 'other',
};

/** Where the token counts and units come from. */
export type UsageSource = 'body' | 'stream-final' | 'stream-last-seen' | 'header' | 'request' | 'missing';

/** Why `usageSource` is `missing`. A closed list, so that it can be a metric attribute. */
export type UsageMissingReason =
  | 'error-response'
  | 'aborted'
  | 'connection'
  | 'truncated'
  | 'not-requested' // an OpenAI-like stream without `stream_options.include_usage`
  | 'not-stated'
  | 'pending' // stated later, by a poll or a batch result
  | 'not-parsable'
  | 'body-not-seen'
  | 'overload'
  | 'reader-failed';

/** Classes of failure that mean the same at every provider. */
export type ErrorClass =
  | 'rate_limit'
  | 'quota'
  | 'auth'
  | 'permission'
  | 'not_found'
  | 'invalid_request'
  | 'content_filter'
  | 'overloaded'
  | 'server'
  | 'timeout'
  | 'aborted'
  | 'connection'
  | 'other';

/** Units that are not tokens. */
export type Unit =
  | 'images'
  | 'video_seconds'
  | 'audio_seconds'
  | 'characters'
  | 'searches'
  | 'fetches'
  | 'pages'
  | 'search_units'
  | 'requests'
  | 'tool_calls'
  | 'compute_seconds';

/**
 * Token counts. `input` includes cache reads and writes, `output` includes reasoning: the others are subsets, whatever
 * the provider's own arithmetic is.
 */
export interface TokenCounts {
  readonly input: number | null;
  readonly output: number | null;
  /** The provider's own total if stated, else the sum of the parts that apply to the operation. */
  readonly total: number | null;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
  /** The part of `cacheWrite` that is kept for one hour and has its own price (Anthropic). */
  readonly cacheWrite1h: number | null;
  readonly reasoning: number | null;
  readonly inputAudio: number | null;
  readonly inputImage: number | null;
  readonly inputVideo: number | null;
  readonly outputAudio: number | null;
  readonly outputImage: number | null;
  readonly outputVideo: number | null;
  readonly cacheReadAudio: number | null;
  /** What is billed where it differs from what was processed (Cohere `billed_units`). */
  readonly billedInput: number | null;
  readonly billedOutput: number | null;
}

export const NO_TOKENS: TokenCounts = {
  input: null,
  output: null,
  total: null,
  cacheRead: null,
  cacheWrite: null,
  cacheWrite1h: null,
  reasoning: null,
  inputAudio: null,
  inputImage: null,
  inputVideo: null,
  outputAudio: null,
  outputImage: null,
  outputVideo: null,
  cacheReadAudio: null,
  billedInput: null,
  billedOutput: null,
};

export type Units = Readonly<Partial<Record<Unit, number>>>;

/** A piece of one answer that is priced on its own: another model, an iteration, a server tool. */
export interface UsagePart {
  readonly kind: string;
  /** The request's own id within a batch (`custom_id`): with the batch's id it names the line. Absent elsewhere. */
  readonly id?: string;
  /** A batch's line: the id of the answer within it. */
  readonly responseId?: string;
  readonly model: string | null;
  readonly tokens: TokenCounts;
  readonly units: Units;
}

/** What changes a price besides the counts. Each as the provider states it, lower case. */
export interface PriceModifiers {
  /** The tier that served the call: `default`, `standard`, `flex`, `priority`, `batch`, … */
  readonly serviceTier: string | null;
  readonly region: string | null;
  /** Anthropic `inference_geo`. */
  readonly inferenceGeo: string | null;
  /** Anthropic `speed`. */
  readonly speed: string | null;
  /** Image size or video resolution as asked for (`1024x1024`, `1080p`). */
  readonly size: string | null;
  readonly quality: string | null;
  /** Video with generated sound has its own price (Veo). */
  readonly audio: boolean | null;
}

export const NO_MODIFIERS: PriceModifiers = {
  serviceTier: null,
  region: null,
  inferenceGeo: null,
  speed: null,
  size: null,
  quality: null,
  audio: null,
};

/** One limit as an answer's headers (or a realtime event) stated it. */
export interface RateLimit {
  /** `requests`, `tokens`, `input_tokens`, `output_tokens`, `images`, `audio_seconds`, … */
  readonly name: string;
  /** `second`, `minute`, `hour`, `day`, `month`, `5h`, `7d`, …; null where the provider does not name it. */
  readonly window: string | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Seconds from the answer until the limit is full again. */
  readonly resetSeconds: number | null;
  /** The same as a moment, epoch milliseconds. */
  readonly resetAtMs: number | null;
}

/** What a provider's reader finds in one exchange. Pure data; knows neither clock nor caller. */
export interface Reading {
  /** OpenTelemetry's provider name (`openai`, `gcp.gemini`, `aws.bedrock`, …). */
  readonly provider: string;
  /** The provider behind a router, where it says so. */
  readonly upstreamProvider: string | null;
  readonly kind: CallKind;
  readonly operation: Operation;
  readonly serviceType: ServiceType;
  readonly streamed: boolean;
  readonly requestModel: string | null;
  readonly responseModel: string | null;
  readonly tokens: TokenCounts;
  readonly units: Units;
  readonly parts: readonly UsagePart[];
  readonly modifiers: PriceModifiers;
  readonly usageSource: UsageSource;
  readonly usageMissingReason: UsageMissingReason | null;
  readonly finishReasons: readonly string[];
  /** HTTP status; null where no answer came. */
  readonly status: number | null;
  /** The provider's error code or type, or a low-cardinality class (`429`, `timeout`, `aborted`); null on success. */
  readonly errorType: string | null;
  readonly errorClass: ErrorClass | null;
  readonly responseId: string | null;
  /** A batch: the file that has the results, where its id is not the batch's own. With it a line's result is known. */
  readonly resultsId?: string;
  readonly requestId: string | null;
  readonly rateLimits: readonly RateLimit[];
  /** How many headers of limits stated something absurd (-1, 9.2e18) and are not in `rateLimits`; absent: none. */
  readonly droppedLimits?: number;
  /** How many lines of a batch's results were not read, at least; absent: none. */
  readonly droppedLines?: number;
  readonly retryAfterSeconds: number | null;
  /** Cost as the provider stated it, decimal USD. */
  readonly costReportedUsd: string | null;
  /** What the router paid upstream, where `costReportedUsd` is only its fee (own keys). */
  readonly costUpstreamUsd: string | null;
  /** The end user as the request's own field names them (`user`, `safety_identifier`, `metadata.user_id`). */
  readonly requestUser: string | null;
  /** `x-stainless-retry-count`; null where the client does not tell. */
  readonly retryCount: number | null;
  /** Groups the attempts of one logical call, where the client tells (idempotency key). */
  readonly attemptGroup: string | null;
}

/** A reading in which nothing was stated: whoever builds one by hand names what it knows on top of it. */
export const NOTHING_STATED: Omit<Reading, 'provider' | 'operation' | 'serviceType'> = {
  upstreamProvider: null,
  kind: 'call',
  streamed: false,
  requestModel: null,
  responseModel: null,
  tokens: NO_TOKENS,
  units: {},
  parts: [],
  modifiers: NO_MODIFIERS,
  usageSource: 'missing',
  usageMissingReason: 'not-stated',
  finishReasons: [],
  status: null,
  errorType: null,
  errorClass: null,
  responseId: null,
  requestId: null,
  rateLimits: [],
  retryAfterSeconds: null,
  costReportedUsd: null,
  costUpstreamUsd: null,
  requestUser: null,
  retryCount: null,
  attemptGroup: null,
};

/** `provider`: stated by the provider. `calculated`: from a rate card. `user`: from the user's own forced price. */
export type CostSource = 'provider' | 'calculated' | 'user';

/** Why there is no cost. A closed list, so that it can be a metric attribute. */
export type UnpricedReason =
  | 'usage-missing'
  | 'model-unknown'
  | 'model-not-stated'
  | 'price-unknown'
  | 'unit-unpriced'
  | 'tier-unpriced'
  | 'not-billed-here' // restated or admin
  | 'pricing-failed';

/** What a call cost, and how we know. */
export interface Pricing {
  /** Reported, calculated and effective cost side by side; decimal USD. */
  readonly costReportedUsd: string | null;
  readonly costCalculatedUsd: string | null;
  readonly costUsd: string | null;
  readonly costSource: CostSource | null;
  /** sha256 of the canonical rate card; see prices/. */
  readonly priceCard: string | null;
  readonly unpricedReason: UnpricedReason | null;
  /** The positive reason of a zero: `free-model`, `free-operation`, `reported-zero`, `local`, `in-lines`. */
  readonly zeroReason: string | null;
}

/** Who made the call. Personal: never a metric attribute. */
export interface Caller {
  readonly userId: string | null;
  readonly chatId: string | null;
  readonly sessionId: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Salted short hash of the API key; only where asked for. */
  readonly credential: string | null;
}

/** One record an attempt. */
export interface UsageRecord extends Reading, Pricing, Caller {
  /** UUIDv7, made at capture; the idempotency key of delivery. */
  readonly id: string;
  /** When the request began: microseconds since the epoch, an integer. Part of the ledger's unique key. */
  readonly timeUnixMicros: number;
  /** Server address without port. */
  readonly host: string;
  readonly port: number | null;
  readonly durationMs: number | null;
  readonly timeToFirstChunkMs: number | null;
  readonly serviceName: string | null;
  readonly serviceVersion: string | null;
  readonly environment: string | null;
  readonly traceId: string | null;
  readonly spanId: string | null;
  /** `wire`: seen by a hook. `code`: `recordUsage()`/`logRequest()`. `api`, `insert`, `import`: written to the ledger. */
  readonly source: 'wire' | 'code' | 'api' | 'insert' | 'import';
}
