/** Cost as providers state it: read exactly, and what holds. One row a place in which some provider writes it. */
import { expect, it } from 'vitest';
import { priceReading } from '../prices/price.ts';
import { reading, sse } from '../reader/exchange.fixture.ts';
import type { Told } from '../reader/exchange.fixture.ts';

const USAGE = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const usage = (fields: object) => ({ id: 'x', model: 'm', choices: [], usage: { ...USAGE, ...fields } });
const OPENROUTER = 'https://openrouter.ai/api/v1';
const VERCEL = 'https://ai-gateway.vercel.sh/v1/chat/completions';
const XAI = 'https://api.x.ai/v1';
const LITELLM = {
  url: 'http://llm.internal:4000/v1/chat/completions',
  hosts: { 'llm.internal:4000': 'litellm' },
  answer: usage({}),
};
const gateway = (fields: object) => [{ index: 0, finish_reason: 'stop', message: { provider_metadata: fields } }];

const STATED: readonly (readonly [what: string, told: Told, usd: string])[] = [
  ['OpenRouter', { url: `${OPENROUTER}/chat/completions`, answer: usage({ cost: 0.001081 }) }, '0.001081'],
  [
    'OpenRouter’s stream',
    { url: `${OPENROUTER}/chat/completions`, answer: sse({ choices: [] }, usage({ cost: 9.5e-7 }), '[DONE]') },
    '0.00000095',
  ],
  [
    'OpenRouter with the user’s own key: its fee and the vendor’s bill',
    {
      url: `${OPENROUTER}/chat/completions`,
      answer: usage({ cost: 0.0001, is_byok: true, cost_details: { upstream_inference_cost: 0.002 } }),
    },
    '0.0021',
  ],
  [
    'OpenRouter’s messages',
    { url: `${OPENROUTER}/messages`, answer: { usage: { input_tokens: 1, output_tokens: 1, cost: 0.25 } } },
    '0.25',
  ],
  [
    'OpenRouter’s rerank',
    { url: `${OPENROUTER}/rerank`, answer: { usage: { cost: 0.002, search_units: 1 } } },
    '0.002',
  ],
  [
    'xAI: ticks of 1e-10',
    { url: `${XAI}/chat/completions`, answer: usage({ cost_in_usd_ticks: 3_950_400 }) },
    '0.00039504',
  ],
  ['xAI: a single tick', { url: `${XAI}/chat/completions`, answer: usage({ cost_in_usd_ticks: 1 }) }, '0.0000000001'],
  [
    'xAI’s responses',
    { url: `${XAI}/responses`, answer: { usage: { input_tokens: 1, output_tokens: 1, cost_in_usd_ticks: 12e9 } } },
    '1.2',
  ],
  [
    'xAI’s images',
    { url: `${XAI}/images/generations`, answer: { data: [{}], usage: { cost_in_usd_ticks: 200_000_000 } } },
    '0.02',
  ],
  [
    'Perplexity',
    {
      url: 'https://api.perplexity.ai/chat/completions',
      answer: usage({ cost: { input_tokens_cost: 0.001, request_cost: 0.005, total_cost: 0.0061 } }),
    },
    '0.0061',
  ],
  [
    'Perplexity’s embeddings',
    {
      url: 'https://api.perplexity.ai/v1/embeddings',
      answer: {
        data: [],
        usage: { prompt_tokens: 9, total_tokens: 9, cost: { total_cost: 0.00000003, currency: 'USD' } },
      },
    },
    '0.00000003',
  ],
  ['Vercel', { url: VERCEL, answer: usage({ cost: 0.003642, market_cost: 0.004 }) }, '0.003642'],
  [
    'Vercel’s metadata, as text',
    { url: VERCEL, answer: { ...usage({}), choices: gateway({ gateway: { cost: '0.00042' } }) } },
    '0.00042',
  ],
  [
    'Vercel’s stream',
    { url: VERCEL, answer: sse({ choices: [{ index: 0, delta: {} }] }, usage({ cost: 0.5 }), '[DONE]') },
    '0.5',
  ],
  ['LiteLLM’s header', { ...LITELLM, headers: { 'x-litellm-response-cost': '0.00017' } }, '0.00017'],
  [
    'LiteLLM’s header in Python’s spelling',
    { ...LITELLM, headers: { 'x-litellm-response-cost': '4.5e-06' } },
    '0.0000045',
  ],
  ['Avian', { url: 'https://api.avian.io/v1/chat/completions', answer: usage({ cost: 1.5e-7 }) }, '0.00000015'],
  [
    'DeepInfra',
    { url: 'https://api.deepinfra.com/v1/openai/chat/completions', answer: usage({ estimated_cost: 0.002 }) },
    '0.002',
  ],
];

it.each(STATED)('%s', (_what, told, usd) => {
  const pricing = priceReading(reading(told), { atMs: Date.UTC(2026, 10, 20) });
  expect(pricing).toMatchObject({ costUsd: usd, costSource: 'provider', unpricedReason: null });
});

it.each([-1, Number.NaN, 1e300, '0.1 EUR', 'free', null, true, {}, []])('a cost of %s was not stated', (cost) => {
  const answers: Told[] = [
    { url: `${OPENROUTER}/chat/completions`, answer: usage({ cost }) },
    { url: `${XAI}/chat/completions`, answer: usage({ cost_in_usd_ticks: cost }) },
    { url: 'https://api.perplexity.ai/chat/completions', answer: usage({ cost: { total_cost: cost } }) },
    { url: VERCEL, answer: usage({ cost }) },
    { ...LITELLM, headers: { 'x-litellm-response-cost': JSON.stringify(cost) } },
  ];
  for (const told of answers) expect(reading(told).costReportedUsd).toBeNull();
});

it('a cost in another currency is no cost in dollars', () => {
  const cost = { total_cost: 0.42, currency: 'EUR' };
  expect(
    reading({ url: 'https://api.perplexity.ai/chat/completions', answer: usage({ cost }) }).costReportedUsd,
  ).toBeNull();
});
