/** The emit side of the seam: a call that is seen becomes a span, metrics and one ledger record. */
import { isSpanContextValid, trace } from '@opentelemetry/api';
import type { Context, Meter, Span, Tracer } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { readExchange } from '@wiretally/usage';
import type { Exchange, HostMap, Reading, UsageRecord } from '@wiretally/usage';
import type { ActiveCall, CallObserver, CallStart, CallTiming } from '../call-observer.ts';
import { callerOf } from '../usage-context.ts';
import type { CallerContext } from '../usage-context.ts';
import { buildRecord, unreadReading } from './build-record.ts';
import { markProviderCall } from './call-context.ts';
import { createContentReader } from './content.ts';
import { credentialOf } from './credential.ts';
import { createEmitter } from './emitter.ts';
import type { EmitterOptions } from './emitter.ts';
import { emissionFromEnvironment } from './environment.ts';
import { activeInferenceSpan, parentOfHttpSpan, startCallSpan } from './span.ts';

export interface ObserverOptions extends EmitterOptions {
  /** Which hosts are which providers'; default: the known ones. */
  readonly hosts?: HostMap | undefined;
  /** Also observe `admin` requests (models, files, keys); default false. */
  readonly includeAdmin?: boolean | undefined;
  /**
   * The salt of `credential`, a short hash of the API key; default `WIRETALLY_CREDENTIAL_SALT`. Without a salt no hash
   * is made.
   */
  readonly credentialSalt?: string | undefined;
  /** Gets what a redaction threw. Its message may repeat what was said. */
  readonly redactionFailed?: ((error: unknown) => void) | undefined;
}

export interface EmittingObserver extends CallObserver {
  /** A tracer of another provider, once the application registers one. */
  setTracer(tracer: Tracer): void;
  /** Instruments are made anew with this meter. */
  setMeter(meter: Meter): void;
}

interface OpenCall {
  readonly span: Span;
  /** The span is another instrumentation's: add to it and do not end it. */
  readonly enriches: boolean;
  readonly caller: CallerContext;
}

export function createCallObserver(options: ObserverOptions): EmittingObserver {
  const emitter = createEmitter(options);
  const contentOf = options.content
    ? createContentReader(options.content, options.redactionFailed ?? (() => {}))
    : null;
  const salt = options.credentialSalt ?? emissionFromEnvironment(process.env).credentialSalt;

  function read(call: CallStart, exchange: Exchange): Reading {
    try {
      const reading = readExchange(exchange, options.hosts === undefined ? {} : { hosts: options.hosts });
      // Null where the host map that capture used is not ours: the provider that it found reads the exchange.
      return reading ?? call.provider.read(exchange, call.url);
    } catch {
      return unreadReading(call, exchange);
    }
  }

  function end(call: CallStart, open: OpenCall, exchange: Exchange, timing: CallTiming): void {
    const { span, enriches } = open;
    const reading = read(call, exchange);
    // A path that may hold work (a file's content may be batch results) and turned out to be management.
    if (reading.kind === 'admin' && options.includeAdmin !== true) {
      if (!enriches) span.end();
      return;
    }
    const record = recordOf(call, open, exchange, timing, reading);
    const wanted = options.content?.onEvents === true || span.isRecording();
    const content = wanted ? (contentOf?.(exchange, record) ?? null) : null;
    emitter.emit(record, span, enriches, { gaps: timing.chunkGaps, content });
  }

  function recordOf(
    call: CallStart,
    { span, caller }: OpenCall,
    exchange: Exchange,
    timing: CallTiming,
    reading: Reading,
  ): UsageRecord {
    return buildRecord({
      reading,
      pricing: emitter.price(reading, call.startedAtMs),
      startedAtMs: call.startedAtMs,
      url: call.url,
      timing,
      caller,
      credential: credentialOf(exchange.request, salt),
      service: emitter.serviceOf(span),
      ...spanIds(span),
    });
  }

  return {
    start(call): ActiveCall | null {
      if (isTracingSuppressed(call.context)) return null;
      const route = call.provider.route(call.method, call.url);
      if (route.kind === 'admin' && options.includeAdmin !== true) return null;
      const openIn = (parent: Context): OpenCall => {
        const foreign = activeInferenceSpan(parent);
        const span = foreign ?? startCallSpan(emitter.tracer, { ...call, context: parent }, route);
        return { span, enriches: foreign !== null, caller: callerOf(call.context) };
      };
      // What is around the span of an HTTP request shows only when the request is written.
      const around = parentOfHttpSpan(call.context);
      let opened = around === null ? openIn(call.context) : null;
      const open = (): OpenCall => (opened ??= openIn(call.context));
      return {
        context: markProviderCall(opened === null ? call.context : trace.setSpan(call.context, opened.span)),
        writtenIn(active) {
          if (opened === null && trace.getSpanContext(active)?.spanId === around) opened = openIn(active);
        },
        lines(exchange, timing) {
          const { enriches } = open();
          emitter.emitLines(recordOf(call, open(), exchange, timing, read(call, exchange)), enriches);
        },
        end: (exchange, timing) => end(call, open(), exchange, timing),
        discard() {
          const { span, enriches } = open();
          if (!enriches) span.end();
        },
      };
    },
    setTracer: (tracer) => emitter.setTracer(tracer),
    setMeter: (meter) => emitter.setMeter(meter),
  };
}

/** Null where no SDK is there, which gives spans without ids. */
export function spanIds(span: Span): { traceId: string | null; spanId: string | null } {
  const ids = span.spanContext();
  return isSpanContextValid(ids) ? { traceId: ids.traceId, spanId: ids.spanId } : { traceId: null, spanId: null };
}
