/** Rate cards: what a cost was computed from, under an id that anybody can recompute. */
import { createHash } from 'node:crypto';
import type { CardSheet, RateCard } from './rate.ts';

/** JSON with sorted keys and no absent ones: equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** sha256 of the canonical form of a card without its id. */
export function rateCardId(card: Omit<RateCard, 'id'>): string {
  return createHash('sha256')
    .update(canonicalJson({ rules: card.rules, sheets: card.sheets }))
    .digest('hex');
}

export function rateCard(sheets: readonly CardSheet[]): RateCard {
  const card = { rules: 1, sheets } as const;
  return { id: rateCardId(card), ...card };
}
