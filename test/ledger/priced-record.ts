/** Records that a service priced, with the card that would travel with them. */
import { cardDefinition, priceReadingWithCard } from '@wiretally/usage';
import type { PriceBook, RateCard, UsageRecord } from '@wiretally/usage';
import type { ParsedRecord } from '../../src/ledger/ledger.ts';
import { usageRecord } from './usage-record.ts';

export interface PricedRecord {
  readonly record: UsageRecord;
  readonly card: RateCard;
  /** As it arrives, with its card. */
  readonly arrived: ParsedRecord;
}

/** @param book the service's prices; default: the project's. */
export function priced(overrides: Parameters<typeof usageRecord>[0] = {}, book?: PriceBook): PricedRecord {
  const reading = usageRecord(overrides);
  const atMs = Math.floor(reading.timeUnixMicros / 1000);
  const { pricing, card } = priceReadingWithCard(reading, book === undefined ? { atMs } : { atMs, book });
  if (card === null) throw new Error(`${reading.requestModel} has no price: ${pricing.unpricedReason}`);
  const record = { ...reading, ...pricing };
  return { record, card, arrived: { record, unknown: {}, cardDefinition: cardDefinition(card) } };
}

const nothing = { input: null, output: null, total: null };
const chat = (provider: string, model: string): PricedRecord =>
  priced({ provider, requestModel: model, responseModel: null, tokens: { input: 1003, output: 77 } });

/** One call of each kind that the demo makes. */
export function callsOfTheDemo(): readonly PricedRecord[] {
  return [
    priced({ requestModel: 'gpt-4o-mini', tokens: { input: 1003, cacheRead: 512, output: 77, reasoning: 12 } }),
    priced({
      operation: 'embeddings',
      requestModel: 'text-embedding-3-small',
      responseModel: null,
      tokens: { input: 333, output: null, total: 333 },
    }),
    priced({
      provider: 'anthropic',
      requestModel: 'claude-sonnet-4-5',
      responseModel: 'claude-sonnet-4-5-20250929',
      tokens: { input: 250_001, cacheRead: 100_000, cacheWrite: 1000, cacheWrite1h: 400, output: 999 },
      units: { searches: 3 },
    }),
    priced({
      provider: 'gcp.gemini',
      requestModel: 'gemini-2.5-pro',
      responseModel: null,
      tokens: { input: 200_001, output: 1234, reasoning: 700, cacheRead: 5000 },
    }),
    priced({
      provider: 'gcp.gemini',
      operation: 'video',
      requestModel: 'veo-3.0-generate-001',
      responseModel: null,
      tokens: nothing,
      units: { video_seconds: 7.5 },
    }),
    priced({
      provider: 'gcp.gemini',
      operation: 'image',
      requestModel: 'imagen-4.0-generate-001',
      responseModel: null,
      tokens: nothing,
      units: { images: 3 },
    }),
    chat('groq', 'llama-3.3-70b-versatile'),
    chat('cerebras', 'llama3.1-8b'),
    priced({
      provider: 'cohere',
      requestModel: 'command-r-plus',
      responseModel: null,
      tokens: { input: 900, output: 33, billedInput: 12, billedOutput: 3 },
    }),
    priced({
      provider: 'openrouter',
      requestModel: 'openai/gpt-4o-mini',
      responseModel: 'openai/gpt-4o-mini',
      costReportedUsd: '0.00021',
    }),
  ];
}
