import { rateCardId } from '@wiretally/usage';
import type { CardSheet, RateCard } from '@wiretally/usage';
import { describe, expect, it } from 'vitest';
import { createCardAnnouncer } from './card-announcer.ts';
import { aRecord } from './emit.fixture.ts';

const HOUR_MICROS = 3_600_000_000;

function aCard(model: string): RateCard {
  const sheet: CardSheet = {
    part: null,
    source: 'user',
    sourceVersion: 'acme',
    datasetHash: null,
    provider: '*',
    model,
    effectiveFrom: null,
    hours: null,
    rates: [{ meter: 'input', usd: '1', per: 1e6 }],
    included: [],
    modifiers: [],
    free: null,
  };
  const card = { rules: 1, sheets: [sheet] } as const;
  return { id: rateCardId(card), ...card };
}

describe('the rate card of a record', () => {
  it('travels with the first record of a process that was priced by it, and not with the next ones', () => {
    const cards = createCardAnnouncer();
    const card = aCard('our-llama');
    cards.saw(card);
    const record = aRecord({ priceCard: card.id });
    expect(JSON.parse(cards.definitionFor(record) ?? '')).toEqual({ rules: 1, sheets: card.sheets });
    expect(cards.definitionFor(record)).toBeNull();
    cards.saw(aCard('our-llama'));
    expect(cards.definitionFor(record)).toBeNull();
  });

  it('travels again after an hour, for ledgers that lost the first', () => {
    const cards = createCardAnnouncer();
    const card = aCard('our-llama');
    cards.saw(card);
    const record = aRecord({ priceCard: card.id });
    cards.definitionFor(record);
    const after = (micros: number) => ({ ...record, timeUnixMicros: record.timeUnixMicros + micros });
    expect(cards.definitionFor(after(HOUR_MICROS - 1))).toBeNull();
    expect(cards.definitionFor(after(HOUR_MICROS))).not.toBeNull();
  });

  it('stays at home where it is unknown, absent, or too large', () => {
    const cards = createCardAnnouncer();
    expect(cards.definitionFor(aRecord({ priceCard: null }))).toBeNull();
    expect(cards.definitionFor(aRecord({ priceCard: 'of another emitter' }))).toBeNull();
    const large = aCard('m'.repeat(40_000));
    cards.saw(large);
    expect(cards.definitionFor(aRecord({ priceCard: large.id }))).toBeNull();
  });
});
