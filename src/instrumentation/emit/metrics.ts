/** Records a usage record on all instruments of the list, with bounded cardinality. */
import type { Attributes, Counter, Gauge, Histogram, Meter } from '@opentelemetry/api';
import type { UsageRecord } from '@wiretally/usage';
import type { ChunkGaps } from '../chunk-gaps.ts';
import { boundedNames } from './bounded-names.ts';
import { billed, CONVENTION, INSTRUMENTS, isInference, measuredBy } from './instruments.ts';
import type { InstrumentDefinition } from './instruments.ts';
import { outputChunks } from './output-chunks.ts';
import type { OutputChunks } from './output-chunks.ts';
import { ATTR, METRIC, schemeNames } from './semconv.ts';
import type { SemconvScheme } from './semconv.ts';

export interface MetricOptions {
  readonly semconv: SemconvScheme;
  /** Only these model names become attribute values; all others are `other`. Default: the first 200 that come. */
  readonly models?: readonly string[] | undefined;
  /** The same for `server.address`; default the first 50. */
  readonly hosts?: readonly string[] | undefined;
  /** Default: those of this process. */
  readonly chunks?: OutputChunks;
}

export interface CallMetrics {
  /**
   * @param restatedElsewhere another instrumentation stands for this call and emits the conventions' metrics of it:
   * only ours are recorded.
   * @param gaps the times between the chunks of a stream.
   */
  record(record: UsageRecord, restatedElsewhere: boolean, gaps?: ChunkGaps | null): void;
  /** Usage and cost of a call that was counted when it ended without them. */
  complete(record: UsageRecord, restatedElsewhere: boolean): void;
}

const MODEL_LIMIT = 200;
const HOST_LIMIT = 50;
const ERROR_LIMIT = 100;
const LIMIT_NAME_LIMIT = 50;
const CREDENTIAL_LIMIT = 50;

export function createCallMetrics(meter: Meter, options: MetricOptions): CallMetrics {
  const names = schemeNames(options.semconv);
  const chunks = options.chunks ?? outputChunks();
  const instruments = INSTRUMENTS.map((definition) => ({ definition, add: createInstrument(meter, definition) }));
  const completing = instruments.filter(({ definition }) => definition.completes === true);
  const models = boundedNames({ limit: MODEL_LIMIT, allow: options.models });
  const hosts = boundedNames({ limit: HOST_LIMIT, allow: options.hosts });
  // The conventions' own word for an error that has no name.
  const errors = boundedNames({ limit: ERROR_LIMIT, other: '_OTHER' });
  const limitNames = boundedNames({ limit: LIMIT_NAME_LIMIT });
  const credentials = boundedNames({ limit: CREDENTIAL_LIMIT });

  const attributesOf = (record: UsageRecord): Attributes => ({
    [ATTR.operation]: record.operation,
    [ATTR.provider]: record.provider,
    [ATTR.serviceType]: record.serviceType,
    ...(record.host === '' ? {} : { [ATTR.serverAddress]: hosts.bound(record.host) }),
    ...(record.port === null ? {} : { [ATTR.serverPort]: record.port }),
    ...(record.requestModel === null ? {} : { [ATTR.requestModel]: models.bound(record.requestModel) }),
    ...(record.responseModel === null ? {} : { [ATTR.responseModel]: models.bound(record.responseModel) }),
    ...(record.errorType === null ? {} : { [ATTR.errorType]: errors.bound(record.errorType) }),
    ...(record.credential === null ? {} : { [ATTR.credential]: credentials.bound(record.credential) }),
  });

  return {
    record(record, restatedElsewhere, gaps = null) {
      measure(instruments, record, restatedElsewhere);
      if (gaps !== null && !restatedElsewhere && record.streamed && billed(record)) measureChunks(record, gaps);
    },
    complete: (record, restatedElsewhere) => measure(completing, record, restatedElsewhere),
  };

  function measure(list: typeof instruments, record: UsageRecord, restatedElsewhere: boolean): void {
    const all = attributesOf(record);
    // Lists of allowed attributes are shared between instruments: pick once each.
    const picked = new Map<readonly string[], Attributes>();
    for (const { definition, add } of list) {
      if (!measuredBy(definition, names, record)) continue;
      if (restatedElsewhere && definition.scheme !== 'own') continue;
      for (const [value, extra] of definition.measure(record)) {
        // One NaN would stay in a sum for ever.
        if (!Number.isFinite(value) || value < 0) continue;
        let attributes = picked.get(definition.attributes);
        if (attributes === undefined) {
          attributes = pick(all, definition.attributes);
          picked.set(definition.attributes, attributes);
        }
        add(value, extra === undefined ? attributes : { ...attributes, ...boundLimitName(extra) });
      }
    }
  }

  function measureChunks(record: UsageRecord, gaps: ChunkGaps): void {
    const attributes = pick(attributesOf(record), CONVENTION);
    if (names.latest && isInference(record)) chunks.add(METRIC.inferenceTimePerOutputChunk, attributes, gaps);
    if (names.v141) chunks.add(METRIC.operationTimePerOutputChunk, attributes, gaps);
  }

  function boundLimitName(extra: Attributes): Attributes {
    const name = extra[ATTR.limitName];
    return typeof name === 'string' ? { ...extra, [ATTR.limitName]: limitNames.bound(name) } : extra;
  }
}

function pick(all: Attributes, allowed: readonly string[]): Attributes {
  const attributes: Attributes = {};
  for (const name of allowed) if (all[name] !== undefined) attributes[name] = all[name];
  return attributes;
}

type Add = (value: number, attributes: Attributes) => void;

function createInstrument(meter: Meter, definition: InstrumentDefinition): Add {
  const { name, unit, description, buckets } = definition;
  const options = { unit, description };
  switch (definition.kind) {
    case 'counter': {
      const counter: Counter = meter.createCounter(name, options);
      return (value, attributes) => counter.add(value, attributes);
    }
    case 'gauge': {
      const gauge: Gauge = meter.createGauge(name, options);
      return (value, attributes) => gauge.record(value, attributes);
    }
    case 'histogram': {
      const advice = buckets === undefined ? {} : { advice: { explicitBucketBoundaries: [...buckets] } };
      const histogram: Histogram = meter.createHistogram(name, { ...options, ...advice });
      return (value, attributes) => histogram.record(value, attributes);
    }
  }
}
