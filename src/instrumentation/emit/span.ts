/** What a call's span says. */
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';
import type { Reading, Route, TokenCounts, UsageRecord } from '@wiretally/usage';
import type { CallStart } from '../call-observer.ts';
import { portOf } from './build-record.ts';
import { ATTR, CACHE_WRITE_ATTR, INFERENCE_OPERATIONS, schemeNames, USAGE_ATTR } from './semconv.ts';
import type { SemconvScheme } from './semconv.ts';

/** Starts the CLIENT span with what samplers look at. */
export function startCallSpan(tracer: Tracer, call: CallStart, route: Route): Span {
  const attributes: Attributes = {
    [ATTR.operation]: route.operation,
    [ATTR.provider]: call.provider.name,
    [ATTR.serverAddress]: call.url.hostname,
  };
  const port = portOf(call.url);
  if (port !== null) attributes[ATTR.serverPort] = port;
  if (route.model !== null) attributes[ATTR.requestModel] = route.model;
  return tracer.startSpan(
    spanName(route.operation, route.model),
    { kind: SpanKind.CLIENT, attributes, startTime: call.startedAtMs },
    call.context,
  );
}

/** A call that the application recorded itself: its server is not known. */
export function startRecordedSpan(tracer: Tracer, reading: Reading, startedAtMs: number, parent: Context): Span {
  const { operation, provider, requestModel } = reading;
  const attributes: Attributes = { [ATTR.operation]: operation, [ATTR.provider]: provider };
  if (requestModel !== null) attributes[ATTR.requestModel] = requestModel;
  return tracer.startSpan(
    spanName(operation, requestModel),
    { kind: SpanKind.CLIENT, attributes, startTime: startedAtMs },
    parent,
  );
}

/**
 * The span of another instrumentation (an SDK wrapper, a framework) that already stands for this inference.
 *
 * Attributes can be read from the SDK's spans only; a span that is not sampled shows none, and ours, its child, is then
 * not sampled either. `invoke_agent`, `execute_tool` and the like are parents, not the same thing.
 */
export function activeInferenceSpan(active: Context): Span | null {
  const span = trace.getSpan(active);
  if (span === undefined || !span.isRecording()) return null;
  const operation = attributesOf(span)?.[ATTR.operation];
  return typeof operation === 'string' && (INFERENCE_OPERATIONS.has(operation) || operation === 'embeddings')
    ? span
    : null;
}

/** What spans of the SDK show and those of the API do not. */
interface SdkSpan extends Span {
  readonly kind?: SpanKind;
  readonly parentSpanContext?: { readonly spanId: string };
}

/**
 * Where the active span is another instrumentation's for the HTTP request itself: the id of the span around it, which is
 * the one that our span belongs under, and which may stand for the inference. Only instrumentation-http is so: it
 * creates the request within its span.
 *
 * @returns null where the active span is no such span, or has no parent.
 */
export function parentOfHttpSpan(active: Context): string | null {
  const span: SdkSpan | undefined = trace.getSpan(active);
  if (span?.kind !== SpanKind.CLIENT || span.parentSpanContext === undefined) return null;
  const attributes = attributesOf(span);
  const isHttp = attributes?.['http.request.method'] !== undefined || attributes?.['http.method'] !== undefined;
  return isHttp && attributes[ATTR.operation] === undefined ? span.parentSpanContext.spanId : null;
}

/**
 * Puts the record on our own span and ends it.
 *
 * @param also more attributes: what was said, where somebody asked for it.
 */
