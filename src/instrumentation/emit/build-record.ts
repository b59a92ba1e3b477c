/** Reading + price + caller → the record that every signal is made of. */
import type { Exchange, Pricing, Reading, UsageRecord } from '@wiretally/usage';
import { NOTHING_STATED } from '@wiretally/usage';
import type { CallStart, CallTiming } from '../call-observer.ts';
import type { CallerContext } from '../usage-context.ts';
import type { ServiceIdentity } from './service.ts';
import { uuidV7 } from './uuid.ts';

export interface RecordParts {
  readonly reading: Reading;
  readonly pricing: Pricing;
  readonly startedAtMs: number;
  readonly url: URL;
  readonly timing: CallTiming;
  readonly caller: CallerContext;
  readonly credential: string | null;
  readonly service: ServiceIdentity;
  readonly traceId: string | null;
  readonly spanId: string | null;
}

/** Names and ids are short; what is longer came from a broken or hostile answer and must not swell the ledger. */
const MAX_TEXT = 512;
/** One a choice. */
const MAX_REASONS = 128;

export function buildRecord(parts: RecordParts): UsageRecord {
  const { caller, service, url } = parts;
  const reading = boundTexts(parts.reading);
  return {
    ...reading,
    ...parts.pricing,
    id: uuidV7(parts.startedAtMs),
    timeUnixMicros: Math.floor(parts.startedAtMs * 1000),
    source: 'wire',
    host: url.hostname,
    port: portOf(url),
    durationMs: parts.timing.durationMs,
    timeToFirstChunkMs: parts.timing.timeToFirstChunkMs,
    userId: caller.userId ?? reading.requestUser,
    chatId: caller.chatId,
    sessionId: caller.sessionId,
    tags: caller.tags,
    credential: parts.credential,
    serviceName: service.name,
    serviceVersion: service.version,
    environment: service.environment,
    traceId: parts.traceId,
    spanId: parts.spanId,
  };
}

function boundTexts(reading: Reading): Reading {
  return {
    ...reading,
    upstreamProvider: cut(reading.upstreamProvider),
    requestModel: cut(reading.requestModel),
    responseModel: cut(reading.responseModel),
    finishReasons: reading.finishReasons.slice(0, MAX_REASONS).map((reason) => reason.slice(0, MAX_TEXT)),
    errorType: cut(reading.errorType),
    responseId: cut(reading.responseId),
    requestId: cut(reading.requestId),
    requestUser: cut(reading.requestUser),
    attemptGroup: cut(reading.attemptGroup),
  };
}

function cut(text: string | null): string | null {
  return text === null || text.length <= MAX_TEXT ? text : text.slice(0, MAX_TEXT);
}

/** What is known of a call whose reader failed: that it was made, where to, and how it ended. */
export function unreadReading(start: CallStart, exchange: Exchange): Reading {
  const route = start.provider.route(start.method, start.url);
  const status = exchange.response?.status ?? null;
  const failed = exchange.failure ?? null;
  return {
    ...NOTHING_STATED,
    provider: start.provider.name,
    ...route,
    requestModel: route.model,
    usageMissingReason: 'reader-failed',
    status,
    errorType: failed?.class ?? (status !== null && status >= 400 ? String(status) : null),
    errorClass: failed?.class ?? (status !== null && status >= 400 ? 'other' : null),
  };
}

/** The port that was connected to, also where the URL leaves it out. */
export function portOf(url: URL): number | null {
  if (url.port !== '') return Number(url.port);
  if (url.protocol === 'https:' || url.protocol === 'wss:') return 443;
  return url.protocol === 'http:' || url.protocol === 'ws:' ? 80 : null;
}
