/**
 * The old flat table, `prices: 'legacy'`: for comparison with reports that were made with it. Today's prices differ, so
 * it is never the default. A price of a model beats the flat price of its provider; cached tokens cost what others do.
 */
import { each, perMillion } from './rate.ts';
import type { Rate } from './rate.ts';
import type { PriceTable, UserPrice } from './table.ts';

function entry(provider: string | null, model: string, rates: readonly Rate[]): UserPrice {
  return {
    provider,
    model,
    from: null,
    force: false,
    free: rates.length === 0,
    rates,
    included: ['searches', 'fetches'],
  };
}

function tokens(provider: string, model: string, input: string, output: string): UserPrice {
  return entry(provider, model, [perMillion('input', input), perMillion('output', output)]);
}

const flat = (provider: string, usd: string): UserPrice => tokens(provider, '*', usd, usd);
const speech = (model: string): UserPrice => entry(null, model, [each('characters', '0.000015')]);

/** Ids of speech models and families of voices, as readers give them. */
const VOICES = [
  ...['text-to-speech*', 'tts-1*', '*-tts', '*-tts-*', '*chirp*', '*standard*', '*wavenet*', '*neural2*', '*studio*'],
  ...['polyglot', 'news', 'casual', 'journey'],
];

export const LEGACY_TABLE: PriceTable = {
  name: 'legacy',
  source: 'legacy',
  deployments: [],
  discounts: [],
  prices: [
    flat('groq', '0.6'),
    flat('google', '0.25'),
    flat('cerebras', '0.4'),
    flat('cohere', '1.5'),
    tokens('openai', 'gpt-4o', '2.5', '10'),
    tokens('openai', 'gpt-4o-mini', '0.15', '0.6'),
    tokens('openai', 'gpt-4-turbo', '10', '30'),
    tokens('openai', 'gpt-4', '30', '60'),
    tokens('openai', 'gpt-3.5-turbo', '0.5', '1.5'),
    tokens('google', 'gemini-2.5-pro', '1.25', '5'),
    tokens('google', 'gemini-2.5-flash', '0.075', '0.3'),
    tokens('google', 'gemini-2.0-flash', '0.1', '0.4'),
    tokens('google', 'gemini-2.0-flash-exp', '0.375', '1.5'),
    tokens('google', 'gemini-1.5-pro', '1.25', '5'),
    tokens('google', 'gemini-1.5-flash', '0.075', '0.3'),
    entry('google', 'imagen-4.0-ultra-generate-preview-06-06', [each('images', '0.04')]),
    entry('google', 'veo-3.0-generate-001', [each('video_seconds', '0.1')]),
    ...VOICES.map(speech),
    entry('openrouter', '*', []),
  ],
};
