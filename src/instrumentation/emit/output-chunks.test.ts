import { AggregationTemporality, InMemoryMetricExporter, MeterProvider } from '@opentelemetry/sdk-metrics';
import { DataPointType, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { HistogramMetricData } from '@opentelemetry/sdk-metrics';
import { describe, expect, test } from 'vitest';
import { ChunkGaps } from '../chunk-gaps.ts';
import { aRecord, memorySdk } from './emit.fixture.ts';
import { createCallMetrics } from './metrics.ts';
import { createOutputChunks } from './output-chunks.ts';
import { DURATION_BUCKETS } from './semconv.ts';
import type { SemconvScheme } from './semconv.ts';

/** Chunks that arrived so many milliseconds after each other. */
function gapsOf(...milliseconds: readonly number[]): ChunkGaps {
  const gaps = new ChunkGaps();
  let at = 1_000;
  gaps.chunk(at);
  for (const each of milliseconds) gaps.chunk((at += each));
  return gaps;
}

function setUp(semconv: SemconvScheme = 'latest') {
  const chunks = createOutputChunks(() => 1_700_000_000_250);
  const metrics = createCallMetrics(memorySdk().meter, { semconv, chunks });
  const read = async (): Promise<HistogramMetricData[]> => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: 1_000_000,
      metricProducers: [chunks],
    });
    const provider = new MeterProvider({ readers: [reader] });
    await reader.forceFlush();
    const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    await provider.shutdown();
    return found as HistogramMetricData[];
  };
  return { chunks, metrics, read };
}

const STREAM = aRecord({ streamed: true });

describe('time_per_output_chunk', () => {
  test('has one value for each chunk after the first, in the conventions’ buckets, through a reader of the SDK', async () => {
    const { metrics, read } = setUp();
    metrics.record(STREAM, false, gapsOf(10, 10, 15, 200_000));
    metrics.record(STREAM, false, gapsOf(1));
    const [metric, ...others] = await read();
    expect(others).toEqual([]);
    expect(metric).toMatchObject({
      descriptor: { name: 'gen_ai.client.inference.time_per_output_chunk', unit: 's' },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.HISTOGRAM,
    });
    const [point, ...more] = metric?.dataPoints ?? [];
    expect(more).toEqual([]);
    expect(point?.attributes).toMatchObject({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o-mini' });
    expect(point?.value).toMatchObject({ count: 5, min: 0.001, max: 200 });
    expect(point?.value.sum).toBeCloseTo(200.036, 9);
    expect(point?.value.buckets.boundaries).toEqual(DURATION_BUCKETS);
    // 10, 10 and 1 ms | 15 ms | … | beyond 81.92 s.
    expect(point?.value.buckets.counts).toEqual([3, 1, ...Array.from({ length: 12 }, () => 0), 1]);
  });

  test('has the old name where it is asked for, and both with dup', async () => {
    const names = async (semconv: SemconvScheme): Promise<string[]> => {
      const { metrics, read } = setUp(semconv);
      metrics.record(STREAM, false, gapsOf(10));
      return (await read()).map(({ descriptor }) => descriptor.name);
    };
    expect(await names('v1.41')).toEqual(['gen_ai.client.operation.time_per_output_chunk']);
    expect(await names('dup')).toHaveLength(2);
  });

  test('is not there for answers that are no streams, of one chunk, or another instrumentation’s', async () => {
    const { metrics, read } = setUp();
    metrics.record(aRecord({ streamed: false }), false, gapsOf(10));
    metrics.record(STREAM, false, gapsOf());
    metrics.record(STREAM, true, gapsOf(10));
    metrics.record(STREAM, false, null);
    expect(await read()).toEqual([]);
  });

  test('stays bounded with 10,000 models', async () => {
    const { metrics, read } = setUp();
    for (let n = 0; n < 10_000; n += 1)
      metrics.record(aRecord({ streamed: true, requestModel: `m-${n}`, responseModel: null }), false, gapsOf(10));
    const [metric] = await read();
    expect(metric?.dataPoints).toHaveLength(201);
    expect(metric?.dataPoints.reduce((sum, { value }) => sum + value.count, 0)).toBe(10_000);
  });

  test('has one series for what is beyond the bound of all names together', async () => {
    const { chunks, read } = setUp();
    for (let n = 0; n < 3_000; n += 1) chunks.add('gen_ai.client.inference.time_per_output_chunk', { n }, gapsOf(10));
    const points = (await read())[0]?.dataPoints ?? [];
    expect(points).toHaveLength(2_001);
    expect(points.at(-1)).toMatchObject({ attributes: { 'otel.metric.overflow': true }, value: { count: 1_000 } });
  });
});
