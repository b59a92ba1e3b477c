/** One record → ledger, span, metrics. Calls that capture saw and calls that were recorded in code meet here. */
import { diag, metrics as metricsApi, trace } from '@opentelemetry/api';
import type { Meter, Span, Tracer } from '@opentelemetry/api';
import { priceReadingWithCard } from '@wiretally/usage';
import type { MessageContent, PriceBook, Pricing, Reading, UsageRecord } from '@wiretally/usage';
import type { ChunkGaps } from '../chunk-gaps.ts';
import { createCardAnnouncer } from './card-announcer.ts';
import { pricesFrom } from '../prices.ts';
import { observeCapture } from './capture-metrics.ts';
import type { CaptureCounts } from './capture-metrics.ts';
import { createCompletions } from './completions.ts';
import { emitContentEvent, spanContent } from './content.ts';
import type { ContentSettings } from './content-settings.ts';
import { emissionFromEnvironment } from './environment.ts';
import { createCallMetrics } from './metrics.ts';
import { forgetProcessWide, peekProcessWide, processWide } from './process-wide.ts';
import { INSTRUMENTATION_NAME } from './semconv.ts';
import type { SemconvScheme } from './semconv.ts';
import { serviceFromEnvironment, serviceFromSpan } from './service.ts';
import type { ServiceIdentity } from './service.ts';
import { createSink, droppedRecords } from './sink.ts';
import type { LedgerMode, Sink } from './sink.ts';
import { endCallSpan, enrichSpan, serverAttributes, spanAttributes } from './span.ts';
import { splitLines } from './split-lines.ts';
import { VERSION } from './version.ts';

export interface EmitterOptions {
  readonly tracer: Tracer;
  readonly meter: Meter;
  /** Where finished records go; default: what `ledger` says. */
  readonly sink?: Sink | undefined;
  /** Default `otlp`, our own exporter. */
  readonly ledger?: LedgerMode | undefined;
  /** Which prices hold; default: the project's, without a user's tables. */
  readonly prices?: PriceBook | undefined;
  /** Which names of the GenAI conventions to use; default `latest`. */
  readonly semconv?: SemconvScheme | undefined;
  /** Where what was said goes; default nowhere. */
  readonly content?: ContentSettings | null | undefined;
  /** Allow-lists for metric attributes; see MetricOptions. */
  readonly metricModels?: readonly string[] | undefined;
  readonly metricHosts?: readonly string[] | undefined;
  /** Capture's counters, which become metrics. */
  readonly capture?: CaptureCounts | undefined;
  /** Default: `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`, then the resource of the SDK's spans. */
  readonly service?: Partial<ServiceIdentity> | undefined;
}

/** What goes out with a call and is not on its record. */
export interface BesideRecord {
  /** The times between the chunks of a stream. */
  readonly gaps?: ChunkGaps | null | undefined;
  readonly content?: MessageContent | null;
}

export interface Emitter {
  readonly tracer: Tracer;
  price(reading: Reading, atMs: number): Pricing;
  /** The service as far as it is known by now; a span of the SDK may tell more. */
  serviceOf(span: Span): ServiceIdentity;
  /**
   * @param enriches the span is another instrumentation's: it is added to, not ended, and that instrumentation emits
   * the conventions' metrics of the call.
   */
  emit(record: UsageRecord, span: Span, enriches: boolean, beside?: BesideRecord): void;
  /** Some of a batch's results, before the answer that has them is at its end: to the ledger, and to a pending call. */
  emitLines(record: UsageRecord, enriches: boolean): void;
  setTracer(tracer: Tracer): void;
  setMeter(meter: Meter): void;
}

/** The latest one is the process' own, which `recordUsage` and `logRequest` use. */
export function createEmitter(options: EmitterOptions): Emitter {
  const { capture, content: settings = null } = options;
  const environment = emissionFromEnvironment(process.env);
  const semconv = options.semconv ?? environment.semconv ?? 'latest';
  const metricOptions = { semconv, models: options.metricModels, hosts: options.metricHosts };
  const cards = createCardAnnouncer();
  const price = (reading: Reading, atMs: number): Pricing => {
    const { pricing, card } = priceReadingWithCard(
      reading,
      options.prices === undefined ? { atMs } : { atMs, book: options.prices },
    );
    if (card !== null) cards.saw(card);
    return pricing;
  };
  const completions = createCompletions(price);
  const sink = options.sink ?? createSink(options.ledger ?? environment.ledger);
  let tracer = options.tracer;
  let metrics = createCallMetrics(options.meter, metricOptions);
  /** A process has one resource: what the first span that has it does not tell, none will. */
  let settled = false;
  let service: ServiceIdentity = { ...serviceFromEnvironment(process.env), ...options.service };
  if (capture !== undefined) observeCapture(options.meter, capture, droppedRecords);

  const emitter: Emitter = {
    get tracer() {
      return tracer;
    },
    price,
    serviceOf(span) {
      if (settled) return service;
      const found = serviceFromSpan(span);
      if (found !== null) {
        settled = true;
        service = {
          name: service.name ?? found.name,
          version: service.version ?? found.version,
          environment: service.environment ?? found.environment,
        };
      }
      return service;
    },
    emitLines(record, enriches) {
      for (const piece of splitLines(record)) sink(piece, null);
      const completed = completions.complete(record, true);
      if (completed !== null) metrics.complete(completed, enriches);
    },
    emit(record, span, enriches, { gaps = null, content = null } = {}) {
      const also = content !== null && (settings?.onSpans ?? false) ? spanContent(content) : {};
      // Money first: the ledger must have the record whatever a span processor or a metric reader does.
      try {
        for (const piece of splitLines(record)) sink(piece, cards.definitionFor(piece));
      } finally {
        if (enriches) enrichSpan(span, record, semconv, also);
        else endCallSpan(span, record, semconv, also);
      }
      metrics.record(record, enriches, gaps);
      const completed = completions.complete(record);
      if (completed !== null) metrics.complete(completed, enriches);
      // An instrumentation that stands for the call has its own events.
      if (content !== null && (settings?.onEvents ?? false) && !enriches)
        emitContentEvent(content, { ...serverAttributes(record), ...spanAttributes(record, semconv) }, record, span);
    },
    setTracer(next) {
      settled = false;
      tracer = next;
    },
    setMeter(next) {
      metrics = createCallMetrics(next, metricOptions);
      if (capture !== undefined) observeCapture(next, capture, droppedRecords);
    },
  };
  forgetProcessWide('emitter');
  return processWide('emitter', () => emitter);
}

/** The emitter of the instrumentation that is at work, else one on the global API. */
export function processEmitter(): Emitter {
  return (
    (peekProcessWide('emitter') as Emitter | undefined) ??
    createEmitter({
      tracer: trace.getTracer(INSTRUMENTATION_NAME, VERSION),
      meter: metricsApi.getMeter(INSTRUMENTATION_NAME, VERSION),
      prices: pricesFrom(undefined, process.env, (problem) => diag.warn(problem)),
    })
  );
}
