/** One exchange → Reading, by a provider's spec. */
import { identifier, text } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { requestFields } from '../body/request-fields.ts';
import type { RequestFields } from '../body/request-fields.ts';
import type { Exchange } from '../exchange.ts';
import { bodyParts } from '../framing/body-parts.ts';
import type { BodyPart, BodyParts } from '../framing/body-parts.ts';
import { readRetryAfter, readLimits } from '../limits.ts';
import type { Route } from '../providers/provider.ts';
import { NO_MODIFIERS } from '../record.ts';
import type { Reading, UsageMissingReason, UsageSource } from '../record.ts';
import { saysNothing, tokenCounts } from './counts.ts';
import type { Routed } from './define-provider.ts';
import { awsErrorName, errorClassOf, readError } from './errors.ts';
import { detachedCall, newFindings, NO_REQUEST } from './findings.ts';
import type { CallInfo, Findings } from './findings.ts';
import type { ProviderSpec } from './provider-spec.ts';

const NO_PARTS: BodyParts = {
  framing: 'empty',
  parts: [],
  gap: false,
  done: false,
  damaged: false,
  gapInside: false,
  tailFrom: null,
};

export function readAnswer(spec: ProviderSpec, routed: Routed, exchange: Exchange, url: URL): Reading {
  const { route, operation } = routed;
  const found = newFindings(route);
  const { response } = exchange;
  const failed = response !== null && response.status >= 400;
  // Administrative answers may be large and hold nothing for us but an error.
  const look = operation !== null || failed;
  const request = look ? requestFields(exchange.request) : NO_REQUEST;
  const body =
    look && response?.body
      ? bodyParts(response.body, operation?.dialect.wants ?? null, response.status === 101)
      : NO_PARTS;
  const call: CallInfo = {
    exchange,
    url,
    request,
    streamed: isStream(body) || STREAMING_PATH.test(url.pathname) || asksForStream(request),
    framing: body.framing,
    gap: body.gap,
    complete: response?.body?.complete ?? false,
  };
  if (body.done) found.ended = true;
  const reader = operation?.dialect.start(call, found) ?? null;
  body.parts.forEach((part, index) => {
    if (index === body.tailFrom) found.usageIsFinal = false;
    // A request of a batch that failed is no failure of the answer that tells so.
    if (failed || operation?.results === undefined) noteError(part, failed, found);
    if (!failed || part.value['usage'] !== undefined) reader?.observe(part.value, part.name);
  });
  // The last word of a stream stands at its end: what looks like it before the gap may be one on the way.
  if (body.tailFrom === body.parts.length) found.usageIsFinal = false;
  reader?.conclude?.();
  if (failed && found.error === null) found.error = bareError(exchange);
  spec.refine?.(call, found);
  return toReading(spec, call, body, found);
}

/** What is known where reading itself broke: the route, the status, the failure. */
export function failedReading(spec: ProviderSpec, route: Route, exchange: Exchange): Reading {
  const found = newFindings(route);
  const call: CallInfo = { ...detachedCall(false), exchange, framing: 'empty', complete: false };
  return { ...toReading({ ...spec, limits: [] }, call, NO_PARTS, found), usageMissingReason: 'reader-failed' };
}

/** `:streamGenerateContent`, `/converse-stream`, `/invoke-with-response-stream`, `/text-to-speech/{voice}/stream`. */
const STREAMING_PATH = /(?::stream\w+|[-/]stream)(?:\/|$)/;

function asksForStream(request: RequestFields): boolean {
  const stream = request.get('stream');
  return stream === true || stream === 'true';
}

function isStream({ framing }: BodyParts): boolean {
  return framing === 'sse' || framing === 'ndjson' || framing === 'aws-eventstream';
}

function noteError(part: BodyPart, failed: boolean, found: Findings): void {
  if (part.isException) {
    const message = text(part.value['message']);
    found.error = { code: part.name, type: null, message, status: null, details: null };
    return;
  }
  const error = readError(part.value, failed);
  if (error !== null) found.error = error;
}

/** An error without a readable body: AWS names it in a header, everybody else has the status. */
function bareError(exchange: Exchange): Findings['error'] {
  const code = exchange.response === null ? null : awsErrorName(exchange.response.headers);
  return { code, type: null, message: null, status: null, details: null };
}

