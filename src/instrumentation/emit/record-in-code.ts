/** Calls that no hook can see (native gRPC, a job in another language), recorded by the application. */
import { context, diag } from '@opentelemetry/api';
import type { Operation, Reading, ServiceType, Units, UsageRecord } from '@wiretally/usage';
import { NO_TOKENS, NOTHING_STATED, OPERATION_OF_SERVICE, providerOfModel } from '@wiretally/usage';
import { callerOf } from '../usage-context.ts';
import { processEmitter } from './emitter.ts';
import { spanIds } from './observer.ts';
import { startRecordedSpan } from './span.ts';
import { uuidV7 } from './uuid.ts';

/** Only what the model bills has to be stated; what is left out is "not stated", not 0. */
export interface RecordedUsage {
  readonly modelName: string;
  /** Default: told from the model's name. */
  readonly provider?: string | undefined;
  /** Default `text`. */
  readonly serviceType?: ServiceType | undefined;
  /** What was done, e.g. `chat`, or a word of the caller's own, as `generate`. Default: told from the service type. */
  readonly operationType?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly userId?: string | number | undefined;
  readonly chatId?: string | number | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly cacheReadTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  readonly images?: number | undefined;
  /** Of video or of sound, as the service type says. */
  readonly durationSeconds?: number | undefined;
  readonly characters?: number | undefined;
  /** How long the call took. */
  readonly responseTimeMs?: number | undefined;
  /** When it began; default: now, less its duration. */
  readonly at?: Date | undefined;
  /** A UUID of the caller's: the same one twice, with the same `at`, is stored once. */
  readonly recordId?: string | undefined;
  /** False: the attempt failed. Default true. */
  readonly success?: boolean | undefined;
  /** The provider's code of the failure (`429`), not its message. */
  readonly errorType?: string | undefined;
}

const logger = diag.createComponentLogger({ namespace: '@wiretally/instrumentation' });
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const KNOWN_OPERATIONS: ReadonlySet<string> = new Set<Operation>([
  ...Object.values(OPERATION_OF_SERVICE),
  'generate_content',
  'text_completion',
  'ocr',
  'realtime',
  'batch',
  'count_tokens',
]);

/**
 * Records a call that was not seen on the wire: same price rules, same signals. Never throws.
 *
 * @returns the record with its cost; null where it could not be recorded (the reason goes to OpenTelemetry's `diag`).
 */
export function recordUsage(usage: RecordedUsage): UsageRecord | null {
  try {
    return record(usage);
  } catch (error) {
    logger.error('recordUsage: this call was not recorded', error);
    return null;
  }
}

/**
 * The same, in the words of request logs.
 *
 * @param errorMessage decides only that there was an error: messages repeat prompts and are not kept.
 */
export function logRequest(
  modelId: string,
  userId: string | number | null,
  success: boolean,
  requestTokens: number | null,
  responseTokens: number | null,
  responseTimeMs: number,
  errorMessage?: string | null,
): void {
  recordUsage({
    modelName: modelId,
    userId: userId ?? undefined,
    success: success && (errorMessage === undefined || errorMessage === null || errorMessage === ''),
    inputTokens: requestTokens ?? undefined,
    outputTokens: responseTokens ?? undefined,
    responseTimeMs,
  });
}

function record(usage: RecordedUsage): UsageRecord {
  const durationMs = count(usage.responseTimeMs);
  const startedAtMs = usage.at?.getTime() ?? Date.now() - (durationMs ?? 0);
  if (!Number.isFinite(startedAtMs)) throw new TypeError('recordUsage: "at" is no valid date');
  const reading = readingOf(usage);
  const emitter = processEmitter();
  const span = startRecordedSpan(emitter.tracer, reading, startedAtMs, context.active());
  const service = emitter.serviceOf(span);
  const caller = callerOf(context.active());
  const finished: UsageRecord = {
    ...reading,
    ...emitter.price(reading, startedAtMs),
    id: usage.recordId !== undefined && UUID.test(usage.recordId) ? usage.recordId.toLowerCase() : uuidV7(startedAtMs),
    timeUnixMicros: Math.floor(startedAtMs * 1000),
    source: 'code',
    host: '',
    port: null,
    durationMs,
    timeToFirstChunkMs: null,
    userId: text(usage.userId) ?? caller.userId,
    chatId: text(usage.chatId) ?? caller.chatId,
    sessionId: text(usage.sessionId) ?? caller.sessionId,
    tags: { ...caller.tags, ...usage.tags },
    credential: null,
    serviceName: service.name,
    serviceVersion: service.version,
    environment: service.environment,
    ...spanIds(span),
  };
  emitter.emit(finished, span, false);
  return finished;
}

function readingOf(usage: RecordedUsage): Reading {
  const { provider, model } = providerOfModel(text(usage.provider), text(usage.modelName));
  const serviceType = usage.serviceType ?? 'text';
  const input = whole(usage.inputTokens);
  const output = whole(usage.outputTokens);
  const units = unitsOf(usage, serviceType);
  const stated = input !== null || output !== null || Object.keys(units).length > 0;
  const failed = usage.success === false || usage.errorType !== undefined;
  return {
    ...NOTHING_STATED,
    provider,
    operation: operationOf(usage.operationType, serviceType),
    serviceType,
    requestModel: model,
    tokens: {
      ...NO_TOKENS,
      input,
      output,
      total: input === null && output === null ? null : (input ?? 0) + (output ?? 0),
      cacheRead: whole(usage.cacheReadTokens),
      reasoning: whole(usage.reasoningTokens),
    },
    units,
    usageSource: stated ? 'request' : 'missing',
    usageMissingReason: stated ? null : failed ? 'error-response' : 'not-stated',
    errorType: failed ? (usage.errorType ?? 'error') : null,
    errorClass: failed ? 'other' : null,
  };
}

function unitsOf(usage: RecordedUsage, serviceType: ServiceType): Units {
  const images = whole(usage.images);
  const seconds = count(usage.durationSeconds);
  const characters = whole(usage.characters);
  return {
    ...(images === null ? {} : { images }),
    ...(seconds === null ? {} : serviceType === 'video' ? { video_seconds: seconds } : { audio_seconds: seconds }),
    ...(characters === null ? {} : { characters }),
  };
}

function operationOf(stated: string | undefined, serviceType: ServiceType): Operation {
  return stated !== undefined && KNOWN_OPERATIONS.has(stated)
    ? (stated as Operation)
    : OPERATION_OF_SERVICE[serviceType];
}

/** Callers are JavaScript, too: what is no count is not stated. */
function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

function whole(value: unknown): number | null {
  const number = count(value);
  return Number.isSafeInteger(number) ? number : null;
}

function text(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value.slice(0, 256) : null;
}
