/** How the cost of a stored call came about, from its own card: or why there is none. */
import { explain } from '@wiretally/usage';
import type { ExplainedLine, PriceBook, RateCard, UsageRecord } from '@wiretally/usage';
import type { Queryable } from '../report/queryable.ts';
import { parseDecimal } from '../store/decimal.ts';
import { formatMicros } from '../store/timestamp.ts';
import { findCall } from './find-call.ts';
import { resolveCard } from './resolve-card.ts';
import { summaryOf } from './summary.ts';

export interface CallExplanation {
  readonly record: UsageRecord;
  /** One sentence for people: where the effective cost comes from, or why there is none. */
  readonly summary: string;
  /** Null where the call was not priced by a card, or the card is not to be had. */
  readonly card: KeptCard | null;
  /** Usage × rates of the card. */
  readonly lines: readonly ExplainedLine[];
  /** The card and the stored usage once more; null without a card. */
  readonly replay: { readonly costUsd: string | null; readonly equal: boolean } | null;
  /** What it cost before it was priced again, newest first. */
  readonly history: readonly FormerPrice[];
}

export interface KeptCard {
  readonly card: RateCard;
  /** When the ledger first saw it; null where it is not kept, and was found by pricing the call again. */
  readonly firstSeen: Date | null;
}

export interface FormerPrice {
  readonly costUsd: string | null;
  readonly priceCard: string | null;
  readonly until: Date;
  readonly by: string;
  readonly reason: string | null;
}

/**
 * @param id the record's.
 * @param book the ledger's prices, for calls from before cards were kept.
 * @returns null where there is no such call.
 */
export async function explainCall(db: Queryable, id: string, book: PriceBook): Promise<CallExplanation | null> {
  const record = await findCall(db, id);
  if (record === null) return null;
  const card = await cardOf(db, record, book);
  const explained = card === null ? null : explain(card.card, record);
  const replay =
    card === null
      ? null
      : {
          costUsd: explained?.costCalculatedUsd ?? null,
          equal: isSame(explained?.costCalculatedUsd ?? null, record.costCalculatedUsd),
        };
  return {
    record,
    summary: summaryOf(record),
    card,
    lines: explained?.lines ?? [],
    replay,
    history: await historyOf(db, record),
  };
}

async function cardOf(db: Queryable, record: UsageRecord, book: PriceBook): Promise<KeptCard | null> {
  const { priceCard } = record;
  if (priceCard === null) return null;
  const { rows } = await db.query<{ card: Omit<RateCard, 'id'>; first_seen: Date }>(
    'select card, first_seen from wiretally_private.price_cards where id = $1',
    [priceCard],
  );
  const [kept] = rows;
  if (kept !== undefined) return { card: { ...kept.card, id: priceCard }, firstSeen: kept.first_seen };
  const card = resolveCard(record, book);
  return card === null ? null : { card, firstSeen: null };
}

/** To the last digit; how many zeros follow it is no difference. */
function isSame(replayed: string | null, stored: string | null): boolean {
  return replayed !== null && stored !== null && parseDecimal(replayed) === parseDecimal(stored);
}

async function historyOf(db: Queryable, record: UsageRecord): Promise<FormerPrice[]> {
  const { rows } = await db.query<{
    cost_usd: string | null;
    price_card: string | null;
    repriced_at: Date;
    made_by: string;
    reason: string | null;
  }>(
    `select cost_usd, price_card, repriced_at, made_by, reason from public.wiretally_price_history
     where created_at = $1 and id = $2 order by repriced_at desc`,
    [formatMicros(record.timeUnixMicros), record.id],
  );
  return rows.map((row) => ({
    costUsd: row.cost_usd,
    priceCard: row.price_card,
    until: row.repriced_at,
    by: row.made_by,
    reason: row.reason,
  }));
}
