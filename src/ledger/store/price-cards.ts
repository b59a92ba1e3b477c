/**
 * The rate cards by which stored calls were priced, so that any cost can be explained later, whatever version computed
 * it. A card comes with a record, or is found again: the ledger prices the record itself, and the card that has the
 * record's id is it.
 */
import { cardDefinition, verifiedCard } from '@wiretally/usage';
import type { PriceBook, UsageRecord } from '@wiretally/usage';
import type { PoolClient } from 'pg';
import type { Logger } from '../logger.ts';
import { resolveCard } from '../prices/resolve-card.ts';

export interface PricedRecord {
  readonly record: UsageRecord;
  /** The card of the record as it came with it; null where it did not. */
  readonly cardDefinition: string | null;
}

export interface PriceCards {
  /**
   * In the transaction that stores the calls; asks the database nothing where all cards are known.
   *
   * @returns what to call after its COMMIT
   */
  keep(client: PoolClient, calls: readonly PricedRecord[]): Promise<() => void>;
}

export interface PriceCardsOptions {
  /** The ledger's own prices, which may be of another user's table than the services'. */
  readonly prices: { readonly book: PriceBook };
  readonly logger: Logger;
}

const MAX_KNOWN = 20_000;
const CARD_ID = /^[0-9a-f]{64}$/;

const INSERT = `insert into wiretally_private.price_cards (id, card)
  select * from unnest($1::text[], $2::jsonb[]) on conflict do nothing`;

export function createPriceCards({ prices, logger }: PriceCardsOptions): PriceCards {
  /** In the database, as far as this process knows. */
  const known = new Set<string>();
  /** Not to be found by pricing again: tried once, not with each record. */
  const unresolved = new Set<string>();

  const resolve = (record: UsageRecord, id: string): string | null => {
    if (unresolved.has(id)) return null;
    const card = resolveCard(record, prices.book);
    if (card !== null) return cardDefinition(card);
    if (unresolved.size >= MAX_KNOWN) unresolved.clear();
    unresolved.add(id);
    return null;
  };
  const definitionOf = (call: PricedRecord, id: string): string | null => {
    if (call.cardDefinition !== null) {
      const card = verifiedCard(call.cardDefinition, id);
      // Written anew: what was verified is what is stored.
      if (card !== null) return JSON.stringify(card);
      logger.warn({ card: id }, 'a record came with a rate card that is not the one it names; the card is not kept');
    }
    return resolve(call.record, id);
  };

  return {
    async keep(client, calls) {
      const found = new Map<string, string>();
      for (const call of calls) {
        const id = call.record.priceCard;
        if (id === null || known.has(id) || found.has(id) || !CARD_ID.test(id)) continue;
        const definition = definitionOf(call, id);
        if (definition !== null) found.set(id, definition);
      }
      if (found.size === 0) return () => undefined;
      // Sorted, so that all sinks take locks in one order.
      const rows = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1));
      await client.query(INSERT, [rows.map(([id]) => id), rows.map(([, definition]) => definition)]);
      return () => {
        if (known.size > MAX_KNOWN) known.clear();
        for (const id of found.keys()) {
          known.add(id);
          unresolved.delete(id);
        }
      };
    },
  };
}
