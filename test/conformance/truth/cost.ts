/**
 * What an answer's body says it cost, read naively: the last document that states a cost. Shares no code with the
 * readers. A cost for work that the caller's own key pays upstream is the sum of both.
 */
import type { RecordedExchange } from '../corpus.ts';
import { field, isObject, parseDocuments } from './documents.ts';
import type { Json } from './documents.ts';

/** USD; null where no cost is stated. Binary floating point will do for a comparison within a thousandth. */
export function statedCost(exchange: RecordedExchange): number | null {
  let stated: number | null = null;
  for (const document of parseDocuments(exchange)) {
    for (const holder of [document, document['response'], document['message']].filter(isObject)) {
      stated = costOf(holder) ?? stated;
    }
  }
  return stated;
}

function costOf(holder: Json): number | null {
  const usage = holder['usage'] ?? holder['usageMetadata'];
  const gateway = field(field(holder['providerMetadata'] ?? holder['provider_metadata'], 'gateway'), 'cost');
  const ticks = amount(field(usage, 'cost_in_usd_ticks'));
  return (
    amount(gateway) ??
    // Ten billion ticks are a dollar.
    (ticks === null ? null : ticks * 1e-10) ??
    amount(field(field(usage, 'cost'), 'total_cost')) ??
    routed(usage) ??
    amount(field(field(usage, 'pydantic_ai_gateway'), 'cost_estimate'))
  );
}

function routed(usage: unknown): number | null {
  const cost = amount(field(usage, 'cost'));
  if (cost === null || field(usage, 'is_byok') !== true) return cost;
  return cost + (amount(field(field(usage, 'cost_details'), 'upstream_inference_cost')) ?? 0);
}

function amount(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : null;
}
