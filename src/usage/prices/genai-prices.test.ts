import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { calcPrice, waitForUpdate } from '@pydantic/genai-prices';
import type { ModelInfo, Provider } from '@pydantic/genai-prices';
import { describe, expect, it } from 'vitest';
import { canonicalJson, rateCard, rateCardId } from './card.ts';
import { GENAI_PRICES, GENAI_PROVIDERS, genaiModels, genaiPricedModel, sheetAt } from './genai-prices.ts';
import { charge, compileSheet } from './charge.ts';
import { format } from './decimal.ts';
import { AT_MS, reading } from './reading.fixture.ts';
import { replay } from './replay.ts';
import type { RateCard } from './rate.ts';
import { NO_TOKENS } from '../record.ts';
import type { TokenCounts } from '../record.ts';

const providers: readonly Provider[] = (await waitForUpdate()) ?? [];

describe('the pinned price base', () => {
  it('is the version and the data that cards name', () => {
    const manifest = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({ dependencies: { '@pydantic/genai-prices': GENAI_PRICES.version } });
    const entry = fileURLToPath(import.meta.resolve('@pydantic/genai-prices'));
    const installed: unknown = JSON.parse(readFileSync(join(dirname(entry), '../package.json'), 'utf8'));
    expect(installed).toMatchObject({ version: GENAI_PRICES.version });
  });

  it('has no provider that is missing here', () => {
    expect(GENAI_PROVIDERS).toEqual(providers.map((provider) => provider.id));
  });

  it('hashes as cards say', () => {
    const data = providers.map(({ id, models }) => ({
      id,
      models: models.map((model) => ({ id: model.id, match: model.match, prices: model.prices })),
    }));
    expect(createHash('sha256').update(canonicalJson(data)).digest('hex')).toBe(GENAI_PRICES.datasetHash);
  });
});

const CALLS: readonly Partial<TokenCounts>[] = [
  { input: 1234, output: 567 },
  { input: 0, output: 0 },
  { input: 1_000_001, output: 3 },
  { input: 10_000, output: 999, cacheRead: 4000, cacheWrite: 1000, reasoning: 33 },
  { input: 600_000, output: 999, cacheRead: 4000, cacheWrite: 1000, cacheWrite1h: 300 },
  {
    input: 10_000,
    output: 999,
    cacheRead: 2000,
    inputAudio: 700,
    cacheReadAudio: 500,
    inputImage: 300,
    inputVideo: 200,
  },
  { input: 10_000, output: 999, outputAudio: 100, outputImage: 50, outputVideo: 20 },
];

function librarySum(provider: Provider, model: ModelInfo, tokens: TokenCounts, atMs: number): number | null {
  const usage = {
    input_tokens: tokens.input ?? 0,
    output_tokens: tokens.output ?? 0,
    cache_read_tokens: tokens.cacheRead ?? 0,
    cache_write_tokens: tokens.cacheWrite ?? 0,
    cache_write_1h_tokens: tokens.cacheWrite1h ?? 0,
    input_audio_tokens: tokens.inputAudio ?? 0,
    cache_audio_read_tokens: tokens.cacheReadAudio ?? 0,
    input_image_tokens: tokens.inputImage ?? 0,
    cache_image_read_tokens: 0,
    input_video_tokens: tokens.inputVideo ?? 0,
    output_audio_tokens: tokens.outputAudio ?? 0,
    output_image_tokens: tokens.outputImage ?? 0,
    output_video_tokens: tokens.outputVideo ?? 0,
    output_reasoning_tokens: tokens.reasoning ?? 0,
    audio_seconds: 77.5,
    input_audio_seconds: 77.5,
    input_document_pages: 3,
    web_searches: 2,
    storage_searches: 1,
  };
  const alone = { ...provider, models: [{ ...model, match: { equals: model.id } }] };
  return calcPrice(usage, model.id, { provider: alone, timestamp: new Date(atMs) })?.total_price ?? null;
}

const UNITS = { audio_seconds: 77.5, pages: 3, tool_calls: 1 };
const SEARCHES = { searches: 2 };
const TIMES = [Date.UTC(2026, 10, 22, 2), Date.UTC(2026, 10, 22, 12), Date.UTC(2027, 5, 1, 23, 30)];

describe('sums over all models of the base', () => {
  it('are what the library computes, but exact', () => {
    let compared = 0;
    for (const provider of providers) {
      const ours = new Map(genaiModels(provider.id).map((model) => [model.model, model]));
      for (const model of provider.models) {
        for (const atMs of TIMES) {
          const sheet = sheetAt(ours.get(model.id)?.sheets ?? [], atMs);
          if (sheet === null) continue;
          const compiled = compileSheet(sheet);
          for (const call of CALLS) {
            const tokens = { ...NO_TOKENS, ...call };
            const units = compiled.meters.has('searches') ? { ...UNITS, ...SEARCHES } : UNITS;
            const charged = charge(compiled, { tokens, units });
            // What a model has no price for leaves it unpriced here, and is left out there.
            if ('unpriced' in charged) continue;
            const library = librarySum(provider, model, tokens, atMs) ?? Number.NaN;
            const difference = Math.abs(Number(format(charged.total)) - library);
            expect(difference, `${provider.id} ${model.id}`).toBeLessThanOrEqual(Math.abs(library) * 1e-9 + 1e-15);
            compared += 1;
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(30_000);
  });

  it('replay bit for bit from stored cards', () => {
    let replayed = 0;
    for (const provider of GENAI_PROVIDERS) {
      for (const { model, sheets } of genaiModels(provider)) {
        for (const { sheet } of sheets) {
          const card = rateCard([{ part: null, ...sheet }]);
          const stored = JSON.parse(JSON.stringify(card)) as RateCard;
          expect(rateCardId(stored)).toBe(card.id);
          for (const call of CALLS) {
            const usage = reading({
              provider,
              responseModel: model,
              tokens: call,
              units: UNITS,
            });
            const charged = charge(compileSheet(sheet), usage);
            const again = replay(stored, usage);
            expect(again).toBe('unpriced' in charged ? null : format(charged.total));
            replayed += 1;
          }
        }
      }
    }
    expect(replayed).toBeGreaterThan(10_000);
  });
});

describe('finding a model', () => {
  it('finds what the library finds, for every id that it lists', () => {
    for (const provider of providers) {
      for (const model of provider.models) {
        const found = calcPrice({}, model.id, { providerId: provider.id, timestamp: new Date(AT_MS) });
        const served = provider.id !== 'openai' || !model.id.startsWith('gpt-oss-');
        if (found !== null && served) expect(genaiPricedModel(provider.id, model.id)?.model).toBe(found.model.id);
      }
    }
  });

  it('has times of day from the date on from which they hold', () => {
    const sheets = genaiPricedModel('deepseek', 'deepseek-v4-flash')?.sheets ?? [];
    const usd = (atMs: number) => sheetAt(sheets, atMs)?.rates[0]?.usd;
    expect(usd(Date.UTC(2026, 6, 1, 2))).toBe('0.14');
    expect(usd(Date.UTC(2026, 8, 1, 2))).toBe('0.44');
    expect(usd(Date.UTC(2026, 8, 1, 5))).toBe('0.22');
  });

  it('leaves models without price, or with a price for what cannot be counted, without sheets', () => {
    expect(genaiPricedModel('cerebras', 'qwen-3-coder-480b')?.sheets).toEqual([]);
    expect(genaiPricedModel('perplexity', 'sonar-deep-research')?.sheets).toEqual([]);
    expect(genaiPricedModel('openai', 'gpt-nobody')).toBeNull();
  });
});
