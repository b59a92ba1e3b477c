/** USD per 1M tokens, input / output, and per 1,000 searches, from cohere.com/pricing. Billed units are priced. */
import { unknownUsage } from './scenario.ts';
import type { Scenario } from './scenario.ts';

export const cohereScenarios: readonly Scenario[] = [
  {
    name: 'cohere-chat',
    provider: 'cohere',
    operation: 'chat',
    model: 'command-a-03-2025',
    attempts: [
      {
        reply: {
          model: null,
          usage: {
            billed_units: { input_tokens: 40, output_tokens: 60 },
            tokens: { input_tokens: 520, output_tokens: 62 },
            cached_tokens: 0,
          },
        },
        expected: {
          succeeded: true,
          // `tokens` count the template too; only `billed_units` are paid
          inputTokens: 520,
          outputTokens: 62,
          totalTokens: 582,
          // 2.50 / 10.00: 40 x 2.50 = 100; 60 x 10 = 600; 700 per million
          costUsd: '0.0007',
        },
      },
    ],
  },
  {
    name: 'cohere-stream',
    provider: 'cohere',
    operation: 'chat',
    model: 'command-r-08-2024',
    attempts: [
      {
        reply: {
          model: null,
          gzip: true,
          usage: {
            billed_units: { input_tokens: 120, output_tokens: 80 },
            tokens: { input_tokens: 580, output_tokens: 82 },
            cached_tokens: 0,
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 580,
          outputTokens: 82,
          totalTokens: 662,
          // 0.15 / 0.60: 120 x 0.15 = 18; 80 x 0.60 = 48; 66 per million
          costUsd: '0.000066',
        },
      },
    ],
  },
  {
    name: 'cohere-embed',
    provider: 'cohere',
    operation: 'embeddings',
    model: 'embed-v4.0',
    attempts: [
      {
        reply: { model: null, usage: { billed_units: { input_tokens: 250 } } },
        expected: {
          succeeded: true,
          inputTokens: 250,
          outputTokens: null,
          totalTokens: 250,
          // 0.12: 250 x 0.12 = 30 per million
          costUsd: '0.00003',
        },
      },
    ],
  },
  {
    name: 'cohere-rerank',
    provider: 'cohere',
    operation: 'rerank',
    model: 'rerank-v3.5',
    attempts: [
      {
        reply: { model: null, usage: { billed_units: { search_units: 1 } } },
        // one search unit at $2.00 per 1,000
        expected: { ...unknownUsage(true), costUsd: '0.002' },
      },
    ],
  },
];