function toReading(spec: ProviderSpec, call: CallInfo, body: BodyParts, found: Findings): Reading {
  const { exchange, request, streamed } = call;
  const { response } = exchange;
  // Clients stop reading at the end marker (openai 7, cohere-ai 8), before the connection's last bytes are there.
  const failure = found.ended ? null : (exchange.failure ?? null);
  const headers = response?.headers ?? {};
  const status = response?.status ?? null;
  const billed = found.kind === 'call' || found.kind === 'restated';
  const tokens = tokenCounts(billed ? found.tokens : {});
  const units = billed ? found.units : {};
  const source = billed ? sourceOf(call, found, status) : 'missing';
  const base = exchange.receivedAtMs ?? null;
  const failed = (status !== null && status >= 400) || found.error !== null || failure !== null;
  const errorName =
    found.error === null ? null : (found.error.code ?? found.error.type ?? awsErrorName(headers) ?? null);
  const statusName = status !== null && status >= 400 ? String(status) : null;
  const requestHeaders = exchange.request.headers;
  const { limits, dropped } = readLimits(spec.limits, headers, base);
  return {
    provider: spec.name,
    upstreamProvider: found.upstreamProvider,
    kind: found.kind,
    operation: found.operation,
    serviceType: found.serviceType,
    streamed,
    requestModel: found.requestModel ?? identifier(request.get('model')),
    responseModel: found.responseModel,
    tokens,
    units,
    parts: billed ? found.parts : [],
    modifiers: {
      ...NO_MODIFIERS,
      // `auto` is what was asked for until the answer says what it got.
      serviceTier: found.serviceTier === 'auto' ? null : lower(found.serviceTier),
      region: lower(found.region),
      inferenceGeo: lower(found.inferenceGeo),
      speed: lower(found.speed),
      size: lower(found.size),
      quality: lower(found.quality),
      audio: found.audio,
    },
    usageSource: source,
    usageMissingReason: source === 'missing' ? missingReason(call, body, found) : null,
    finishReasons: [...found.finishReasons].sort(([a], [b]) => a - b).map(([, reason]) => reason),
    status,
    errorType: failed ? (errorName ?? statusName ?? failure?.class ?? 'error') : null,
    errorClass: failed
      ? failure !== null && found.error === null && statusName === null
        ? failure.class
        : errorClassOf(status, found.error)
      : null,
    responseId: found.responseId,
    requestId: requestIdOf(spec, headers) ?? found.requestId,
    rateLimits: [...limits, ...found.rateLimits],
    ...(dropped > 0 && { droppedLimits: dropped }),
    ...(found.resultsId !== null && found.resultsId !== found.responseId && { resultsId: found.resultsId }),
    ...(found.droppedLines > 0 && { droppedLines: found.droppedLines }),
    retryAfterSeconds: readRetryAfter(status, headers, base) ?? found.retryAfterSeconds,
    costReportedUsd: found.costReportedUsd,
    costUpstreamUsd: found.costUpstreamUsd,
    requestUser: requestUser(request),
    retryCount: retryCount(requestHeaders['x-stainless-retry-count']),
    attemptGroup: identifier(requestHeaders['idempotency-key'] ?? requestHeaders['x-idempotency-key']),
  };
}

function sourceOf(call: CallInfo, found: Findings, status: number | null): UsageSource {
  const nothing = saysNothing(found.tokens) && Object.keys(found.units).length === 0 && found.parts.length === 0;
  if (nothing || status === null) return 'missing';
  if (found.usageSource !== null) return found.usageSource;
  if (call.framing === 'json' || call.framing === 'other') return 'body';
  if (call.framing === 'json-array' && !call.streamed) return 'stream-final';
  // With a gap, the final event may be in it: then only what says of itself that it is final is.
  const sawAll = !call.gap && (found.ended || (call.complete && found.error === null));
  return found.usageIsFinal || sawAll ? 'stream-final' : 'stream-last-seen';
}

function missingReason(call: CallInfo, body: BodyParts, found: Findings): UsageMissingReason {
  const { response, failure } = call.exchange;
  if (response === null) return failure?.class === 'connection' ? 'connection' : 'aborted';
  if (response.status >= 400) return 'error-response';
  if (found.kind === 'free' || found.kind === 'admin') return 'not-stated';
  if (found.error !== null) return 'error-response';
  if (found.pending) return 'pending';
  if (response.body === null) return 'body-not-seen';
  // After the end marker nothing more would have come.
  if (found.notRequested && (call.complete || found.ended)) return 'not-requested';
  if (!call.complete && !found.ended) return failure?.class === 'connection' ? 'connection' : 'aborted';
  if (found.notRequested) return 'not-requested';
  if (body.damaged) return 'not-parsable';
  if (call.gap && !body.gapInside) return 'truncated';
  if (body.framing === 'other' && isJsonType(response.headers['content-type'])) return 'not-parsable';
  return 'not-stated';
}

function isJsonType(contentType: string | undefined): boolean {
  return contentType !== undefined && /json|event-stream/i.test(contentType);
}

function requestIdOf(spec: ProviderSpec, headers: Readonly<Record<string, string>>): string | null {
  for (const name of spec.requestIdHeaders) {
    const value = identifier(headers[name]);
    if (value !== null) return value;
  }
  return null;
}

/** The end user in the request's own words; bounded, since some clients put JSON there. */
function requestUser(request: RequestFields): string | null {
  const metadata = request.get('metadata') as JsonObject | null | undefined;
  const fromMetadata = typeof metadata === 'object' && metadata !== null ? metadata['user_id'] : undefined;
  return identifier(request.get('safety_identifier')) ?? identifier(request.get('user')) ?? identifier(fromMetadata);
}

function retryCount(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,4}$/.test(header) ? Number(header) : null;
}

function lower(value: string | null): string | null {
  return value === null ? null : value.toLowerCase();
}
