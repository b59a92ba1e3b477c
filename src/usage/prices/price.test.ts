import { describe, expect, it } from 'vitest';
import { createPriceBook } from './book.ts';
import { priceReading } from './price.ts';
import { AT_MS, reading } from './reading.fixture.ts';
import type { ReadingChanges } from './reading.fixture.ts';

const price = (changes: ReadingChanges) => priceReading(reading(changes), { atMs: AT_MS });
const cost = (changes: ReadingChanges) => price(changes).costUsd;
const tokens = (provider: string, responseModel: string, input: number, output: number | null, more = {}) =>
  cost({ provider, responseModel, tokens: { input, output, ...more } });

describe('prices by hand from price pages', () => {
  it('prices OpenAI models, cached tokens apart', () => {
    expect(tokens('openai', 'gpt-4o-mini-2024-07-18', 1000, 500)).toBe('0.00045');
    expect(tokens('openai', 'gpt-4o-2024-08-06', 1000, 100, { cacheRead: 400 })).toBe('0.003');
    expect(tokens('openai', 'gpt-5-mini-2025-08-07', 1000, 1000, { reasoning: 900 })).toBe('0.00225');
    expect(tokens('openai', 'text-embedding-3-small', 1_000_000, null)).toBe('0.02');
  });

  it('prices Anthropic cache reads at a tenth, writes at 1.25 and 2 times input', () => {
    const cached = { cacheRead: 1_000_000, cacheWrite: 1_000_000, cacheWrite1h: 400_000 };
    // 1M read 0.10, 0.6M write 0.75, 0.4M one-hour write 0.80, 100k rest 0.10, 10k output 0.05
    expect(tokens('anthropic', 'claude-haiku-4-5-20251001', 2_100_000, 10_000, cached)).toBe('1.8');
    expect(tokens('anthropic', 'claude-sonnet-4-5-20250929', 10_000, 1000)).toBe('0.045');
  });

  it('reprices all tokens above the long-context boundary', () => {
    expect(tokens('gcp.gemini', 'gemini-2.5-pro', 200_000, 1000)).toBe('0.26');
    expect(tokens('gcp.gemini', 'gemini-2.5-pro', 200_001, 1000)).toBe('0.5150025');
  });

  it('prices the open models of Groq and Cerebras', () => {
    expect(tokens('groq', 'llama-3.3-70b-versatile', 1000, 1000)).toBe('0.00138');
    expect(tokens('cerebras', 'gpt-oss-120b', 1000, 1000)).toBe('0.0011');
    expect(tokens('cerebras', 'llama3.3-70b', 1000, 1000)).toBe('0.00205');
  });

  it('prices Cohere on what is billed, not on what was processed', () => {
    expect(tokens('cohere', 'command-r-08-2024', 69, 5, { billedInput: 7, billedOutput: 5 })).toBe('0.00000405');
    expect(tokens('cohere', 'command-a-03-2025', 100, 100)).toBe('0.00125');
  });
});

