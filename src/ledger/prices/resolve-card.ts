/** A card that is not kept is found again: who prices the same record by the same prices gets the same card. */
import { createPriceBook, defaultPriceBook, priceReadingWithCard } from '@wiretally/usage';
import type { PriceBook, RateCard, UsageRecord } from '@wiretally/usage';

let legacy: PriceBook | null = null;

/**
 * @param own the ledger's prices; a service may have had others: the project's own, or the old flat table.
 * @returns the card that has the record's id, or null where no prices at hand give it.
 */
export function resolveCard(record: UsageRecord, own: PriceBook): RateCard | null {
  legacy ??= createPriceBook({ preset: 'legacy' });
  for (const book of [own, defaultPriceBook, legacy]) {
    const { card } = priceReadingWithCard(record, { atMs: Math.floor(record.timeUnixMicros / 1000), book });
    if (card !== null && card.id === record.priceCard) return card;
  }
  return null;
}
