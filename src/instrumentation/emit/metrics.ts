/** Records a usage record on all instruments of the list, with bounded cardinality. */
import type { Attributes, Counter, Gauge, Histogram, Meter } from '@opentelemetry/api';
import type { UsageRecord } from '@wiretally/usage';
import type { ChunkGaps } from '../chunk-gaps.ts';
import { boundedNames } from './bounded-names.ts';
import { billed, CONVENTION, INSTRUMENTS, isInference, measuredBy } from './instruments.ts';
import { createMetricBatch } from './metric-batch.ts';
import type { Add, Cell } from './metric-batch.ts';
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

/** Attributes of calls that are alike, and their cells, by instrument and by the attributes that only it has. */
interface Series {
  readonly all: Attributes;
  readonly cells: (WeakMap<Attributes, Cell> | undefined)[];
}

interface Instrument {
  readonly definition: InstrumentDefinition;
  readonly index: number;
  readonly add: Add;
}

const NO_EXTRA: Attributes = {};
/** Then they are met anew: the names are bounded, but they have many combinations. */
const MAX_SERIES = 1000;

export function createCallMetrics(meter: Meter, options: MetricOptions): CallMetrics {
  const names = schemeNames(options.semconv);
  const chunks = options.chunks ?? outputChunks();
  const batch = createMetricBatch(meter);
  const instruments: readonly Instrument[] = INSTRUMENTS.map((definition, index) => ({
    definition,
    index,
    add: createInstrument(meter, definition),
  }));
  const completing = instruments.filter(({ definition }) => definition.completes === true);
  const models = boundedNames({ limit: MODEL_LIMIT, allow: options.models });
  const hosts = boundedNames({ limit: HOST_LIMIT, allow: options.hosts });
  // The conventions' own word for an error that has no name.
  const errors = boundedNames({ limit: ERROR_LIMIT, other: '_OTHER' });
  const limitNames = boundedNames({ limit: LIMIT_NAME_LIMIT });
  const credentials = boundedNames({ limit: CREDENTIAL_LIMIT });
  const known = new Map<string, Series>();
  /** Gauges of calls that are not alike may be one series, of which the last value counts. */
  const gauges = new Map<string, Cell>();

  const attributesOf = (record: UsageRecord): Attributes => {
    const { operation, provider, serviceType, host, port, requestModel, responseModel, errorType, credential } = record;
    const attributes: Attributes = {
      [ATTR.operation]: operation,
      [ATTR.provider]: provider,
      [ATTR.serviceType]: serviceType,
    };
    if (host !== '') attributes[ATTR.serverAddress] = hosts.bound(host);
    if (port !== null) attributes[ATTR.serverPort] = port;
    if (requestModel !== null) attributes[ATTR.requestModel] = models.bound(requestModel);
    if (responseModel !== null) attributes[ATTR.responseModel] = models.bound(responseModel);
    if (errorType !== null) attributes[ATTR.errorType] = errors.bound(errorType);
    if (credential !== null) attributes[ATTR.credential] = credentials.bound(credential);
    return attributes;
  };

  return {
    record(record, restatedElsewhere, gaps = null) {
      measure(instruments, record, restatedElsewhere);
      if (gaps !== null && !restatedElsewhere && record.streamed && billed(record)) measureChunks(record, gaps);
    },
    complete: (record, restatedElsewhere) => measure(completing, record, restatedElsewhere),
  };

  function measure(list: readonly Instrument[], record: UsageRecord, restatedElsewhere: boolean): void {
    const series = seriesOf(record);
    for (const instrument of list) {
      const { definition } = instrument;
      if (!measuredBy(definition, names, record)) continue;
      if (restatedElsewhere && definition.scheme !== 'own') continue;
      for (const [value, extra] of definition.measure(record)) {
        // One NaN would stay in a sum for ever.
        if (!Number.isFinite(value) || value < 0) continue;
        batch.put(cellOf(series, instrument, extra), value);
      }
    }
  }

  function measureChunks(record: UsageRecord, gaps: ChunkGaps): void {
    const attributes = pick(attributesOf(record), CONVENTION);
    if (names.latest && isInference(record)) chunks.add(METRIC.inferenceTimePerOutputChunk, attributes, gaps);
    if (names.v141) chunks.add(METRIC.operationTimePerOutputChunk, attributes, gaps);
  }

  function seriesOf(record: UsageRecord): Series {
    const all = attributesOf(record);
    const key = textOf(all);
    let series = known.get(key);
    if (series === undefined) {
      if (known.size >= MAX_SERIES) {
        batch.flush();
        known.clear();
        gauges.clear();
      }
      series = { all, cells: [] };
      known.set(key, series);
    }
    return series;
  }

  function cellOf(series: Series, instrument: Instrument, extra: Attributes | undefined): Cell {
    const cells = (series.cells[instrument.index] ??= new WeakMap<Attributes, Cell>());
    const key = extra ?? NO_EXTRA;
    let cell = cells.get(key);
    if (cell === undefined) {
      cell = makeCell(series, instrument, boundLimitName(key));
      cells.set(key, cell);
    }
    return cell;
  }

  function makeCell(series: Series, { definition, add, index }: Instrument, extra: Attributes): Cell {
    const attributes = { ...pick(series.all, definition.attributes), ...extra };
    const { kind } = definition;
    const cell: Cell = { kind, add, attributes, pending: null, values: [], open: false };
    if (kind !== 'gauge') return cell;
    const key = `${index} ${textOf(attributes)}`;
    const same = gauges.get(key) ?? cell;
    gauges.set(key, same);
    return same;
  }

  function boundLimitName(extra: Attributes): Attributes {
    const name = extra[ATTR.limitName];
    const bounded = typeof name === 'string' ? limitNames.bound(name) : name;
    return bounded === name ? extra : { ...extra, [ATTR.limitName]: bounded };
  }
}

function textOf(attributes: Attributes): string {
  let text = '';
  for (const name in attributes) text += `${name}=${String(attributes[name])}\0`;
  return text;
}

function pick(all: Attributes, allowed: readonly string[]): Attributes {
  const attributes: Attributes = {};
  for (const name of allowed) if (all[name] !== undefined) attributes[name] = all[name];
  return attributes;
}

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
