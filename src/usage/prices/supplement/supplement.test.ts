import { describe, expect, it } from 'vitest';
import { priceReading } from '../price.ts';
import { genaiPricedModel } from '../genai-prices.ts';
import { priceProviderId } from '../provider-ids.ts';
import { AT_MS, reading } from '../reading.fixture.ts';
import type { ReadingChanges } from '../reading.fixture.ts';
import { SUPPLEMENT } from './index.ts';
import { TIER_RULES } from './tiers.ts';

const priceAt = (changes: ReadingChanges, atMs: number) => priceReading(reading(changes), { atMs });
const price = (changes: ReadingChanges) => priceAt(changes, AT_MS);
const cost = (provider: string, requestModel: string, units: ReadingChanges['units'], more: ReadingChanges = {}) =>
  price({ provider, requestModel, units: units ?? {}, ...more }).costUsd;

describe('the supplement', () => {
  it('names a page and a day for each entry', () => {
    for (const { source, checked, from, model } of SUPPLEMENT) {
      expect(source, model).toMatch(/^https:\/\//);
      expect(checked, model).toMatch(/^20\d\d-\d\d(?:-\d\d)?$/);
      if (from !== null) expect(from, model).toMatch(/^20\d\d-\d\d-\d\d$/);
    }
    for (const { source, checked } of TIER_RULES) expect(`${source} ${checked}`).toMatch(/^https:\S+ 20\d\d-\d\d/);
  });

  it('does not repeat the base: a model that both price is a correction and says of what', () => {
    for (const entry of SUPPLEMENT.filter(({ kind }) => kind === 'price')) {
      const known = entry.providers.some(
        (provider) => (genaiPricedModel(priceProviderId(provider), entry.model)?.sheets.length ?? 0) > 0,
      );
      expect(known, `${entry.model}: ${entry.corrects ?? 'corrects nothing'}`).toBe(entry.corrects !== undefined);
    }
  });

  it('has a model id of its own that its pattern accepts', () => {
    for (const { kind, match, model } of SUPPLEMENT) if (kind !== 'extra') expect(match.test(model), model).toBe(true);
  });
});

describe('images', () => {
  it.each([
    ['dall-e-3', null, null, '0.04'],
    ['dall-e-3', '1024x1792', 'standard', '0.08'],
    ['dall-e-3', '1024x1024', 'hd', '0.08'],
    ['dall-e-3', '1792x1024', 'hd', '0.12'],
    ['dall-e-2', '1024x1024', null, '0.02'],
    ['dall-e-2', '512x512', null, '0.018'],
    ['dall-e-2', '256x256', null, '0.016'],
    ['gpt-image-1', '1024x1024', 'low', '0.011'],
    ['gpt-image-1', '1536x1024', 'medium', '0.063'],
    ['gpt-image-1', '1024x1536', 'high', '0.25'],
    ['gpt-image-1.5', '1024x1024', 'high', '0.133'],
    ['gpt-image-1-mini', '1024x1024', 'medium', '0.011'],
  ])('%s at %s %s costs %s', (model, size, quality, usd) => {
    expect(cost('openai', model, { images: 1 }, { modifiers: { size, quality } })).toBe(usd);
  });

  it('are priced by tokens where these are stated, not twice', () => {
    const tokens = { input: 50, output: 4160 };
    expect(cost('openai', 'gpt-image-1', { images: 1 }, { tokens, modifiers: { quality: 'high' } })).toBe('0.16665');
  });

  it('of a quality that the model chose have no price without tokens', () => {
    const auto = price({ requestModel: 'gpt-image-1', units: { images: 1 }, modifiers: { quality: 'auto' } });
    expect(auto).toMatchObject({ costUsd: null, unpricedReason: 'unit-unpriced' });
  });

  it('of Imagen cost by model, and Imagen 3 by where it is served', () => {
    expect(cost('gcp.gemini', 'imagen-4.0-generate-001', { images: 4 })).toBe('0.16');
    expect(cost('gcp.gemini', 'imagen-4.0-ultra-generate-preview-06-06', { images: 1 })).toBe('0.06');
    expect(cost('gcp.vertex_ai', 'imagen-4.0-fast-generate-001', { images: 1 })).toBe('0.02');
    expect(cost('gcp.gemini', 'imagen-3.0-generate-002', { images: 1 })).toBe('0.03');
    expect(cost('gcp.vertex_ai', 'imagen-3.0-generate-002', { images: 1 })).toBe('0.04');
  });
});

describe('video', () => {
  it('costs by second, resolution and sound', () => {
    const veo = (model: string, modifiers: ReadingChanges['modifiers'] = {}) =>
      cost('gcp.gemini', model, { video_seconds: 8 }, { modifiers });
    expect(veo('veo-3.0-generate-001')).toBe('3.2');
    expect(veo('veo-3.0-generate-001', { audio: false })).toBe('1.6');
    expect(veo('veo-3.0-fast-generate-001')).toBe('1.2');
    expect(veo('veo-3.1-generate-preview', { size: '4k' })).toBe('4.8');
    expect(veo('veo-3.1-fast-generate-preview', { size: '1080p' })).toBe('0.96');
    expect(veo('veo-3.1-lite-generate-preview')).toBe('0.4');
    expect(veo('veo-2.0-generate-001')).toBe('2.8');
    expect(cost('gcp.vertex_ai', 'veo-2.0-generate-001', { video_seconds: 8 })).toBe('4');
    expect(cost('openai', 'sora-2', { video_seconds: 4 })).toBe('0.4');
    expect(cost('openai', 'sora-2-pro', { video_seconds: 4 }, { modifiers: { size: '1792x1024' } })).toBe('2');
  });

  it('of last year still costs what it cost then', () => {
    const call = { provider: 'gcp.gemini', requestModel: 'veo-3.0-generate-001', units: { video_seconds: 8 } };
    expect(priceAt(call, Date.UTC(2025, 7, 1)).costUsd).toBe('6');
    expect(priceAt(call, Date.UTC(2025, 8, 9)).costUsd).toBe('3.2');
  });
});

describe('speech and transcription', () => {
  it('cost by character, minute and hour', () => {
    expect(cost('openai', 'tts-1', { characters: 1000 })).toBe('0.015');
    expect(cost('openai', 'tts-1-hd', { characters: 1000 })).toBe('0.03');
    expect(cost('gcp.text_to_speech', 'chirp3-hd', { characters: 1000 })).toBe('0.03');
    expect(cost('gcp.text_to_speech', 'en-US-Studio-O', { characters: 1000 })).toBe('0.16');
    expect(cost('gcp.text_to_speech', 'neural2', { characters: 1000 })).toBe('0.016');
    expect(cost('gcp.text_to_speech', 'standard', { characters: 1000 })).toBe('0.004');
    expect(cost('gcp.text_to_speech', 'en-US-Wavenet-F', { characters: 1000 })).toBe('0.004');
    expect(cost('openai', 'whisper-1', { audio_seconds: 90 })).toBe('0.009');
    expect(cost('groq', 'whisper-large-v3-turbo', { audio_seconds: 3600 })).toBe('0.04');
    expect(cost('deepgram', 'aura-2-thalia-en', { characters: 1000 })).toBe('0.03');
  });

  it('bill ten seconds at Groq for less', () => {
    expect(cost('groq', 'whisper-large-v3', { audio_seconds: 2 })).toBe('0.000308333333333333');
    expect(price({ provider: 'groq', requestModel: 'whisper-large-v3', units: { audio_seconds: 0 } }).zeroReason).toBe(
      'nothing-used',
    );
  });

  it('tell Deepgram files from live sessions, which have another price', () => {
    const call = { provider: 'deepgram', requestModel: 'nova-3', units: { audio_seconds: 60 } };
    expect(price({ ...call, operation: 'transcription' }).costUsd).toBe('0.0043');
    expect(price({ ...call, operation: 'realtime' }).unpricedReason).toBe('unit-unpriced');
  });
});

describe('retrieval', () => {
  it('costs by search unit, or by the tokens of which only a total is stated', () => {
    expect(cost('cohere', 'rerank-v3.5', { search_units: 1 }, { operation: 'rerank' })).toBe('0.002');
    const voyage = { provider: 'voyage_ai', tokens: { total: 1_000_000 } };
    expect(price({ ...voyage, operation: 'rerank', responseModel: 'rerank-2.5' }).costUsd).toBe('0.05');
    expect(price({ ...voyage, operation: 'embeddings', responseModel: 'voyage-3.5' }).costUsd).toBe('0.06');
    const search = { provider: 'perplexity', operation: 'search' } as const;
    expect(price({ ...search, units: { searches: 1 } }).costUsd).toBe('0.005');
    expect(price({ ...search, status: 429, usageSource: 'missing' }).unpricedReason).toBe('usage-missing');
  });

  it('corrects the second Titan embedding, which costs a fifth of the first', () => {
    const embed = (requestModel: string) =>
      price({ provider: 'aws.bedrock', operation: 'embeddings', requestModel, tokens: { input: 1_000_000 } }).costUsd;
    expect(embed('amazon.titan-embed-text-v2:0')).toBe('0.02');
    expect(embed('amazon.titan-embed-text-v1')).toBe('0.1');
  });
});

it('SambaNova’s models cost what its page says, cached input less where it has a price', () => {
  const million = (responseModel: string, cacheRead: number | null) =>
    price({ provider: 'sambanova', responseModel, tokens: { input: 1_000_000, output: 1_000_000, cacheRead } }).costUsd;
  expect(million('DeepSeek-V3.1', null)).toBe('7.5');
  expect(million('MiniMax-M3', 500_000)).toBe('2.73');
});

describe('fees', () => {
  it('come on top of tokens: searches at Anthropic, OpenAI and Gemini', () => {
    const tokens = { input: 1000, output: 0 };
    expect(cost('anthropic', 'claude-sonnet-4-5', { searches: 2, fetches: 4 }, { tokens })).toBe('0.023');
    expect(cost('openai', 'gpt-5', { searches: 1, tool_calls: 2 }, { tokens })).toBe('0.01625');
    expect(cost('gcp.gemini', 'gemini-2.5-flash', { searches: 3 }, { tokens })).toBe('0.0353');
    expect(cost('gcp.gemini', 'gemini-3-flash-preview', { searches: 3 }, { tokens })).toBe('0.0425');
  });

  it('that are not known leave the call without a price', () => {
    const call = price({
      provider: 'groq',
      responseModel: 'openai/gpt-oss-120b',
      tokens: { input: 1, output: 1 },
      units: { searches: 1 },
    });
    expect(call.unpricedReason).toBe('unit-unpriced');
  });

  it('of Perplexity are those of the search context that was asked for', () => {
    const sonar = (size: string | null) =>
      price({
        provider: 'perplexity',
        responseModel: 'sonar',
        tokens: { input: 1000, output: 1000 },
        modifiers: { size },
      });
    expect(sonar(null).costUsd).toBe('0.007');
    expect(sonar('high').costUsd).toBe('0.014');
  });
});

describe('tiers, places and speeds', () => {
  const million = { input: 1_000_000, output: 1_000_000 };
  const priced = (provider: string, responseModel: string, modifiers: ReadingChanges['modifiers'], tokens = million) =>
    price({ provider, responseModel, tokens, modifiers: modifiers ?? {} });

  it.each([
    ['openai', 'gpt-5', 'batch', '5.625'],
    ['openai', 'gpt-5', 'flex', '5.625'],
    ['openai', 'gpt-5', 'priority', '22.5'],
    ['openai', 'gpt-5-mini-2025-08-07', 'priority', '4.05'],
    ['openai', 'gpt-4o-2024-08-06', 'priority', '21.25'],
    ['openai', 'gpt-4o-mini', 'priority', '1.25'],
    ['openai', 'o4-mini', 'priority', '10'],
    ['openai', 'gpt-5', 'default', '11.25'],
    ['anthropic', 'claude-haiku-4-5', 'batch', '3'],
    ['gcp.vertex_ai', 'gemini-3-flash-preview', 'on_demand_flex', '1.75'],
    ['gcp.gemini', 'gemini-2.5-flash', 'batch', '1.4'],
    ['groq', 'llama-3.3-70b-versatile', 'on_demand', '1.38'],
    ['groq', 'llama-3.3-70b-versatile', 'flex', '1.38'],
  ])('%s %s at %s costs %s', (provider, model, serviceTier, usd) => {
    expect(priced(provider, model, { serviceTier }).costUsd).toBe(usd);
  });

  it('keep the price of cached input in a batch of Gemini', () => {
    const tokens = { input: 1_000_000, output: 0, cacheRead: 1_000_000 };
    expect(
      price({ provider: 'gcp.gemini', responseModel: 'gemini-2.5-flash', tokens, modifiers: { serviceTier: 'batch' } })
        .costUsd,
    ).toBe('0.03');
  });

  it('multiply for US inference and fast mode at Anthropic, tokens only', () => {
    const tokens = { input: 1_000_000, output: 0 };
    const opus = (modifiers: ReadingChanges['modifiers']) =>
      price({
        provider: 'anthropic',
        responseModel: 'claude-opus-4-6',
        tokens,
        units: { searches: 1 },
        modifiers: modifiers ?? {},
      });
    expect(opus({ inferenceGeo: 'us' }).costUsd).toBe('5.51');
    expect(opus({ inferenceGeo: 'global' }).costUsd).toBe('5.01');
    expect(opus({ speed: 'fast' }).costUsd).toBe('30.01');
    expect(opus({ speed: 'fast', inferenceGeo: 'us' }).costUsd).toBe('33.01');
    expect(opus({ speed: 'warp' }).unpricedReason).toBe('tier-unpriced');
  });

  it('add ten percent on regional endpoints where these are dearer', () => {
    expect(priced('gcp.vertex_ai', 'claude-sonnet-4-6', { region: 'europe-west1' }).costUsd).toBe('19.8');
    expect(priced('gcp.vertex_ai', 'claude-sonnet-4-6', { region: 'global' }).costUsd).toBe('18');
    expect(priced('aws.bedrock', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', { region: 'us-east-1' }).costUsd).toBe(
      '6.6',
    );
    expect(priced('aws.bedrock', 'global.anthropic.claude-haiku-4-5-20251001-v1:0', {}).costUsd).toBe('6');
  });
});

describe('corrections of the base', () => {
  const at = (changes: ReadingChanges, atMs: number) =>
    priceAt({ tokens: { input: 1_000_000, output: 1_000_000 }, ...changes }, atMs).costUsd;

  it('follow an alias from the day on which it moved', () => {
    const large = { provider: 'mistral_ai', responseModel: 'mistral-large-latest' };
    expect(at(large, Date.UTC(2025, 10, 1))).toBe('8');
    expect(at(large, Date.UTC(2025, 11, 2))).toBe('2');
  });

  it('end the prices by time of day at DeepSeek', () => {
    const chat = { provider: 'deepseek', responseModel: 'deepseek-chat' };
    expect(at(chat, Date.UTC(2025, 5, 1, 12))).toBe('1.37');
    expect(at(chat, Date.UTC(2025, 5, 1, 20))).toBe('0.685');
    expect(at(chat, Date.UTC(2025, 8, 10, 20))).toBe('2.24');
    expect(at(chat, Date.UTC(2025, 9, 10, 20))).toBe('0.7');
  });

  it('price one-hour cache writes of Claude at twice input also where others serve it', () => {
    const tokens = { input: 1_000_000, output: 0, cacheWrite: 1_000_000, cacheWrite1h: 1_000_000 };
    expect(at({ provider: 'gcp.vertex_ai', responseModel: 'claude-sonnet-4-6', tokens }, AT_MS)).toBe('6');
  });

  it('price audio tokens of the audio previews as audio', () => {
    const tokens = { input: 1_000_000, output: 1_000_000, inputAudio: 500_000, outputAudio: 500_000 };
    expect(at({ responseModel: 'gpt-4o-audio-preview-2024-12-17', tokens }, AT_MS)).toBe('66.25');
  });
});

describe('free of charge', () => {
  it('is Gemma at the Gemini API, and not elsewhere', () => {
    const gemma = (provider: string, model: string) =>
      price({ provider, requestModel: model, tokens: { input: 1, output: 1 } });
    expect(gemma('gcp.gemini', 'gemma-3-27b-it')).toMatchObject({ costUsd: '0', zeroReason: 'free-model' });
    expect(gemma('gcp.vertex_ai', 'gemma-3-27b-it')).toMatchObject({ costUsd: null, unpricedReason: 'price-unknown' });
  });
});
