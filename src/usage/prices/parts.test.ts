import { describe, expect, it } from 'vitest';
import { NO_TOKENS } from '../record.ts';
import type { UsagePart } from '../record.ts';
import { rateCardId } from './card.ts';
import { priceReadingWithCard } from './price.ts';
import { AT_MS, reading } from './reading.fixture.ts';
import type { ReadingChanges } from './reading.fixture.ts';
import { explain, replay } from './replay.ts';
import type { RateCard } from './rate.ts';

const part = (kind: string, model: string | null, input: number, output: number): UsagePart => ({
  kind,
  model,
  tokens: { ...NO_TOKENS, input, output },
  units: {},
});
const price = (changes: ReadingChanges) => priceReadingWithCard(reading(changes), { atMs: AT_MS });

describe('a call with parts', () => {
  const iterations: ReadingChanges = {
    provider: 'anthropic',
    responseModel: 'claude-haiku-4-5-20251001',
    tokens: { input: 1000, output: 100 },
    units: { searches: 3 },
    parts: [
      part('message', 'claude-haiku-4-5-20251001', 1000, 100),
      part('compaction', 'claude-haiku-4-5-20251001', 2000, 200),
      part('advisor_message', 'claude-opus-4-8', 1000, 100),
    ],
  };

  it("costs its parts, each at its own model's price, and the searches beside them once", () => {
    // Haiku 3,000 in 0.003 and 300 out 0.0015; Opus 1,000 in 0.005 and 100 out 0.0025; 3 searches 0.03
    expect(price(iterations).pricing.costUsd).toBe('0.042');
  });

  it('replays from a card that holds all models', () => {
    const { pricing, card } = price(iterations);
    const stored = JSON.parse(JSON.stringify(card)) as RateCard;
    expect(stored.sheets.map(({ part: asked, model }) => [asked, model])).toEqual([
      [null, 'claude-haiku-4-5'],
      ['claude-haiku-4-5-20251001', 'claude-haiku-4-5'],
      ['claude-opus-4-8', 'claude-opus-4-8'],
    ]);
    expect(pricing.priceCard).toBe(rateCardId(stored));
    expect(replay(stored, reading(iterations))).toBe('0.042');
  });

  it('prices what Groq lists by model, though the router itself has no price', () => {
    const compound = price({
      provider: 'groq',
      responseModel: 'groq/compound',
      tokens: { input: 3000, output: 300 },
      parts: [part('model', 'openai/gpt-oss-120b', 2000, 200), part('model', 'llama-3.3-70b-versatile', 1000, 100)],
    });
    // 0.0003 + 0.00012 and 0.00059 + 0.000079
    expect(compound.pricing.costUsd).toBe('0.001089');
  });

  it('has no price where the model of a part is not stated', () => {
    const { pricing } = price({
      responseModel: 'gpt-5',
      tokens: { input: 10, output: 10 },
      parts: [part('response', 'gpt-5', 10, 10), part('image_generation', null, 10, 1000)],
    });
    expect(pricing).toMatchObject({ costUsd: null, unpricedReason: 'model-not-stated' });
  });
});

describe('a rate card', () => {
  const call = reading({ responseModel: 'gpt-4o-mini', tokens: { input: 1000, output: 500, cacheRead: 100 } });
  const { pricing, card } = priceReadingWithCard(call, { atMs: AT_MS });

  it('explains the cost line by line', () => {
    const explained = card === null ? null : explain(card, call);
    expect(explained?.lines.map(({ meter, quantity, amountUsd }) => [meter, quantity, amountUsd])).toEqual([
      ['input', 900, '0.000135'],
      ['cache_read', 100, '0.0000075'],
      ['output', 500, '0.0003'],
    ]);
    expect(explained?.costCalculatedUsd).toBe(pricing.costUsd);
  });

  it('has another id when anything in it is another', () => {
    expect(card?.id).toMatch(/^[0-9a-f]{64}$/);
    const changed = structuredClone(card) as { sheets: { rates: { usd: string }[] }[] } & RateCard;
    changed.sheets[0]!.rates[0]!.usd = '0.16';
    expect(rateCardId(changed)).not.toBe(card?.id);
    expect(replay(changed, call)).not.toBe(pricing.costUsd);
  });

  it('is the same for equal prices, whoever made it', () => {
    const again = priceReadingWithCard(call, { atMs: AT_MS + 86_400_000 });
    expect(again.card?.id).toBe(card?.id);
  });

  it('is refused for a call with parts that it does not cover', () => {
    expect(card === null ? '' : replay(card, reading({ parts: [part('message', 'gpt-5', 1, 1)] }))).toBeNull();
  });
});
