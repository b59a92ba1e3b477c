/** What holds for every usage that a provider may state, in each of the shapes that they have. */
import { assert, constantFrom, integer, nat, oneof, property, record } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { expect, it } from 'vitest';
import { readExchange } from './read.ts';
import { awsEvent, exchangeOf, sse } from './reader/exchange.fixture.ts';
import type { Told } from './reader/exchange.fixture.ts';
import type { Reading, TokenCounts } from './record.ts';

/** As providers count, and as they should not: absent, null, negative, absurd, contradicting each other. */
const stated = oneof(
  { weight: 12, arbitrary: nat(200_000) },
  { weight: 2, arbitrary: constantFrom(0, null, undefined) },
  { weight: 1, arbitrary: constantFrom(-1, 1.5, 9.2e18, '12', Number.MAX_SAFE_INTEGER, true) },
);
const counts = record({
  input: stated,
  output: stated,
  total: stated,
  cached: stated,
  written: stated,
  written5m: stated,
  written1h: stated,
  reasoning: stated,
  audio: stated,
});
type Counts = typeof counts extends Arbitrary<infer T> ? T : never;

const openai = (c: Counts) => ({
  prompt_tokens: c.input,
  completion_tokens: c.output,
  total_tokens: c.total,
  prompt_tokens_details: { cached_tokens: c.cached, cache_write_tokens: c.written, audio_tokens: c.audio },
  completion_tokens_details: { reasoning_tokens: c.reasoning },
});
const responses = (c: Counts) => ({
  input_tokens: c.input,
  output_tokens: c.output,
  total_tokens: c.total,
  input_tokens_details: { cached_tokens: c.cached },
  output_tokens_details: { reasoning_tokens: c.reasoning },
});
const anthropic = (c: Counts) => ({
  input_tokens: c.input,
  output_tokens: c.output,
  cache_read_input_tokens: c.cached,
  cache_creation_input_tokens: c.written,
  cache_creation: { ephemeral_5m_input_tokens: c.written5m, ephemeral_1h_input_tokens: c.written1h },
});
const gemini = (c: Counts) => ({
  promptTokenCount: c.input,
  candidatesTokenCount: c.output,
  thoughtsTokenCount: c.reasoning,
  cachedContentTokenCount: c.cached,
  totalTokenCount: c.total,
});
const converse = (c: Counts) => ({
  inputTokens: c.input,
  outputTokens: c.output,
  totalTokens: c.total,
  cacheReadInputTokens: c.cached,
  cacheWriteInputTokens: c.written,
});
const cohere = (c: Counts) => ({
  tokens: { input_tokens: c.input, output_tokens: c.output },
  billed_units: { input_tokens: c.audio, output_tokens: c.output },
  cached_tokens: c.cached,
});

const chat = (url: string) => (c: Counts) => ({ url, answer: { id: 'c', choices: [], usage: openai(c) } });
const SHAPES: readonly (readonly [string, (c: Counts) => Told])[] = [
  ['OpenAI', chat('https://api.openai.com/v1/chat/completions')],
  ['xAI', chat('https://api.x.ai/v1/chat/completions')],
  ['Vercel', chat('https://ai-gateway.vercel.sh/v1/chat/completions')],
  ['OpenRouter', chat('https://openrouter.ai/api/v1/chat/completions')],
  [
    'Groq’s stream',
    (c) => ({
      url: 'https://api.groq.com/openai/v1/chat/completions',
      answer: sse({ x_groq: { usage: openai(c) }, choices: [] }, { choices: [], usage: openai(c) }, '[DONE]'),
    }),
  ],
  ['responses', (c) => ({ url: 'https://api.openai.com/v1/responses', answer: { id: 'r', usage: responses(c) } })],
  ['Anthropic', (c) => ({ url: 'https://api.anthropic.com/v1/messages', answer: { usage: anthropic(c) } })],
  [
    'Anthropic’s stream',
    (c) => ({
      url: 'https://api.anthropic.com/v1/messages',
      answer: sse(
        { type: 'message_start', message: { id: 'm', usage: { ...anthropic(c), output_tokens: 1 } } },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: c.output } },
      ),
    }),
  ],
  [
    'Gemini',
    (c) => ({
      url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent',
      answer: { usageMetadata: gemini(c) },
    }),
  ],
  [
    'Converse’s stream',
    (c) => ({
      url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream',
      answer: awsEvent('metadata', { usage: converse(c) }),
    }),
  ],
  ['Cohere', (c) => ({ url: 'https://api.cohere.com/v2/chat', answer: { id: 'c', usage: cohere(c) } })],
];

const SUBSETS: readonly (readonly [part: keyof TokenCounts, whole: keyof TokenCounts])[] = [
  ['cacheRead', 'input'],
  ['cacheWrite', 'input'],
  ['cacheWrite1h', 'cacheWrite'],
];

it.each(SHAPES)('%s: input is never less than what of it was cached, and all counts are counts', (_name, told) => {
  assert(
    property(counts, (c) => {
      const { tokens } = read(told(c));
      for (const count of Object.values(tokens))
        expect(count === null || (Number.isSafeInteger(count) && (count as number) >= 0)).toBe(true);
      for (const [part, whole] of SUBSETS)
        expect(tokens[whole] ?? Infinity, `${part} within ${whole}`).toBeGreaterThanOrEqual(tokens[part] ?? 0);
    }),
    { numRuns: 300 },
  );
});

it.each(SHAPES)('%s: read twice, or from any two pieces, an answer reads the same', (_name, told) => {
  assert(
    property(counts, integer({ min: 0, max: 1000 }), (c, permille) => {
      const exchange = exchangeOf(told(c));
      const whole = readExchange(exchange);
      expect(readExchange(exchange)).toEqual(whole);
      const body = exchange.response?.body;
      if (exchange.response === null || body == null) throw new Error('each of them has a body');
      const at = Math.floor((body.length * permille) / 1000);
      const pieces = { ...body, head: body.head.subarray(0, at), tail: body.head.subarray(at) };
      expect(readExchange({ ...exchange, response: { ...exchange.response, body: pieces } })).toEqual(whole);
    }),
    { numRuns: 100 },
  );
});

function read(told: Told): Reading {
  const found = readExchange(exchangeOf(told));
  if (found === null) throw new Error(`no provider for ${told.url}`);
  return found;
}
