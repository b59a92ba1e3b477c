import { describe, expect, it } from 'vitest';
import { cardDefinition, MAX_CARD_DEFINITION, rateCardId, verifiedCard } from './card.ts';
import { priceReadingWithCard } from './price.ts';
import { AT_MS, reading } from './reading.fixture.ts';
import type { RateCard } from './rate.ts';

function aCard(): RateCard {
  const call = reading({ responseModel: 'gpt-4o-mini', tokens: { input: 10, output: 5 } });
  const { card } = priceReadingWithCard(call, { atMs: AT_MS });
  if (card === null) throw new Error('gpt-4o-mini has a price');
  return card;
}

describe('a rate card that travels', () => {
  it('is true to its id, also when its JSON was written anew in another order and form', () => {
    const card = aCard();
    const definition = cardDefinition(card);
    expect(verifiedCard(definition, card.id)).toEqual({ rules: card.rules, sheets: card.sheets });
    const { sheets, rules } = JSON.parse(definition) as RateCard;
    const reordered = JSON.stringify({ sheets, rules }, null, 2).replaceAll('1000000', '1e6');
    expect(reordered).toContain('1e6');
    expect(verifiedCard(reordered, card.id)).not.toBeNull();
  });

  it('is refused where a rate was changed, or the id is another card’s', () => {
    const card = aCard();
    const definition = cardDefinition(card);
    expect(verifiedCard(definition.replace('"0.15"', '"0.14"'), card.id)).toBeNull();
    expect(verifiedCard(definition, '0'.repeat(64))).toBeNull();
  });

  it('is refused where it is no card, too long, too deep, or holds what databases refuse', () => {
    const refused = (value: unknown): boolean => {
      const card = value as RateCard;
      return verifiedCard(cardDefinition(card), rateCardId(card)) === null;
    };
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
    expect(refused({ rules: 1, sheets: [] })).toBe(false);
    expect(refused({ rules: 1, sheets: deep(100) })).toBe(true);
    expect(refused({ rules: 1, sheets: ['x'.repeat(MAX_CARD_DEFINITION)] })).toBe(true);
    expect(refused({ rules: 1, sheets: ['a\0b'] })).toBe(true);
    expect(refused({ rules: 1, sheets: ['a\ud800b'] })).toBe(true);
    expect(verifiedCard('{broken', 'x')).toBeNull();
    expect(verifiedCard(`${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'x')).toBeNull();
  });
});
