import type { PriceBook } from '@wiretally/usage';
import type { ParsedRecord } from './ingest-types.ts';
import type { ModelIds } from './model-ids.ts';
import type { Prepared } from './prepare-call.ts';
import type { PriceCards } from './price-cards.ts';

/** What a transaction that stores or changes calls keeps besides them, and the prices it prices by. */
export interface Keepers {
  readonly modelIds: ModelIds;
  readonly cards: PriceCards;
  /** For calls that are made here, of a batch's lines. */
  readonly prepare: (parsed: ParsedRecord) => Prepared;
  /** Ask for the book each time: the user's file may change. */
  readonly prices: { readonly book: PriceBook };
}
