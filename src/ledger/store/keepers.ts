import type { PriceBook } from '@wiretally/usage';
import type { ModelIds } from './model-ids.ts';
import type { PriceCards } from './price-cards.ts';

/** What a transaction that stores or changes calls keeps besides them, and the prices it prices by. */
export interface Keepers {
  readonly modelIds: ModelIds;
  readonly cards: PriceCards;
  /** Ask for the book each time: the user's file may change. */
  readonly prices: { readonly book: PriceBook };
}
