/**
 * The ledger's wire format: a UsageRecord as attributes of an OpenTelemetry log record whose event name is
 * `wiretally.call`. GenAI names where they exist (semantic-conventions-genai, state of 2026-11-22), `wiretally.*` for
 * the rest. Null fields are left out. The resource carries service.name, service.version and
 * deployment.environment.name; the log record its own time, trace id and span id.
 */
import { NO_MODIFIERS, NO_TOKENS, NOTHING_STATED } from './record.ts';
import type { PriceModifiers, TokenCounts, UsageRecord } from './record.ts';

export const CALL_EVENT_NAME = 'wiretally.call';
export const RECORD_SCHEMA_VERSION = 1;

export type AttributeValue = string | number | boolean | readonly string[];
export type Attributes = Record<string, AttributeValue>;

type Kind = 'string' | 'int' | 'double' | 'boolean' | 'strings' | 'json';
type Section = 'record' | 'tokens' | 'modifiers';

interface Mapping {
  readonly attribute: string;
  readonly section: Section;
  readonly field: string;
  readonly kind: Kind;
}

const record = (field: keyof UsageRecord, attribute: string, kind: Kind = 'string'): Mapping => ({
  attribute,
  section: 'record',
  field,
  kind,
});
const tokens = (field: keyof TokenCounts, attribute: string): Mapping => ({
  attribute,
  section: 'tokens',
  field,
  kind: 'int',
});
const modifier = (field: keyof PriceModifiers, attribute: string, kind: Kind = 'string'): Mapping => ({
  attribute,
  section: 'modifiers',
  field,
  kind,
});

/** Every field that travels as an attribute, once. */
export const RECORD_ATTRIBUTES: readonly Mapping[] = [
  record('id', 'wiretally.record.id'),
  record('source', 'wiretally.record.source'),
  record('kind', 'wiretally.call.kind'),
  record('provider', 'gen_ai.provider.name'),
  record('upstreamProvider', 'wiretally.upstream_provider'),
  record('operation', 'gen_ai.operation.name'),
  record('serviceType', 'wiretally.service_type'),
  record('streamed', 'gen_ai.request.stream', 'boolean'),
  record('requestModel', 'gen_ai.request.model'),
  record('responseModel', 'gen_ai.response.model'),
  record('host', 'server.address'),
  record('port', 'server.port', 'int'),
  tokens('input', 'gen_ai.usage.input_tokens'),
  tokens('output', 'gen_ai.usage.output_tokens'),
  tokens('total', 'wiretally.usage.total_tokens'),
  tokens('cacheRead', 'gen_ai.usage.cache_read.input_tokens'),
  tokens('cacheWrite', 'gen_ai.usage.cache_write.input_tokens'),
  tokens('cacheWrite1h', 'wiretally.usage.cache_write_1h.input_tokens'),
  tokens('reasoning', 'gen_ai.usage.reasoning.output_tokens'),
  tokens('inputAudio', 'gen_ai.usage.audio.input_tokens'),
  tokens('inputImage', 'gen_ai.usage.image.input_tokens'),
  tokens('inputVideo', 'wiretally.usage.video.input_tokens'),
  tokens('outputAudio', 'gen_ai.usage.audio.output_tokens'),
  tokens('outputImage', 'gen_ai.usage.image.output_tokens'),
  tokens('outputVideo', 'wiretally.usage.video.output_tokens'),
  tokens('cacheReadAudio', 'gen_ai.usage.audio.cache_read.input_tokens'),
  tokens('billedInput', 'wiretally.usage.billed_input_tokens'),
  tokens('billedOutput', 'wiretally.usage.billed_output_tokens'),
  record('units', 'wiretally.usage.units', 'json'),
  record('parts', 'wiretally.usage.parts', 'json'),
  record('usageSource', 'wiretally.usage.source'),
  record('usageMissingReason', 'wiretally.usage.missing_reason'),
  modifier('serviceTier', 'wiretally.service_tier'),
  modifier('region', 'wiretally.region'),
  modifier('inferenceGeo', 'wiretally.inference_geo'),
  modifier('speed', 'wiretally.speed'),
  modifier('size', 'wiretally.size'),
  modifier('quality', 'wiretally.quality'),
  modifier('audio', 'wiretally.audio', 'boolean'),
  record('finishReasons', 'gen_ai.response.finish_reasons', 'strings'),
  record('status', 'http.response.status_code', 'int'),
  record('errorType', 'error.type'),
  record('errorClass', 'wiretally.error.class'),
  record('responseId', 'gen_ai.response.id'),
  record('resultsId', 'wiretally.batch.results_id'),
  record('requestId', 'wiretally.request_id'),
  record('rateLimits', 'wiretally.rate_limits', 'json'),
  record('retryAfterSeconds', 'wiretally.retry_after_seconds', 'double'),
  record('retryCount', 'wiretally.retry_count', 'int'),
  record('attemptGroup', 'wiretally.attempt_group'),
  record('costReportedUsd', 'wiretally.cost.reported_usd'),
  record('costCalculatedUsd', 'wiretally.cost.calculated_usd'),
  record('costUpstreamUsd', 'wiretally.cost.upstream_usd'),
  record('costUsd', 'wiretally.cost.usd'),
  record('costSource', 'wiretally.cost.source'),
  record('priceCard', 'wiretally.cost.price_card'),
  record('unpricedReason', 'wiretally.cost.unpriced_reason'),
  record('zeroReason', 'wiretally.cost.zero_reason'),
  record('durationMs', 'wiretally.duration_ms', 'double'),
  record('timeToFirstChunkMs', 'wiretally.time_to_first_chunk_ms', 'double'),
  record('requestUser', 'wiretally.request_user'),
  record('userId', 'user.id'),
  record('chatId', 'gen_ai.conversation.id'),
  record('sessionId', 'session.id'),
  record('tags', 'wiretally.tags', 'json'),
  record('credential', 'wiretally.credential'),
];

