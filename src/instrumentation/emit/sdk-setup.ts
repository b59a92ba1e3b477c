/** The OpenTelemetry SDK that `register` starts where the application has none. */
import { context, logs, metrics, trace } from '@opentelemetry/api';
import type { Context, TextMapPropagator, TextMapSetter } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { isProviderCall } from './call-context.ts';
import { emissionFromEnvironment } from './environment.ts';
import { outputChunks } from './output-chunks.ts';
import { otlpTargets } from './otlp-targets.ts';
import type { OtlpTarget } from './otlp-targets.ts';
import { isReachable } from './reachable.ts';

type Environment = Record<string, string | undefined>;

/** More than the SDK's 2,000: models × operations × kinds of tokens. Our own names are bounded before (metrics.ts). */
const SERIES_PER_INSTRUMENT = 10_000;
const CONNECT_MS = 500;

/** Whether somebody has registered an SDK before us: then it stays, and ours is not started. */
export function hasSdk(): boolean {
  return 'shutdown' in tracerProvider() || 'shutdown' in metrics.getMeterProvider();
}

/**
 * HTTP spans as children of ours, for calls to providers only: other hosts are none of our business. Left out with
 * `OTEL_NODE_DISABLED_INSTRUMENTATIONS=undici`, as elsewhere in OpenTelemetry.
 */
export function httpInstrumentations(environment: Environment): Instrumentation[] {
  const disabled = (environment['OTEL_NODE_DISABLED_INSTRUMENTATIONS'] ?? '').split(',').map((name) => name.trim());
  if (disabled.includes('undici')) return [];
  return [new UndiciInstrumentation({ ignoreRequestHook: () => !isProviderCall(context.active()) })];
}

/** @param events what was said goes out as events, so that the SDK's logs are exported. */
export function startSdk(environment: Environment, instrumentations: Instrumentation[], events: boolean): void {
  const readers = metricReaders(environment);
  // Nobody asked us to export the application's logs, and the global LoggerProvider stays free for whoever does.
  const noLogs =
    environment['OTEL_LOGS_EXPORTER'] === undefined && emissionFromEnvironment(environment).ledger !== 'sdk' && !events;
  if (noLogs) environment['OTEL_LOGS_EXPORTER'] = 'none';
  try {
    new NodeSDK({
      instrumentations,
      ...(readers === null ? {} : { metricReaders: readers }),
      ...(environment['OTEL_PROPAGATORS'] === undefined ? { textMapPropagator: notToProviders() } : {}),
    }).start();
  } finally {
    if (noLogs) delete environment['OTEL_LOGS_EXPORTER'];
  }
}

/** What the registered SDK still holds, as far as somebody listens where it goes. */
export async function flushSdk(environment: Environment): Promise<void> {
  const flushes = otlpTargets(environment).map(async ({ signal, url }) => {
    const provider = PROVIDERS[signal]();
    const { forceFlush } = provider as { forceFlush?: () => Promise<void> };
    if (forceFlush === undefined || (url !== null && !(await isReachable(url, CONNECT_MS)))) return;
    await forceFlush.call(provider);
  });
  await Promise.allSettled(flushes);
}

const PROVIDERS: Readonly<Record<OtlpTarget['signal'], () => object>> = {
  traces: tracerProvider,
  metrics: () => metrics.getMeterProvider(),
  logs: () => logs.getLoggerProvider(),
};

/** The API hands out a proxy of what was registered. */
function tracerProvider(): object {
  const provider = trace.getTracerProvider() as { getDelegate?: () => object };
  return provider.getDelegate?.() ?? provider;
}

/** @returns null where the SDK is to read the variables itself: another exporter or protocol was asked for. */
function metricReaders(environment: Environment): PeriodicExportingMetricReader[] | null {
  const exporter = environment['OTEL_METRICS_EXPORTER'] ?? '';
  const protocol =
    environment['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL'] ?? environment['OTEL_EXPORTER_OTLP_PROTOCOL'] ?? '';
  if ((exporter !== '' && exporter !== 'otlp') || (protocol !== '' && protocol !== 'http/json')) return null;
  const exportIntervalMillis = positive(environment['OTEL_METRIC_EXPORT_INTERVAL'], 60_000);
  const timeout = positive(environment['OTEL_METRIC_EXPORT_TIMEOUT'], 30_000);
  return [
    new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter(),
      exportIntervalMillis,
      exportTimeoutMillis: Math.min(timeout, exportIntervalMillis),
      cardinalityLimits: { default: SERIES_PER_INSTRUMENT },
      metricProducers: [outputChunks()],
    }),
  ];
}

function positive(text: string | undefined, fallback: number): number {
  const value = Number(text);
  return text !== undefined && Number.isFinite(value) && value > 0 ? value : fallback;
}

/**
 * The SDK's default propagators, except that requests to providers stay as the application made them: no `traceparent`,
 * and no `baggage`, which may hold ids of people.
 */
function notToProviders(): TextMapPropagator {
  const inner = new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] });
  return {
    inject(active: Context, carrier: unknown, setter: TextMapSetter): void {
      if (!isProviderCall(active)) inner.inject(active, carrier, setter);
    },
    extract: (active, carrier, getter) => inner.extract(active, carrier, getter),
    fields: () => inner.fields(),
  };
}
