/** Shapes of the session and estimate endpoints. */
import { z } from '@hono/zod-openapi';
import { roundDecimal, trimDecimal } from '../report/decimal.ts';
import { word } from './word.ts';

export const SERVICE_TYPES = [
  'text',
  'image',
  'video',
  'speech',
  'transcription',
  'embedding',
  'rerank',
  'search',
  'moderation',
  'other',
] as const;

export const SessionId = word(200).openapi({ example: 'b2c7d1f0-5a41-4c0e-9d8a-3f6f0a1b2c3d' });
export const ModelName = word(256).openapi({ example: 'gemini-2.0-flash-exp' });

/** No call ever had more, and sums stay exact. */
const MAX_COUNT = 1_000_000_000_000;
const count = z.number().int().min(0).max(MAX_COUNT);
const amount = z.number().min(0).max(MAX_COUNT);

export const unitFields = {
  input_tokens: count.optional(),
  output_tokens: count.optional(),
  images: count.optional(),
  duration_seconds: amount.optional(),
  characters: count.optional(),
};

export const sumOrNull = z.number().nullable().openapi({ description: 'Null where no operation stated it.' });
export const exactUsd = z.string().nullable().openapi({ description: 'The same, an exact decimal.' });
export const time = z.iso.datetime();

/** Cost as a JSON number and as its exact twin. The cost of no operation at all is 0; an unknown one is null. */
export function cost<Name extends string>(
  name: Name,
  exact: string | null,
  operations: number,
): Record<Name, number | null> & Record<`${Name}_exact`, string | null> {
  const known = operations === 0 ? '0' : exact;
  return {
    [name]: known === null ? null : Number(roundDecimal(known, 12)),
    [`${name}_exact`]: known === null ? null : trimDecimal(known),
  } as Record<Name, number | null> & Record<`${Name}_exact`, string | null>;
}

export const Breakdown = z
  .record(
    z.string(),
    z.object({
      operations: z.number().int(),
      cost: sumOrNull,
      cost_exact: exactUsd,
      models: z.array(z.string()),
    }),
  )
  .openapi('ServicesBreakdown');

export const UsageStats = z
  .object({
    session_active: z.boolean(),
    session_id: z.string(),
    total_cost: sumOrNull,
    total_cost_exact: exactUsd,
    total_operations: z.number().int(),
    operations_without_cost: z.number().int(),
    services_breakdown: Breakdown,
    input_tokens: sumOrNull,
    output_tokens: sumOrNull,
    total_tokens: sumOrNull,
    video_seconds: sumOrNull,
    start_time: time,
    last_update: time,
  })
  .openapi('SessionStats');

export const SessionSummary = z
  .object({
    session_id: z.string(),
    start_time: time,
    end_time: time.nullable(),
    total_operations: z.number().int(),
    total_cost_usd: sumOrNull,
    total_cost_usd_exact: exactUsd,
    operations_without_cost: z.number().int(),
    services_used: z.array(z.string()),
    models_used: z.array(z.string()),
  })
  .openapi('SessionSummary');

export const ListedSession = SessionSummary.extend({
  session_active: z.boolean(),
  last_update: time,
  total_tokens: sumOrNull,
});

export const Operation = z
  .object({
    record_id: z.string(),
    time,
    provider: z.string(),
    model_name: z.string().nullable(),
    service_type: z.string(),
    operation_type: z.string(),
    session_id: z.string().nullable(),
    input_tokens: sumOrNull,
    output_tokens: sumOrNull,
    total_tokens: sumOrNull,
    units: z.record(z.string(), z.number()).openapi({ description: 'images, video_seconds, characters, …' }),
    cost: sumOrNull,
    cost_exact: exactUsd,
    unpriced_reason: z.string().nullable(),
    price_card: z.string().nullable(),
    success: z.boolean(),
    error_type: z.string().nullable(),
    response_time_ms: sumOrNull,
  })
  .openapi('Operation');
export type Operation = z.infer<typeof Operation>;

export const pageFields = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(50)
    .openapi({ type: 'integer', minimum: 1, maximum: 1000, default: 50 }),
  offset: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(0)
    .openapi({ type: 'integer', minimum: 0, maximum: 1_000_000_000, default: 0 }),
};
