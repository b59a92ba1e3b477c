import { describe, expect, it } from 'vitest';
import { createPriceBook } from './book.ts';
import { estimate, estimateTokens } from './estimate.ts';
import { listPrices, nearModels, priceOf } from './list.ts';
import { modelDisplayName } from './names.ts';
import { AT_MS } from './reading.fixture.ts';
import { parsePriceTable } from './table-schema.ts';

const at = { atMs: AT_MS };

describe('the price list', () => {
  const listed = listPrices(at);
  const find = (provider: string, model: string) =>
    listed.find((row) => row.provider === provider && row.model === model);

  it('has prices by unit for all four kinds of billing', () => {
    expect(find('openai', 'gpt-4o-mini')).toMatchObject({
      name: 'GPT-4o mini',
      billingType: 'token',
      inputTokenCost: '0.00000015',
      outputTokenCost: '0.0000006',
      cachedInputTokenCost: '0.000000075',
      costPerImage: null,
    });
    expect(find('gemini', 'imagen-4.0-ultra-generate-001')).toMatchObject({
      billingType: 'image',
      costPerImage: '0.06',
    });
    expect(find('gemini', 'veo-3.0-generate-001')).toMatchObject({ billingType: 'duration', costPerSecond: '0.4' });
    expect(find('openai', 'tts-1')).toMatchObject({ billingType: 'character', costPerCharacter: '0.000015' });
    expect(find('gemini', 'gemma-3-27b-it')?.billingType).toBe('free');
  });

  it('has every model once, and none without a price', () => {
    expect(listed.length).toBeGreaterThan(1500);
    expect(new Set(listed.map(({ provider, model }) => `${provider} ${model}`)).size).toBe(listed.length);
    expect(find('cerebras', 'qwen-3-coder-480b')).toBeUndefined();
  });

  it('holds what the legacy preset holds, and nothing else', () => {
    const legacy = listPrices({ ...at, book: createPriceBook({ preset: 'legacy' }) });
    expect(legacy.find(({ model }) => model === 'veo-3.0-generate-001')).toMatchObject({
      costPerSecond: '0.1',
      source: 'legacy',
    });
    expect(legacy.find(({ model }) => model === 'gemini-2.0-flash-exp')).toMatchObject({
      inputTokenCost: '0.000000375',
      outputTokenCost: '0.0000015',
    });
    expect(legacy.every(({ source }) => source === 'legacy')).toBe(true);
  });

  it("starts with the user's own", () => {
    const table = parsePriceTable({
      prices: [{ model: 'our-llama', usd_per_million_tokens: { input: 1, output: 2 } }],
    });
    const [first] = listPrices({ ...at, book: createPriceBook({ tables: [table] }) });
    expect(first).toMatchObject({ model: 'our-llama', source: 'user', outputTokenCost: '0.000002' });
  });
});

describe('one price', () => {
  it('has a card and a history', () => {
    const price = priceOf('veo-3.0-generate-001', at);
    expect(price?.listing.costPerSecond).toBe('0.4');
    expect(price?.history.map(({ listing }) => [listing.effectiveFrom, listing.costPerSecond])).toEqual([
      [null, '0.75'],
      ['2025-09-09', '0.4'],
    ]);
    expect(price?.history.at(-1)?.card.id).toBe(price?.card.id);
  });

  it('is found by any spelling of the provider, by prefix, or at the maker', () => {
    const provider = (model: string, named?: string) =>
      priceOf(model, named === undefined ? at : { ...at, provider: named })?.listing.provider;
    expect(provider('gemini-2.5-pro', 'gcp.gemini')).toBe('gemini');
    expect(provider('imagen-3.0-generate-002', 'gemini')).toBe('gemini');
    expect(provider('groq/llama-3.3-70b-versatile')).toBe('groq');
    expect(provider('claude-sonnet-4-5')).toBe('anthropic');
    expect(provider('openai/gpt-4o')).toBe('openai');
    expect(provider('gpt-nobody')).toBeUndefined();
  });

  it('is not that of a word of the language', () => {
    for (const word of ['constructor', '__proto__', 'toString']) {
      expect(priceOf(word, at)).toBeNull();
      expect(priceOf('gpt-4o', { ...at, provider: word })).toBeNull();
      expect(modelDisplayName(word, word)).toBe(word);
    }
  });

  it('that is not known has near names', () => {
    expect(nearModels('gpt-4o-mni', at)[0]).toBe('gpt-4o-mini');
    expect(nearModels('claude-sonet-4-5', at)[0]).toBe('claude-sonnet-4-5');
    expect(nearModels('zzzzzzzzzzzzzzzzzzzz', at)).toEqual([]);
  });
});

describe('an estimate', () => {
  it('prices tokens and units before the call', () => {
    expect(estimate({ model: 'gpt-4o', tokens: { input: 1000, output: 500 } }, at)).toMatchObject({
      found: true,
      provider: 'openai',
      name: 'GPT-4o',
      billingType: 'token',
      costUsd: '0.0075',
      currency: 'USD',
      tokenRule: null,
    });
    expect(estimate({ model: 'imagen-4.0-generate-001', units: { images: 3 } }, at)).toMatchObject({ costUsd: '0.12' });
    const hd = { model: 'dall-e-3', units: { images: 1 }, modifiers: { quality: 'hd' } };
    expect(estimate(hd, at)).toMatchObject({ costUsd: '0.08' });
  });

  it('counts messages by a rule that it names', () => {
    const messages = [
      { role: 'user', content: 'x'.repeat(400) },
      { role: 'user', content: [{ type: 'text', text: 'abcd' }] },
    ];
    expect(estimateTokens(messages)).toBe(109);
    expect(estimateTokens('سلام دنیا')).toBe(9);
    expect(estimate({ model: 'gpt-4o', messages }, at)).toMatchObject({
      inputTokens: 109,
      costUsd: '0.0002725',
      tokenRule: 'one token for 4 bytes of UTF-8 text, and 4 for each message',
    });
  });

  it('of an unknown model names near ones, and of an unknown unit the reason', () => {
    expect(estimate({ model: 'gpt-4o-mni' }, at)).toMatchObject({ found: false, reason: 'model-unknown' });
    expect(estimate({ model: 'gpt-4o', units: { images: 1 } }, at)).toMatchObject({
      found: false,
      reason: 'unit-unpriced',
    });
    expect(estimate({ model: 'gpt-4o', tokens: { input: -1 } }, at)).toMatchObject({ reason: 'pricing-failed' });
  });
});

describe('display names', () => {
  it.each([
    ['openai', 'gpt-4o-mini-2024-07-18', 'GPT-4o mini'],
    ['openai', 'gpt-3.5-turbo-0125', 'GPT-3.5 Turbo'],
    ['openai', 'o4-mini', 'o4-mini'],
    ['openai', 'text-embedding-3-small', 'text-embedding-3-small'],
    ['gcp.gemini', 'models/gemini-2.0-flash', 'Gemini 2.0 Flash'],
    ['anthropic', 'claude-sonnet-4-5-20250929', 'Claude Sonnet 4.5'],
    ['openai', 'dall-e-3', 'DALL·E 3'],
    ['nobody', 'our-model', 'our-model'],
  ])('%s %s is %s', (provider, model, name) => {
    expect(modelDisplayName(provider, model)).toBe(name);
  });
});
