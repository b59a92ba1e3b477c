/**
 * `time_per_output_chunk`: the times between the chunks of streams, summed up here and handed to metric readers as they
 * ask. The SDK's own histogram takes one value at a time, at 1.3 µs or more each; a stream of 1,000 chunks would pay
 * 1.3 ms for this metric alone.
 */
import { ValueType } from '@opentelemetry/api';
import type { Attributes, HrTime } from '@opentelemetry/api';
import type {
  AggregationTemporality,
  CollectionResult,
  DataPointType,
  HistogramMetricData,
  MetricProducer,
} from '@opentelemetry/sdk-metrics';
import type { ChunkGaps } from '../chunk-gaps.ts';
import { processWide } from './process-wide.ts';
import { DURATION_BUCKETS, INSTRUMENTATION_NAME, METRIC } from './semconv.ts';
import { VERSION } from './version.ts';

export interface OutputChunks extends MetricProducer {
  add(name: string, attributes: Attributes, gaps: ChunkGaps): void;
}

interface Series {
  readonly attributes: Attributes;
  readonly since: HrTime;
  readonly counts: number[];
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** The names within are bounded before; this only bounds their product. */
const MAX_SERIES = 2_000;
/** What the SDK calls the series of all that is too much. */
const OVERFLOW: Attributes = { 'otel.metric.overflow': true };

/** Instruments that are produced here, not by a meter. */
export const PRODUCED = [METRIC.inferenceTimePerOutputChunk, METRIC.operationTimePerOutputChunk].map((name) => ({
  name,
  kind: 'histogram' as const,
  unit: 's',
  description: 'Time from one chunk of a streamed answer to the next.',
}));

/** One a process: streams are summed up whichever copy saw them, and whoever reads. */
export function outputChunks(): OutputChunks {
  return processWide('output-chunks', () => createOutputChunks(() => Date.now()));
}

/**
 * For the metric readers of an application's own SDK, which then also export
 * `gen_ai.client.inference.time_per_output_chunk`: `new PeriodicExportingMetricReader({ metricProducers:
 * [metricProducer()], … })`. Cumulative, whatever temporality the exporter prefers.
 */
export function metricProducer(): MetricProducer {
  return outputChunks();
}

/** @param now milliseconds since the epoch. */
export function createOutputChunks(now: () => number): OutputChunks {
  const metrics = new Map<string, Map<string, Series>>();

  function seriesOf(name: string, attributes: Attributes): Series {
    let all = metrics.get(name);
    if (all === undefined) {
      all = new Map();
      metrics.set(name, all);
    }
    const own = JSON.stringify(Object.entries(attributes));
    const full = all.size >= MAX_SERIES && !all.has(own);
    const key = full ? '' : own;
    let series = all.get(key);
    if (series === undefined) {
      series = {
        attributes: full ? OVERFLOW : attributes,
        since: hrTime(now()),
        counts: Array.from({ length: DURATION_BUCKETS.length + 1 }, () => 0),
        count: 0,
        sum: 0,
        min: Infinity,
        max: 0,
      };
      all.set(key, series);
    }
    return series;
  }

  return {
    add(name, attributes, gaps) {
      const { count } = gaps;
      if (count === 0) return;
      const series = seriesOf(name, attributes);
      gaps.counts.forEach((each, bucket) => {
        series.counts[bucket] = (series.counts[bucket] ?? 0) + each;
      });
      series.count += count;
      series.sum += gaps.sum;
      series.min = Math.min(series.min, gaps.min);
      series.max = Math.max(series.max, gaps.max);
    },
    collect(): Promise<CollectionResult> {
      const endTime = hrTime(now());
      const found = PRODUCED.flatMap(({ name, unit, description }): HistogramMetricData[] => {
        const all = metrics.get(name);
        if (all === undefined) return [];
        return [
          {
            descriptor: { name, unit, description, valueType: ValueType.DOUBLE },
            aggregationTemporality: CUMULATIVE,
            dataPointType: HISTOGRAM,
            dataPoints: [...all.values()].map(({ attributes, since, counts, count, sum, min, max }) => ({
              attributes,
              startTime: since,
              endTime,
              value: { buckets: { boundaries: [...DURATION_BUCKETS], counts: [...counts] }, count, sum, min, max },
            })),
          },
        ];
      });
      const scope = { name: INSTRUMENTATION_NAME, version: VERSION };
      return Promise.resolve({
        resourceMetrics: {
          // The reader puts in that of its provider.
          resource: NO_RESOURCE,
          scopeMetrics: found.length === 0 ? [] : [{ scope, metrics: found }],
        },
        errors: [],
      });
    },
  };
}

// Numbers, since importing the enums would load the SDK in every service; a test compares them.
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const CUMULATIVE = 1 as AggregationTemporality.CUMULATIVE;
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const HISTOGRAM = 0 as DataPointType.HISTOGRAM;

const NO_RESOURCE = { attributes: {} } as CollectionResult['resourceMetrics']['resource'];

function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1000), (ms % 1000) * 1_000_000];
}
