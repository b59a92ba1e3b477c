import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation, Reading, Unit } from '../record.ts';
import { createPriceBook } from './book.ts';
import { add, format, knownDecimal } from './decimal.ts';
import { priceReading, priceReadingWithCard } from './price.ts';
import { AT_MS, reading } from './reading.fixture.ts';
import { replay } from './replay.ts';
import type { RateCard } from './rate.ts';

const hostile = fc.constantFrom(Number.NaN, -1, Infinity, 1e300, 1.5, '7', {}, undefined);
const count = fc.oneof(
  { weight: 8, arbitrary: fc.nat(2_000_000) },
  { weight: 3, arbitrary: fc.constant(null) },
  hostile,
);
const PROVIDERS = ['openai', 'anthropic', 'gcp.gemini', 'gcp.vertex_ai', 'aws.bedrock', 'groq', 'cohere', 'deepgram'];
const MODELS = ['gpt-4o', 'claude-sonnet-4-5', 'gemini-2.5-pro', 'gpt-image-1', 'dall-e-3', 'whisper-large-v3'];
const model = fc.option(
  fc.oneof(fc.constantFrom(...MODELS, 'rerank-v3.5', 'deepseek-chat', 'toString', 'openai/gpt-4o'), fc.string()),
);
const text = fc.option(fc.oneof(fc.constantFrom('batch', 'priority', 'us', 'fast', '1024x1024', 'hd'), fc.string()));
const units: readonly Unit[] = ['images', 'video_seconds', 'audio_seconds', 'characters', 'searches', 'search_units'];
const tokens = fc.record({
  ...{ input: count, output: count, total: count, cacheRead: count, cacheWrite: count, cacheWrite1h: count },
  ...{ reasoning: count, inputAudio: count, inputImage: count, outputAudio: count, outputImage: count },
  ...{ billedInput: count, billedOutput: count, cacheReadAudio: count, inputVideo: count, outputVideo: count },
});
const unitCounts = fc.dictionary(fc.constantFrom(...units), count, { maxKeys: 3 });

/** Any reading, also such as no reader makes. */
const anyReading = fc
  .record({
    provider: fc.oneof(
      fc.constantFrom(...PROVIDERS, 'openrouter', 'ollama', 'x_ai', 'constructor', '__proto__'),
      fc.string(),
    ),
    upstreamProvider: fc.option(fc.string()),
    kind: fc.constantFrom('call', 'call', 'call', 'restated', 'free', 'admin'),
    operation: fc.constantFrom<Operation>('chat', 'embeddings', 'image', 'transcription', 'search', 'rerank'),
    requestModel: model,
    responseModel: model,
    tokens,
    units: unitCounts,
    parts: fc.array(fc.record({ kind: fc.string(), model, tokens, units: unitCounts }), { maxLength: 2 }),
    modifiers: fc.record({
      serviceTier: text,
      region: text,
      inferenceGeo: text,
      speed: text,
      size: text,
      quality: text,
    }),
    costReportedUsd: fc.option(fc.oneof(fc.constantFrom('0', '0.001', '-1', 'NaN', '1e-9'), fc.string())),
    costUpstreamUsd: fc.option(fc.constantFrom('0', '0.5', 'x')),
  })
  .map((fields) => reading(fields as unknown as Parameters<typeof reading>[0]));

const AMOUNT = /^\d+(?:\.\d{1,18})?$/;
const books = [undefined, createPriceBook({ preset: 'legacy' }), createPriceBook({ cacheSize: 1 })];

describe('any reading', () => {
  it('is priced without a throw: an amount that is not negative, or a reason', () => {
    fc.assert(
      fc.property(anyReading, fc.constantFrom(...books), fc.date({ noInvalidDate: true }), (value, book, at) => {
        const options = { atMs: at.getTime(), ...(book === undefined ? {} : { book }) };
        const { costUsd, costReportedUsd, costCalculatedUsd, unpricedReason, zeroReason, costSource } = priceReading(
          value,
          options,
        );
        for (const amount of [costUsd, costReportedUsd, costCalculatedUsd]) {
          if (amount !== null) expect(amount).toMatch(AMOUNT);
        }
        expect(costUsd === null).toBe(unpricedReason !== null);
        expect(costUsd === null).toBe(costSource === null);
        expect(costUsd === '0').toBe(zeroReason !== null);
      }),
      { numRuns: 3000 },
    );
  });

  it('costs the same a second time, and by its stored card', () => {
    fc.assert(
      fc.property(anyReading, (value: Reading) => {
        const { pricing, card } = priceReadingWithCard(value, { atMs: AT_MS });
        expect(priceReading(value, { atMs: AT_MS, book: createPriceBook() })).toEqual(pricing);
        if (card === null) return;
        const stored = JSON.parse(JSON.stringify(card)) as RateCard;
        expect(replay(stored, value)).toBe(pricing.costCalculatedUsd);
      }),
      { numRuns: 500 },
    );
  });
});

describe('sums', () => {
  it('are exact: two calls cost what one call with the counts of both costs', () => {
    const priced = (input: number, output: number) =>
      priceReading(reading({ responseModel: 'gpt-5-mini', tokens: { input, output } }), { atMs: AT_MS }).costUsd ?? '';
    const tokenCount = fc.nat(1_000_000_000);
    fc.assert(
      fc.property(tokenCount, tokenCount, tokenCount, tokenCount, (a, b, c, d) => {
        const sum = add(knownDecimal(priced(a, b)), knownDecimal(priced(c, d)));
        expect(format(sum)).toBe(priced(a + c, b + d));
      }),
    );
  });
});
