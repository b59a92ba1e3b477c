/**
 * Rate cards go to the ledger with the records that were priced by them: the first one of the process, and again after
 * an hour, so that a ledger that lost or refused the first has the card all the same.
 */
import { cardDefinition, MAX_CARD_DEFINITION } from '@wiretally/usage';
import type { RateCard, UsageRecord } from '@wiretally/usage';

export interface CardAnnouncer {
  /** A card by which something was priced. */
  saw(card: RateCard): void;
  /** What to send beside the record: its card's definition, or null where that was sent lately. */
  definitionFor(record: UsageRecord): string | null;
}

/** A process that meets more cards sends some of them more often. */
const MAX_CARDS = 1000;
const AGAIN_AFTER_MICROS = 3_600_000_000;

export function createCardAnnouncer(): CardAnnouncer {
  const cards = new Map<string, { readonly card: RateCard; sentAtMicros: number | null }>();
  return {
    saw(card) {
      if (cards.has(card.id)) return;
      if (cards.size >= MAX_CARDS) cards.clear();
      cards.set(card.id, { card, sentAtMicros: null });
    },
    definitionFor({ priceCard, timeUnixMicros }) {
      const known = priceCard === null ? undefined : cards.get(priceCard);
      if (known === undefined) return null;
      // A clock that was set back is no reason to send it with every record.
      const passed = known.sentAtMicros === null ? Infinity : Math.abs(timeUnixMicros - known.sentAtMicros);
      if (passed < AGAIN_AFTER_MICROS) return null;
      known.sentAtMicros = timeUnixMicros;
      const definition = cardDefinition(known.card);
      return definition.length > MAX_CARD_DEFINITION ? null : definition;
    },
  };
}