export function endCallSpan(span: Span, record: UsageRecord, scheme: SemconvScheme, also: Attributes = {}): void {
  if (span.isRecording()) {
    span.updateName(spanName(record.operation, record.requestModel));
    span.setAttributes({ ...spanAttributes(record, scheme), ...also });
    // No message: error texts of providers repeat what was sent.
    if (record.errorType !== null) span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end(record.timeUnixMicros / 1000 + (record.durationMs ?? 0));
}

/** Adds to another instrumentation's span what it lacks; what it said stays. */
export function enrichSpan(span: Span, record: UsageRecord, scheme: SemconvScheme, also: Attributes = {}): void {
  // A wrapper may have ended its span at the first chunk or when its consumer left.
  if (!span.isRecording()) return;
  const present = attributesOf(span) ?? {};
  for (const [name, value] of Object.entries({ ...spanAttributes(record, scheme), ...also })) {
    if (value !== undefined && present[name] === undefined) span.setAttribute(name, value);
  }
}

function spanName(operation: string, model: string | null): string {
  return model === null ? operation : `${operation} ${model}`;
}

function attributesOf(span: Span): Attributes | undefined {
  return (span as Span & { readonly attributes?: Attributes }).attributes;
}

/** Of a span they are set when it starts. */
export function serverAttributes({ host, port }: UsageRecord): Attributes {
  return {
    ...(host === '' ? {} : { [ATTR.serverAddress]: host }),
    ...(port === null ? {} : { [ATTR.serverPort]: port }),
  };
}

/** Null is left out: an absent attribute is "not stated". */
export function spanAttributes(record: UsageRecord, scheme: SemconvScheme): Attributes {
  const attributes: Attributes = {};
  const put = (name: string, value: string | number | boolean | null): void => {
    if (value !== null) attributes[name] = value;
  };
  put(ATTR.operation, record.operation);
  put(ATTR.provider, record.provider);
  put(ATTR.requestModel, record.requestModel);
  put(ATTR.responseModel, record.responseModel);
  put(ATTR.responseId, record.responseId);
  put(ATTR.errorType, record.errorType);
  put(ATTR.httpStatus, record.status);
  put(ATTR.conversationId, record.chatId);
  put(ATTR.userId, record.userId);
  put(ATTR.sessionId, record.sessionId);
  if (record.streamed) {
    attributes[ATTR.requestStream] = true;
    put(ATTR.timeToFirstChunk, record.timeToFirstChunkMs === null ? null : record.timeToFirstChunkMs / 1000);
  }
  const finishReasons = finishReasonsOf(record);
  if (finishReasons.length > 0) attributes[ATTR.finishReasons] = finishReasons;
  if (record.retryCount !== null && record.retryCount > 0) attributes[ATTR.retryCount] = record.retryCount;
  // A restated answer repeats the tokens of another call: a sum over spans would count them twice.
  if (record.kind !== 'restated') putUsage(put, record.tokens, scheme);
  put(ATTR.recordId, record.id);
  put(ATTR.callKind, record.kind);
  put(ATTR.serviceType, record.serviceType);
  put(ATTR.usageSource, record.usageSource);
  put(ATTR.usageMissingReason, record.usageMissingReason);
  put(ATTR.costUsd, record.costUsd === null ? null : Number(record.costUsd));
  put(ATTR.costSource, record.costSource);
  put(ATTR.unpricedReason, record.unpricedReason);
  return attributes;
}

/** The conventions want `error` in the place of a reason that a cut or cancelled stream did not bring. */
function finishReasonsOf({ finishReasons, streamed, errorClass, status }: UsageRecord): string[] {
  const cut = errorClass === 'aborted' || errorClass === 'timeout' || errorClass === 'connection';
  return finishReasons.length === 0 && streamed && cut && status !== null ? ['error'] : [...finishReasons];
}

const USAGE_ENTRIES = Object.entries(USAGE_ATTR) as [keyof typeof USAGE_ATTR, string][];

function putUsage(put: (name: string, value: number | null) => void, tokens: TokenCounts, scheme: SemconvScheme): void {
  for (const [field, name] of USAGE_ENTRIES) put(name, tokens[field]);
  const names = schemeNames(scheme);
  if (names.latest) put(CACHE_WRITE_ATTR.latest, tokens.cacheWrite);
  if (names.v141) put(CACHE_WRITE_ATTR['v1.41'], tokens.cacheWrite);
}
