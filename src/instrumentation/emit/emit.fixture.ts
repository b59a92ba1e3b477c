/** A provider, calls and an SDK in memory, for tests of emission. */
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { Context, Meter } from '@opentelemetry/api';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider } from '@opentelemetry/sdk-metrics';
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { DataPoint, Histogram, MetricData } from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { CallKind, Exchange, HostMap, Provider, Reading, Route, UsageRecord } from '@wiretally/usage';
import { NO_TOKENS, NOTHING_STATED } from '@wiretally/usage';
import type { CallStart } from '../call-observer.ts';

export const STARTED_AT_MS = Date.UTC(2026, 10, 22, 12, 0, 0, 250);
export const URL_TEXT = 'https://api.example.test/v1/chat/completions';

export function aReading(changes: Partial<Reading> = {}): Reading {
  return {
    ...NOTHING_STATED,
    provider: 'openai',
    operation: 'chat',
    serviceType: 'text',
    requestModel: 'gpt-4o-mini',
    responseModel: 'gpt-4o-mini-2024-07-18',
    tokens: { ...NO_TOKENS, input: 1000, output: 200, total: 1200, cacheRead: 600, cacheWrite: 0, reasoning: 50 },
    usageSource: 'body',
    usageMissingReason: null,
    finishReasons: ['stop'],
    status: 200,
    responseId: 'chatcmpl-1',
    requestId: 'req-1',
    costReportedUsd: '0.0005',
    ...changes,
  };
}

export function aRecord(changes: Partial<UsageRecord> = {}): UsageRecord {
  return {
    ...aReading(),
    id: '019b0000-0000-7000-8000-000000000000',
    timeUnixMicros: STARTED_AT_MS * 1000,
    source: 'wire',
    host: 'api.example.test',
    port: 443,
    durationMs: 1500,
    timeToFirstChunkMs: 300,
    costReportedUsd: '0.0005',
    costCalculatedUsd: null,
    costUsd: '0.0005',
    costSource: 'provider',
    priceCard: null,
    unpricedReason: null,
    zeroReason: null,
    userId: 'user-1',
    chatId: null,
    sessionId: 'session-1',
    tags: { team: 'search' },
    credential: null,
    serviceName: 'shop',
    serviceVersion: '1.2.3',
    environment: 'test',
    traceId: null,
    spanId: null,
    ...changes,
  };
}

/** A provider whose answers read as the test says. */
export function aProvider(read: () => Reading = () => aReading(), kind: CallKind = 'call'): Provider {
  const route: Route = { kind, operation: 'chat', serviceType: 'text', model: null };
  return {
    name: 'openai',
    shortName: 'openai',
    displayName: 'OpenAI',
    hosts: ['api.example.test'],
    report: { status: 'green', note: '', link: null },
    route: () => route,
    read,
  };
}

export function hostsOf(provider: Provider): HostMap {
  return { lookup: () => ({ provider: () => provider }) };
}

export function aCall(provider: Provider, active: Context = ROOT_CONTEXT): CallStart {
  return { provider, method: 'POST', url: new URL(URL_TEXT), startedAtMs: STARTED_AT_MS, context: active };
}

export function anExchange(changes: Partial<Exchange> = {}): Exchange {
  return {
    request: { method: 'POST', url: URL_TEXT, headers: { authorization: 'Bearer sk-secret' }, body: null },
    response: { status: 200, headers: {}, body: null },
    ...changes,
  };
}

export interface MemorySdk {
  readonly tracer: ReturnType<TracerProvider['getTracer']>;
  readonly meter: Meter;
  readonly spans: InMemorySpanExporter;
  /** All series of one metric: value, or count and sum of a histogram, with its attributes. */
  series(name: string): Promise<{ value: number; attributes: Record<string, unknown> }[]>;
  metrics(): Promise<MetricData[]>;
}

export function memorySdk({ sampled = true }: { sampled?: boolean } = {}): MemorySdk {
  const spans = new InMemorySpanExporter();
  const tracing = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: spans })],
    ...(sampled ? {} : { sampler: new AlwaysOffSampler() }),
  });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 });
  const meters = new MeterProvider({ readers: [reader] });
  const collect = async (): Promise<MetricData[]> => {
    exporter.reset();
    await reader.forceFlush();
    return exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  };
  return {
    tracer: tracing.getTracer('test'),
    meter: meters.getMeter('test'),
    spans,
    metrics: collect,
    series: async (name) => {
      const metric = (await collect()).find(({ descriptor }) => descriptor.name === name);
      return (metric?.dataPoints ?? []).map((point: DataPoint<number | Histogram | object>) => ({
        value: typeof point.value === 'number' ? point.value : ((point.value as Histogram).sum ?? Number.NaN),
        attributes: { ...point.attributes },
      }));
    },
  };
}

/** A context in which this span is active. */
export function within(span: Parameters<typeof trace.setSpan>[1]): Context {
  return trace.setSpan(context.active(), span);
}
