/** A call that a client tells us of, as a record: same vocabulary and same price rules as calls seen on the wire. */
import { NO_TOKENS, NOTHING_STATED, OPERATION_OF_SERVICE, priceReading, providerOfModel } from '@wiretally/usage';
import type { PriceBook, Reading, ServiceType, Units, UsageRecord } from '@wiretally/usage';

/** Units that a model bills. What is left out is "not stated", not 0. */
export interface BilledUnits {
  readonly input_tokens?: number | undefined;
  readonly output_tokens?: number | undefined;
  readonly images?: number | undefined;
  /** Of video or of sound, as the service type says. */
  readonly duration_seconds?: number | undefined;
  readonly characters?: number | undefined;
}

export interface RecordedUsage extends BilledUnits {
  readonly session_id: string;
  readonly model_name: string;
  readonly provider?: string | undefined;
  readonly service_type: ServiceType;
  readonly operation_type: string;
  readonly user_id?: string | undefined;
  readonly chat_id?: string | undefined;
}

export function readingOf(
  usage: BilledUnits & Pick<RecordedUsage, 'model_name' | 'provider' | 'service_type'>,
): Reading {
  const { provider, model } = providerOfModel(usage.provider ?? null, usage.model_name);
  const input = usage.input_tokens ?? null;
  const output = usage.output_tokens ?? null;
  const units = unitsOf(usage, usage.service_type);
  const stated = input !== null || output !== null || Object.keys(units).length > 0;
  return {
    ...NOTHING_STATED,
    provider,
    operation: OPERATION_OF_SERVICE[usage.service_type],
    serviceType: usage.service_type,
    requestModel: model,
    tokens: {
      ...NO_TOKENS,
      input,
      output,
      total: input === null && output === null ? null : (input ?? 0) + (output ?? 0),
    },
    units,
    usageSource: stated ? 'request' : 'missing',
    usageMissingReason: stated ? null : 'not-stated',
  };
}

export function unitsOf(usage: BilledUnits, serviceType: ServiceType): Units {
  const { images, duration_seconds: seconds, characters } = usage;
  return {
    ...(images === undefined ? {} : { images }),
    ...(seconds === undefined ? {} : serviceType === 'video' ? { video_seconds: seconds } : { audio_seconds: seconds }),
    ...(characters === undefined ? {} : { characters }),
  };
}

/** @param id and `at` are the ledger's key: the same pair is stored once. */
export function recordOf(usage: RecordedUsage, id: string, at: Date, book: PriceBook): UsageRecord {
  const reading = readingOf(usage);
  return {
    ...reading,
    ...priceReading(reading, { atMs: at.getTime(), book }),
    id,
    timeUnixMicros: at.getTime() * 1000,
    source: 'api',
    host: '',
    port: null,
    durationMs: null,
    timeToFirstChunkMs: null,
    userId: usage.user_id ?? null,
    chatId: usage.chat_id ?? null,
    sessionId: usage.session_id,
    // The client's own word for what was done; ours is `operation`.
    tags: { operation_type: usage.operation_type },
    credential: null,
    serviceName: null,
    serviceVersion: null,
    environment: null,
    traceId: null,
    spanId: null,
  };
}