describe('evidence', () => {
  const call = { provider: 'openrouter', responseModel: 'openai/gpt-4o-mini', tokens: { input: 1000, output: 500 } };

  it('takes the cost that the provider states, and keeps the calculated one beside it', () => {
    expect(price({ ...call, costReportedUsd: '0.001' })).toMatchObject({
      costReportedUsd: '0.001',
      costCalculatedUsd: '0.00045',
      costUsd: '0.001',
      costSource: 'provider',
      unpricedReason: null,
      zeroReason: null,
    });
  });

  it('adds what the vendor bills where the router states its fee alone', () => {
    expect(price({ ...call, costReportedUsd: '0', costUpstreamUsd: '0.0004' }).costUsd).toBe('0.0004');
    expect(price({ ...call, costReportedUsd: '0.0076', costUpstreamUsd: '0.0006' }).costUsd).toBe('0.0076');
  });

  it('gives zero its reason', () => {
    expect(price({ ...call, costReportedUsd: '0' })).toMatchObject({ costUsd: '0', zeroReason: 'reported-zero' });
    expect(price({ ...call, responseModel: 'minimax/minimax-m2:free' })).toMatchObject({
      costUsd: '0',
      costSource: 'calculated',
      zeroReason: 'free-model',
    });
    expect(price({ provider: 'ollama', responseModel: 'qwen3:0.6b' })).toMatchObject({ zeroReason: 'local' });
    expect(price({ kind: 'free', operation: 'count_tokens' })).toMatchObject({ zeroReason: 'free-operation' });
  });

  it('says why there is no cost', () => {
    const reason = (changes: ReadingChanges) => {
      const { costUsd, unpricedReason } = price(changes);
      expect(costUsd).toBeNull();
      return unpricedReason;
    };
    const used = { tokens: { input: 1, output: 1 } };
    expect(reason({ responseModel: 'gpt-4o', usageSource: 'missing' })).toBe('usage-missing');
    expect(reason({ responseModel: 'gpt-nobody', ...used })).toBe('model-unknown');
    expect(reason(used)).toBe('model-not-stated');
    expect(reason({ provider: 'cerebras', responseModel: 'qwen-3-coder-480b', ...used })).toBe('price-unknown');
    expect(reason({ responseModel: 'gpt-4o', modifiers: { serviceTier: 'scale' }, ...used })).toBe('tier-unpriced');
    expect(reason({ kind: 'restated', responseModel: 'gpt-4o', ...used })).toBe('not-billed-here');
    expect(reason({ responseModel: 'gpt-4o', tokens: { input: 1, output: 1, cacheRead: 2 } })).toBe('pricing-failed');
  });
});

describe('the legacy preset', () => {
  const book = createPriceBook({ preset: 'legacy' });
  const legacy = (changes: ReadingChanges) => priceReading(reading(changes), { atMs: AT_MS, book });
  const million = { input: 1_000_000, output: 1_000_000 };

  it.each([
    ['groq', 'llama-3.3-70b-versatile', '1.2'],
    ['cerebras', 'gpt-oss-120b', '0.8'],
    ['cohere', 'command-r', '3'],
    ['gcp.gemini', 'gemini-embedding-001', '0.5'],
    ['openai', 'gpt-4o-2024-08-06', '12.5'],
    ['openai', 'gpt-4o-mini', '0.75'],
    ['openai', 'gpt-4-turbo-2024-04-09', '40'],
    ['openai', 'gpt-4', '90'],
    ['openai', 'gpt-3.5-turbo', '2'],
    ['gcp.gemini', 'gemini-2.5-pro', '6.25'],
    ['gcp.gemini', 'gemini-2.5-flash', '0.375'],
    ['gcp.gemini', 'gemini-2.0-flash', '0.5'],
    ['gcp.gemini', 'gemini-2.0-flash-exp', '1.875'],
    ['gcp.gemini', 'gemini-1.5-pro', '6.25'],
    ['gcp.gemini', 'gemini-1.5-flash', '0.375'],
  ])('%s %s costs %s for a million in and out', (provider, responseModel, usd) => {
    expect(legacy({ provider, responseModel, tokens: million }).costUsd).toBe(usd);
  });

  it('prices images, seconds and characters, and has OpenRouter free', () => {
    const gemini = (requestModel: string, units: object) =>
      legacy({ provider: 'gcp.gemini', requestModel, units }).costUsd;
    expect(gemini('imagen-4.0-ultra-generate-preview-06-06', { images: 3 })).toBe('0.12');
    expect(gemini('veo-3.0-generate-001', { video_seconds: 8 })).toBe('0.8');
    expect(gemini('en-US-Chirp3-HD-Aoede', { characters: 1000 })).toBe('0.015');
    const router = legacy({
      provider: 'openrouter',
      responseModel: 'openai/gpt-4o',
      tokens: million,
      costReportedUsd: '1',
    });
    expect(router).toMatchObject({ costReportedUsd: '1', costUsd: '0', zeroReason: 'free-model' });
  });
});
