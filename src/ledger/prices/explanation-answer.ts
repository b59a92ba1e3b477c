/** An explanation as programs get it, from the API and from `wiretally explain --json`. */
import { z } from '@hono/zod-openapi';
import type { RateCard } from '@wiretally/usage';
import { shortProviderName } from '../report/provider-names.ts';
import type { CallExplanation } from './explain-call.ts';

const text = z.string().nullable();
const exact = z.string().nullable().openapi({ description: 'Exact decimal USD.' });
const moment = z.iso.datetime();

export const ExplanationAnswer = z
  .object({
    record_id: z.string(),
    timestamp: moment,
    provider: z.string(),
    operation: z.string(),
    request_model: text,
    response_model: text,
    summary: z.string().openapi({ description: 'Where the cost comes from, or why there is none.' }),
    cost_exact: exact,
    cost_source: text,
    cost_reported_exact: exact,
    cost_upstream_exact: exact,
    cost_calculated_exact: exact,
    unpriced_reason: text,
    zero_reason: text,
    usage: z.object({
      source: z.string(),
      missing_reason: text,
      tokens: z.record(z.string(), z.number()),
      units: z.record(z.string(), z.number()),
      modifiers: z.record(z.string(), z.union([z.string(), z.boolean()])),
      parts: z.number().int().openapi({ description: 'Pieces of the answer that are priced on their own.' }),
    }),
    price_card: text,
    rate_card: z
      .object({
        card: z.custom<RateCard>().openapi({ type: 'object' }),
        first_seen: moment.nullable().openapi({ description: 'Null: not kept, found by pricing the call again.' }),
      })
      .nullable(),
    lines: z.array(
      z.object({
        part: text.openapi({ description: 'Model of a part of the call; null: the call itself.' }),
        meter: z.string(),
        quantity: z.number(),
        stated_quantity: z.number().openapi({ description: 'Differs where the rate has a minimum or maximum.' }),
        rate_exact: z.string(),
        per: z.number(),
        tier_above_input_tokens: z.number().nullable(),
        amount_exact: z.string(),
        price_source: z.string(),
        price_provider: z.string(),
        price_model: z.string(),
      }),
    ),
    replay: z
      .object({
        cost_exact: exact,
        equal: z
          .boolean()
          .openapi({ description: 'The card and the stored usage give the stored cost to the last digit.' }),
      })
      .nullable(),
    history: z.array(z.object({ cost_exact: exact, price_card: text, until: moment, by: z.string(), reason: text })),
  })
  .openapi('CostExplanation');
export type ExplanationAnswer = z.infer<typeof ExplanationAnswer>;

export function explanationAnswer(explanation: CallExplanation): ExplanationAnswer {
  const { record, summary, card, lines, replay, history } = explanation;
  return {
    record_id: record.id,
    timestamp: new Date(record.timeUnixMicros / 1000).toISOString(),
    provider: shortProviderName(record.provider),
    operation: record.operation,
    request_model: record.requestModel,
    response_model: record.responseModel,
    summary,
    cost_exact: record.costUsd,
    cost_source: record.costSource,
    cost_reported_exact: record.costReportedUsd,
    cost_upstream_exact: record.costUpstreamUsd,
    cost_calculated_exact: record.costCalculatedUsd,
    unpriced_reason: record.unpricedReason,
    zero_reason: record.zeroReason,
    usage: {
      source: record.usageSource,
      missing_reason: record.usageMissingReason,
      tokens: stated(record.tokens),
      units: stated(record.units),
      modifiers: stated(record.modifiers),
      parts: record.parts.length,
    },
    price_card: record.priceCard,
    rate_card: card === null ? null : { card: card.card, first_seen: card.firstSeen?.toISOString() ?? null },
    lines: lines.map((line) => ({
      part: line.part,
      meter: line.meter,
      quantity: line.quantity,
      stated_quantity: line.statedQuantity,
      rate_exact: line.rateUsd,
      per: line.per,
      tier_above_input_tokens: line.tierAboveInputTokens,
      amount_exact: line.amountUsd,
      price_source: line.source,
      price_provider: line.provider,
      price_model: line.model,
    })),
    replay: replay === null ? null : { cost_exact: replay.costUsd, equal: replay.equal },
    history: history.map(({ costUsd, priceCard, until, by, reason }) => ({
      cost_exact: costUsd,
      price_card: priceCard,
      until: until.toISOString(),
      by,
      reason,
    })),
  };
}

/** Snake case, as all of the API; what was not stated is left out. */
function stated<Value extends number | string | boolean>(
  values: Readonly<Partial<Record<string, Value | null>>> | object,
): Record<string, Value> {
  const entries = Object.entries(values as Readonly<Record<string, Value | null | undefined>>);
  const found = entries.flatMap(([name, value]): [string, Value][] =>
    value === null || value === undefined
      ? []
      : [[name.replaceAll(/[A-Z0-9]+/g, (letters) => `_${letters.toLowerCase()}`), value]],
  );
  return Object.fromEntries(found);
}
