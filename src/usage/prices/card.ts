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
  return hash(cardDefinition(card));
}

/** The text whose hash is the card's id: how a card travels to where it is kept. */
export function cardDefinition(card: Omit<RateCard, 'id'>): string {
  return canonicalJson({ rules: card.rules, sheets: card.sheets });
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Cards of one model have about 700 characters; one with many models is computed again from its record if need be. */
export const MAX_CARD_DEFINITION = 32_768;
/** A card's own depth is 6; databases have limits of their own. */
const MAX_DEPTH = 16;

/**
 * A card that came from outside, whatever version made it: true to its id, or nothing.
 *
 * @param definition what `cardDefinition` wrote, or the same as JSON that was parsed and written anew.
 * @returns the card without a check of its shape (`explain` finds out whether it can be replayed); null where the id is
 * another card's, and for what is no JSON object, too long, too deep, or has characters that databases refuse.
 */
export function verifiedCard(definition: string, id: string): object | null {
  if (definition.length > MAX_CARD_DEFINITION) return null;
  try {
    const card: unknown = JSON.parse(definition);
    if (typeof card !== 'object' || card === null || !isShallow(card, MAX_DEPTH)) return null;
    const canonical = canonicalJson(card);
    // NUL and halves of surrogate pairs, as JSON escapes them.
    if (/\\u(?:0000|d[89a-f])/i.test(canonical) || hash(canonical) !== id) return null;
    return card;
  } catch {
    return null;
  }
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((member) => isShallow(member, depth - 1));
}

export function rateCard(sheets: readonly CardSheet[]): RateCard {
  const card = { rules: 1, sheets } as const;
  return { id: rateCardId(card), ...card };
}
