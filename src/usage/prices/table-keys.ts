/** What a user's table may price, and its JSON Schema for editors and checks before a file is used. */
import type { Meter, TokenMeter } from './rate.ts';

/** Token meters, and those that must be priced with them because they contain them. */
export const TOKEN_METERS: Readonly<Record<TokenMeter, readonly TokenMeter[]>> = {
  input: [],
  cache_read: ['input'],
  cache_write: ['input'],
  cache_write_1h: ['input', 'cache_write'],
  input_audio: ['input'],
  cache_read_audio: ['input', 'cache_read', 'input_audio'],
  input_image: ['input'],
  cache_read_image: ['input', 'cache_read', 'input_image'],
  input_video: ['input'],
  output: [],
  output_reasoning: ['output'],
  output_audio: ['output'],
  output_image: ['output'],
  output_video: ['output'],
};

/** `usd_per` keys → meter, and how many of its units one of the key is. */
export const UNITS: Readonly<Record<string, readonly [Meter, number]>> = {
  image: ['images', 1],
  video_second: ['video_seconds', 1],
  audio_second: ['audio_seconds', 1],
  audio_minute: ['audio_seconds', 60],
  audio_hour: ['audio_seconds', 3600],
  character: ['characters', 1],
  million_characters: ['characters', 1e6],
  page: ['pages', 1],
  search: ['searches', 1],
  thousand_searches: ['searches', 1000],
  search_unit: ['search_units', 1],
  fetch: ['fetches', 1],
  compute_second: ['compute_seconds', 1],
  request: ['requests', 1],
};

const AMOUNT = { type: ['number', 'string'], minimum: 0, pattern: '^\\d+(\\.\\d+)?([eE][-+]?\\d+)?$' };
const DAY = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' };
const TEXT = { type: 'string', minLength: 1 };

function object(properties: Readonly<Record<string, unknown>>, required: readonly string[] = []): object {
  return { type: 'object', properties, required, additionalProperties: false };
}

function amounts(keys: readonly string[]): object {
  return object(Object.fromEntries(keys.map((key) => [key, AMOUNT])));
}

const TOKENS = amounts(Object.keys(TOKEN_METERS));
const SCOPE = { provider: TEXT, from: DAY, force: { type: 'boolean' } };

/** JSON Schema (2020-12) of what `parsePriceTable` takes; the parser also checks what a schema cannot say. */
export const PRICE_TABLE_SCHEMA: object = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Wiretally price table',
  ...object({
    name: TEXT,
    currency: { const: 'USD' },
    prices: {
      type: 'array',
      items: object(
        {
          ...SCOPE,
          model: TEXT,
          free: { type: 'boolean' },
          usd_per_million_tokens: TOKENS,
          long_context: object(
            { above_input_tokens: { type: 'integer', minimum: 0 }, usd_per_million_tokens: TOKENS },
            ['above_input_tokens'],
          ),
          usd_per: amounts(Object.keys(UNITS)),
          included: { type: 'array', items: { enum: Object.keys(UNITS) } },
        },
        ['model'],
      ),
    },
    deployments: { type: 'array', items: object({ name: TEXT, provider: TEXT, model: TEXT }, ['name', 'model']) },
    discounts: {
      type: 'array',
      items: object({ ...SCOPE, model: TEXT, percent_off: { ...AMOUNT, maximum: 100 } }, ['percent_off']),
    },
  }),
};
