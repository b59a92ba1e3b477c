/** What a dialect gathers while it looks at the parts of an answer, before it becomes a Reading. */
import type { JsonObject } from '../body/fields.ts';
import { object } from '../body/fields.ts';
import type { RequestFields } from '../body/request-fields.ts';
import type { Framing } from '../framing/body-parts.ts';
import type {
  CallKind,
  Operation,
  RateLimit,
  ServiceType,
  TokenCounts,
  Unit,
  UsagePart,
  UsageSource,
} from '../record.ts';
import type { Exchange } from '../exchange.ts';
import type { Route } from '../providers/provider.ts';

/** A provider's usage object, merged over the events of one answer: per field, the last value that is not null. */
export type RawUsage = Record<string, unknown>;

export interface ProviderError {
  /** The provider's code or type; kept only where it looks like one. */
  readonly code: string | null;
  /** A broader type where the provider has both. */
  readonly type: string | null;
  /** Only looked at for classification, never kept. */
  readonly message: string | null;
  /** HTTP-like status that the body states. */
  readonly status: number | null;
  readonly details: JsonObject | null;
}

export interface Findings {
  responseId: string | null;
  responseModel: string | null;
  requestModel: string | null;
  requestId: string | null;
  upstreamProvider: string | null;
  /** By index of the choice. */
  readonly finishReasons: Map<number, string>;
  usage: RawUsage | null;
  /** The usage seen is the last word, not a value on the way. */
  usageIsFinal: boolean;
  tokens: Partial<TokenCounts>;
  readonly units: Partial<Record<Unit, number>>;
  parts: UsagePart[];
  /** Overrides where the counts come from (`header`, `request`). */
  usageSource: UsageSource | null;
  /** The answer says that the work is not done yet. */
  pending: boolean;
  /** The stream was not asked for usage. */
  notRequested: boolean;
  /** The answer ended as it should, though the connection may have been cut after it. */
  ended: boolean;
  error: ProviderError | null;
  serviceTier: string | null;
  region: string | null;
  inferenceGeo: string | null;
  speed: string | null;
  size: string | null;
  quality: string | null;
  audio: boolean | null;
  costReportedUsd: string | null;
  costUpstreamUsd: string | null;
  /** A batch's file of results, where it has an id of its own. */
  resultsId: string | null;
  /** Lines of a batch's results that were not read. */
  droppedLines: number;
  readonly rateLimits: RateLimit[];
  retryAfterSeconds: number | null;
  kind: CallKind;
  operation: Operation;
  serviceType: ServiceType;
}

export function newFindings(route: Route): Findings {
  return {
    responseId: null,
    responseModel: null,
    requestModel: route.model,
    requestId: null,
    upstreamProvider: null,
    finishReasons: new Map(),
    usage: null,
    usageIsFinal: false,
    tokens: {},
    units: {},
    parts: [],
    usageSource: null,
    pending: false,
    notRequested: false,
    ended: false,
    error: null,
    serviceTier: null,
    region: null,
    inferenceGeo: null,
    speed: null,
    size: null,
    quality: null,
    audio: null,
    costReportedUsd: null,
    costUpstreamUsd: null,
    resultsId: null,
    droppedLines: 0,
    rateLimits: [],
    retryAfterSeconds: null,
    kind: route.kind,
    operation: route.operation,
    serviceType: route.serviceType,
  };
}

/** What a dialect may look at besides the answer's parts. */
export interface CallInfo {
  readonly exchange: Exchange;
  readonly url: URL;
  readonly request: RequestFields;
  /** The request asked for a stream, or the answer is one. */
  readonly streamed: boolean;
  readonly framing: Framing;
  /** Bytes are missing from the middle of the answer. */
  readonly gap: boolean;
  /** The answer arrived to its end. */
  readonly complete: boolean;
}

export const NO_REQUEST: RequestFields = { get: () => undefined, whole: false, size: null };

/**
 * An answer of which the exchange is not known: it came within another one, or its reader failed.
 *
 * @param gap bytes are missing from its middle.
 */
export function detachedCall(gap: boolean): CallInfo {
  return {
    exchange: { request: { method: '', url: '', headers: {}, body: null }, response: null },
    url: new URL('http://unknown'),
    request: NO_REQUEST,
    streamed: false,
    framing: 'json',
    gap,
    complete: true,
  };
}

/** Reads one answer: `observe` once a part, in order, then `conclude`. Never keeps content. */
export interface AnswerReader {
  observe(part: JsonObject, name: string | null): void;
  /** Turns what was seen into counts and units; also called where no part was seen. */
  conclude?(): void;
}

/** A way of speaking: what several providers' answers have in common. */
export interface Dialect {
  /** Which stream events are worth parsing; null: all. */
  readonly wants: RegExp | null;
  /** How to look at one exchange's answer. */
  start(call: CallInfo, found: Findings): AnswerReader;
}

/** Keeps, per field, the last value that is not null; one level of nesting is merged alike. */
export function mergeUsage(found: Findings, usage: JsonObject): void {
  found.usage = merge(found.usage ?? emptyUsage(), usage, 0);
}

function emptyUsage(): RawUsage {
  return Object.create(null) as RawUsage;
}

const MAX_FIELDS = 256;
const MAX_DEPTH = 3;

function merge(target: RawUsage, source: JsonObject, depth: number): RawUsage {
  let fields = 0;
  for (const key in source) {
    const value = source[key];
    if (value === null || value === undefined) continue;
    if (++fields > MAX_FIELDS) break;
    const nested = object(value);
    const before = object(target[key]);
    target[key] = nested !== null && before !== null && depth < MAX_DEPTH ? merge(before, nested, depth + 1) : value;
  }
  return target;
}
