/** What a call would cost, before it is made. An estimate is never stored as usage. */
import { NO_MODIFIERS, NO_TOKENS } from '../record.ts';
import type { PriceModifiers, TokenCounts, Units, UnpricedReason } from '../record.ts';
import { defaultPriceBook } from './book.ts';
import { rateCard } from './card.ts';
import { charge } from './charge.ts';
import { format } from './decimal.ts';
import { billingType, findCall, nearModels } from './list.ts';
import type { BillingType, PriceListOptions } from './list.ts';
import { modelDisplayName } from './names.ts';
import { shortProviderName } from './provider-ids.ts';
import type { RateCard } from './rate.ts';

export interface EstimateRequest {
  readonly model: string;
  readonly tokens?: Partial<TokenCounts>;
  readonly units?: Units;
  readonly modifiers?: Partial<PriceModifiers>;
  /** Instead of `tokens.input`: texts, or messages as chat APIs take them. Counted by `TOKEN_RULE`. */
  readonly messages?: unknown;
}

export type Estimate =
  | {
      readonly found: true;
      readonly provider: string;
      readonly model: string;
      readonly name: string;
      readonly billingType: BillingType;
      readonly costUsd: string;
      readonly currency: 'USD';
      readonly card: RateCard;
      /** How the tokens were counted, where the caller gave messages; null where the caller counted. */
      readonly tokenRule: string | null;
      readonly inputTokens: number | null;
    }
  | { readonly found: false; readonly reason: UnpricedReason; readonly nearModels: readonly string[] };

/** No tokenizer is asked: it would be a different one for each model, and none of them is public for most. */
export const TOKEN_RULE = 'one token for 4 bytes of UTF-8 text, and 4 for each message';

/**
 * @param options the provider is searched where it is not named; `atMs` says which prices hold.
 * @returns the cost, or why there is none and which models were perhaps meant. Never throws.
 */
export function estimate(request: EstimateRequest, options: PriceListOptions): Estimate {
  const call = findCall(request.model, options);
  if (call === null) {
    return { found: false, reason: 'model-unknown', nearModels: nearModels(request.model, options) };
  }
  const counted = request.messages === undefined ? null : estimateTokens(request.messages);
  const tokens = tokensOf(request, counted);
  try {
    const modifiers = { ...NO_MODIFIERS, ...request.modifiers };
    const resolved = (options.book ?? defaultPriceBook).resolve(call, options.atMs, modifiers);
    if (resolved.kind === 'unpriced') return { found: false, reason: resolved.reason, nearModels: [] };
    const charged = charge(resolved.compiled, { tokens, units: request.units ?? {} });
    if ('unpriced' in charged) return { found: false, reason: charged.unpriced, nearModels: [] };
    const { sheet } = resolved.compiled;
    return {
      found: true,
      provider: shortProviderName(call.provider),
      model: request.model,
      name: modelDisplayName(call.provider, request.model),
      billingType: billingType(sheet),
      costUsd: format(charged.total),
      currency: 'USD',
      card: rateCard([{ part: null, ...sheet }]),
      tokenRule: counted === null ? null : TOKEN_RULE,
      inputTokens: tokens.input,
    };
  } catch {
    return { found: false, reason: 'pricing-failed', nearModels: [] };
  }
}

/** A prompt alone is worth asking about: what is not given is not expected. */
function tokensOf(request: EstimateRequest, counted: number | null): TokenCounts {
  const tokens = { ...NO_TOKENS, ...request.tokens };
  const input = tokens.input ?? counted;
  if (input === null && tokens.output === null) return tokens;
  return { ...tokens, input: input ?? 0, output: tokens.output ?? 0 };
}

/** By `TOKEN_RULE`. @param messages a text, a message, or a list of either, as chat APIs take them. */
export function estimateTokens(messages: unknown): number {
  const list = Array.isArray(messages) ? (messages as readonly unknown[]) : [messages];
  let bytes = 0;
  for (const message of list) bytes += textBytes(message, 0);
  return Math.ceil(bytes / 4) + 4 * list.length;
}

/** Texts are what stands under `content`, `text` or `parts`; roles, ids and images are not. */
function textBytes(value: unknown, depth: number): number {
  if (typeof value === 'string') return new TextEncoder().encode(value).length;
  if (depth > 8 || typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textBytes(item, depth + 1), 0);
  const { content, text, parts } = value as Record<string, unknown>;
  return textBytes(content, depth + 1) + textBytes(text, depth + 1) + textBytes(parts, depth + 1);
}