const MAPPING_BY_ATTRIBUTE = new Map(RECORD_ATTRIBUTES.map((mapping) => [mapping.attribute, mapping]));

/** Fields that do not travel as attributes of the log record: the log record and its resource have them. */
export interface RecordEnvelope {
  readonly timeUnixMicros: number;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly serviceName: string | null;
  readonly serviceVersion: string | null;
  readonly environment: string | null;
}

export const SCHEMA_VERSION_ATTRIBUTE = 'wiretally.record.schema_version';

/**
 * Beside the record, not part of it: the rate card that `wiretally.cost.price_card` names, as `cardDefinition` writes it.
 * A process sends it with the first record that was priced by the card, and again now and then.
 */
export const PRICE_CARD_DEFINITION_ATTRIBUTE = 'wiretally.cost.price_card_definition';

export function recordToAttributes(value: UsageRecord): Attributes {
  const attributes: Attributes = { [SCHEMA_VERSION_ATTRIBUTE]: RECORD_SCHEMA_VERSION };
  for (const mapping of RECORD_ATTRIBUTES) {
    const section = mapping.section === 'record' ? value : value[mapping.section];
    const field = (section as unknown as Record<string, unknown>)[mapping.field];
    if (field === null || field === undefined) continue;
    if (mapping.kind === 'json') {
      if (typeof field === 'object' && Object.keys(field).length > 0)
        attributes[mapping.attribute] = JSON.stringify(field);
    } else if (mapping.kind === 'strings') {
      if ((field as readonly string[]).length > 0) attributes[mapping.attribute] = field as readonly string[];
    } else {
      attributes[mapping.attribute] = field as AttributeValue;
    }
  }
  return attributes;
}

const EMPTY: Omit<UsageRecord, keyof RecordEnvelope> = {
  ...NOTHING_STATED,
  id: '',
  source: 'wire',
  provider: '',
  operation: 'other',
  serviceType: 'other',
  host: '',
  port: null,
  usageMissingReason: null,
  costCalculatedUsd: null,
  costUsd: null,
  costSource: null,
  priceCard: null,
  unpricedReason: null,
  zeroReason: null,
  durationMs: null,
  timeToFirstChunkMs: null,
  userId: null,
  chatId: null,
  sessionId: null,
  tags: {},
  credential: null,
};

/**
 * Reads a record back. Values of the wrong type are left out, since what arrives over the network is `unknown`;
 * attributes that no field claims are returned apart, so that records of a later schema keep them.
 */
export function attributesToRecord(
  attributes: Readonly<Record<string, unknown>>,
  envelope: RecordEnvelope,
): { record: UsageRecord; unknown: Record<string, unknown> } {
  const sections = {
    record: { ...EMPTY } as Record<string, unknown>,
    tokens: { ...NO_TOKENS } as Record<string, unknown>,
    modifiers: { ...NO_MODIFIERS } as Record<string, unknown>,
  };
  // Without a prototype: names come from outside.
  const unknown = Object.create(null) as Record<string, unknown>;
  // By what is there: a third of the time of asking for each field.
  for (const name of Object.keys(attributes)) {
    const mapping = MAPPING_BY_ATTRIBUTE.get(name);
    if (mapping === undefined) {
      if (name !== SCHEMA_VERSION_ATTRIBUTE) unknown[name] = attributes[name];
      continue;
    }
    const value = narrow(attributes[name], mapping.kind);
    if (value !== undefined) sections[mapping.section][mapping.field] = value;
  }
  const merged = { ...sections.record, tokens: sections.tokens, modifiers: sections.modifiers, ...envelope };
  return { record: merged as unknown as UsageRecord, unknown };
}

function narrow(value: unknown, kind: Kind): unknown {
  switch (kind) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'int':
      return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
    case 'double':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    case 'strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
    case 'json':
      return typeof value === 'string' ? parseObject(value) : undefined;
  }
}

function parseObject(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
