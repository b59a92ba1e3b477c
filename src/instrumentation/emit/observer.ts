/** The emit side of the seam: a call that is seen becomes a span, metrics and one ledger record. */
import { INVALID_SPAN_CONTEXT, isSpanContextValid, trace } from '@opentelemetry/api';
import type { Meter, Span, Tracer } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { readExchange } from '@wiretally/usage';
import type { Exchange, HostMap, Reading, Route, UsageRecord } from '@wiretally/usage';
import type { ActiveCall, CallObserver, CallStart, CallTiming } from '../call-observer.ts';
import { callerOf } from '../usage-context.ts';
import type { CallerContext } from '../usage-context.ts';
import { buildRecord, priceGuarded, unreadReading } from './build-record.ts';
import { createCompletions } from './completions.ts';
import { credentialOf } from './credential.ts';
import { observeCapture } from './capture-metrics.ts';
import type { CaptureCounts } from './capture-metrics.ts';
import { createCallMetrics } from './metrics.ts';
import type { SemconvScheme } from './semconv.ts';
import { serviceFromEnvironment, serviceFromSpan } from './service.ts';
import type { ServiceIdentity } from './service.ts';
import { createSink, droppedRecords } from './sink.ts';
import type { LedgerMode } from './sink.ts';
import { activeInferenceSpan, endCallSpan, enrichSpan, startCallSpan } from './span.ts';

export interface ObserverOptions {
  readonly tracer: Tracer;
  readonly meter: Meter;
  /** Where finished records go; default: the process' ledger exporter, or what `ledger` says. */
  readonly sink?: ((record: UsageRecord) => void) | undefined;
  readonly ledger?: LedgerMode | undefined;
  /** Which hosts are which providers'; default: the known ones. */
  readonly hosts?: HostMap | undefined;
  /** Which names of the GenAI conventions to use; default `latest`. */
  readonly semconv?: SemconvScheme | undefined;
  /** Also observe `admin` requests (models, files, keys); default false. */
  readonly includeAdmin?: boolean | undefined;
  /** Allow-lists for metric attributes; see MetricOptions. */
  readonly metricModels?: readonly string[] | undefined;
  readonly metricHosts?: readonly string[] | undefined;
  /** The salt of `credential`, a short hash of the API key. Absent: no hash is made. */
  readonly credentialSalt?: string | undefined;
  /** Capture's counters, which become metrics. */
  readonly capture?: CaptureCounts | undefined;
  /** Default: `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`, then the resource of the SDK's spans. */
  readonly service?: Partial<ServiceIdentity> | undefined;
}

export interface EmittingObserver extends CallObserver {
  /** A tracer of another provider, once the application registers one. */
  setTracer(tracer: Tracer): void;
  /** Instruments are made anew with this meter. */
  setMeter(meter: Meter): void;
}

export function createCallObserver(options: ObserverOptions): EmittingObserver {
  const semconv = options.semconv ?? 'latest';
  const metricOptions = { semconv, models: options.metricModels, hosts: options.metricHosts };
  const completions = createCompletions();
  const sink = options.sink ?? createSink(options.ledger);
  let tracer = options.tracer;
  let metrics = createCallMetrics(options.meter, metricOptions);
  if (options.capture !== undefined) observeCapture(options.meter, options.capture, droppedRecords);
  let service: ServiceIdentity = { ...serviceFromEnvironment(process.env), ...options.service };

  /** The SDK's resource fills what the variables left open; looked up until a span shows it. */
  function identify(span: Span): ServiceIdentity {
    if (service.name !== null && service.version !== null && service.environment !== null) return service;
    const found = serviceFromSpan(span);
    if (found !== null) {
      service = {
        name: service.name ?? found.name,
        version: service.version ?? found.version,
        environment: service.environment ?? found.environment,
      };
    }
    return service;
  }

  function read(call: CallStart, exchange: Exchange): Reading {
    try {
      const reading = readExchange(exchange, options.hosts === undefined ? {} : { hosts: options.hosts });
      // Null where the host map that capture used is not ours: the provider it found reads the exchange.
      return reading ?? call.provider.read(exchange, call.url);
    } catch {
      return unreadReading(call, exchange);
    }
  }

  function end(call: CallStart, open: OpenCall, exchange: Exchange, timing: CallTiming): void {
    const reading = read(call, exchange);
    const ids = idsOf(open.span);
    const record = buildRecord({
      reading,
      pricing: priceGuarded(reading, call.startedAtMs),
      startedAtMs: call.startedAtMs,
      url: call.url,
      timing,
      caller: open.caller,
      credential: credentialOf(exchange.request, options.credentialSalt),
      service: identify(open.span),
      ...ids,
    });
    // Money first: the ledger must have the record whatever a span processor or a metric reader does.
    sink(record);
    if (open.enriches) enrichSpan(open.span, record, semconv);
    else endCallSpan(open.span, record, semconv);
    metrics.record(record, open.enriches);
    const completed = completions.complete(record);
    if (completed !== null) metrics.complete(completed, open.enriches);
  }

  return {
    start(call): ActiveCall | null {
      if (isTracingSuppressed(call.context)) return null;
      const route: Route = call.provider.route(call.method, call.url);
      if (route.kind === 'admin' && options.includeAdmin !== true) return null;
      const foreign = activeInferenceSpan(call.context);
      const span = foreign ?? startCallSpan(tracer, call, route);
      const open: OpenCall = { span, enriches: foreign !== null, caller: callerOf(call.context) };
      return {
        context: foreign === null ? trace.setSpan(call.context, span) : call.context,
        end: (exchange, timing) => end(call, open, exchange, timing),
        discard: () => {
          if (!open.enriches) span.end();
        },
      };
    },
    setTracer(next) {
      tracer = next;
    },
    setMeter(next) {
      metrics = createCallMetrics(next, metricOptions);
      if (options.capture !== undefined) observeCapture(next, options.capture, droppedRecords);
    },
  };
}

interface OpenCall {
  readonly span: Span;
  /** The span is another instrumentation's: add to it and do not end it. */
  readonly enriches: boolean;
  readonly caller: CallerContext;
}

function idsOf(span: Span): { traceId: string | null; spanId: string | null } {
  const context = span.spanContext() ?? INVALID_SPAN_CONTEXT;
  return isSpanContextValid(context)
    ? { traceId: context.traceId, spanId: context.spanId }
    : { traceId: null, spanId: null };
}
