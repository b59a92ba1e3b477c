/** USD per 1M tokens, input / cached input / output, from openai.com/api/pricing, standard tier. */
import { unknownUsage } from './scenario.ts';
import type { Scenario } from './scenario.ts';

export const openaiScenarios: readonly Scenario[] = [
  {
    name: 'openai-chat',
    provider: 'openai',
    operation: 'chat',
    model: 'gpt-4o-mini',
    attempts: [
      {
        reply: {
          model: 'gpt-4o-mini-2024-07-18',
          usage: {
            prompt_tokens: 812,
            completion_tokens: 164,
            total_tokens: 976,
            prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
            completion_tokens_details: {
              reasoning_tokens: 0,
              audio_tokens: 0,
              accepted_prediction_tokens: 0,
              rejected_prediction_tokens: 0,
            },
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 812,
          outputTokens: 164,
          totalTokens: 976,
          // 0.15 / 0.075 / 0.60: 812 x 0.15 = 121.8; 164 x 0.60 = 98.4; 220.2 per million
          costUsd: '0.0002202',
        },
      },
    ],
  },
  {
    name: 'openai-chat-stream',
    provider: 'openai',
    operation: 'chat',
    model: 'gpt-4o-mini',
    attempts: [
      {
        reply: {
          model: 'gpt-4o-mini-2024-07-18',
          usage: {
            prompt_tokens: 2048,
            completion_tokens: 256,
            total_tokens: 2304,
            prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
            completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 2048,
          outputTokens: 256,
          totalTokens: 2304,
          cacheReadTokens: 1024,
          // 0.15 / 0.075 / 0.60: 1024 x 0.15 = 153.6; 1024 x 0.075 = 76.8; 256 x 0.60 = 153.6; 384 per million
          costUsd: '0.000384',
        },
      },
    ],
  },
  {
    // The request does not ask for usage, so no chunk has it: the ledger must say "unknown", never 0.
    name: 'openai-chat-stream-without-usage',
    provider: 'openai',
    operation: 'chat',
    model: 'gpt-4o',
    attempts: [
      {
        reply: {
          model: 'gpt-4o-2024-08-06',
          usage: { prompt_tokens: 90, completion_tokens: 40, total_tokens: 130 },
        },
        expected: unknownUsage(true),
      },
    ],
  },
  {
    name: 'openai-chat-retried',
    provider: 'openai',
    operation: 'chat',
    model: 'gpt-4o',
    attempts: [
      { reply: { fault: 'rate-limit' }, expected: unknownUsage(false) },
      {
        reply: {
          model: 'gpt-4o-2024-08-06',
          gzip: true,
          usage: {
            prompt_tokens: 300,
            completion_tokens: 120,
            total_tokens: 420,
            prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
            completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 300,
          outputTokens: 120,
          totalTokens: 420,
          // 2.50 / 1.25 / 10.00: 300 x 2.50 = 750; 120 x 10 = 1200; 1950 per million
          costUsd: '0.00195',
        },
      },
    ],
  },
  {
    name: 'openai-chat-cut',
    provider: 'openai',
    operation: 'chat',
    model: 'gpt-4o-mini',
    fails: true,
    attempts: [
      {
        reply: {
          model: 'gpt-4o-mini-2024-07-18',
          ending: 'cut',
          usage: { prompt_tokens: 500, completion_tokens: 300, total_tokens: 800 },
        },
        expected: unknownUsage(false),
      },
    ],
  },
  {
    name: 'openai-chat-unauthorized',
    provider: 'openai',
    operation: 'chat',
    model: 'gpt-4o-mini',
    fails: true,
    attempts: [{ reply: { fault: 'unauthorized' }, expected: unknownUsage(false) }],
  },
  {
    // A model that no price list knows: tokens are known, the cost is not, and it is not 0 either.
    name: 'openai-chat-unpriced',
    provider: 'openai',
    operation: 'chat',
    model: 'aurora-preview',
    attempts: [
      {
        reply: {
          model: 'aurora-preview',
          usage: { prompt_tokens: 210, completion_tokens: 70, total_tokens: 280 },
        },
        expected: {
          succeeded: true,
          inputTokens: 210,
          outputTokens: 70,
          totalTokens: 280,
          costUsd: null,
        },
      },
    ],
  },
  {
    name: 'openai-responses',
    provider: 'openai',
    operation: 'responses',
    model: 'gpt-5-mini',
    attempts: [
      {
        reply: {
          model: 'gpt-5-mini-2025-08-07',
          usage: {
            input_tokens: 1500,
            input_tokens_details: { cached_tokens: 0 },
            output_tokens: 900,
            output_tokens_details: { reasoning_tokens: 640 },
            total_tokens: 2400,
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 1500,
          outputTokens: 900,
          totalTokens: 2400,
          reasoningTokens: 640,
          // 0.25 / 0.025 / 2.00: 1500 x 0.25 = 375; 900 x 2 = 1800 (reasoning is inside output); 2175 per million
          costUsd: '0.002175',
        },
      },
    ],
  },
  {
    name: 'openai-responses-stream',
    provider: 'openai',
    operation: 'responses',
    model: 'gpt-4.1-mini',
    attempts: [
      {
        reply: {
          model: 'gpt-4.1-mini-2025-04-14',
          usage: {
            input_tokens: 640,
            input_tokens_details: { cached_tokens: 0 },
            output_tokens: 320,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: 960,
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 640,
          outputTokens: 320,
          totalTokens: 960,
          // 0.40 / 0.10 / 1.60: 640 x 0.40 = 256; 320 x 1.60 = 512; 768 per million
          costUsd: '0.000768',
        },
      },
    ],
  },
  {
    name: 'openai-embeddings',
    provider: 'openai',
    operation: 'embeddings',
    model: 'text-embedding-3-small',
    attempts: [
      {
        reply: { model: 'text-embedding-3-small', usage: { prompt_tokens: 4000, total_tokens: 4000 } },
        expected: {
          succeeded: true,
          inputTokens: 4000,
          outputTokens: null,
          totalTokens: 4000,
          // 0.02: 4000 x 0.02 = 80 per million
          costUsd: '0.00008',
        },
      },
    ],
  },
  {
    name: 'openai-image',
    provider: 'openai',
    operation: 'image',
    model: 'gpt-image-1',
    attempts: [
      {
        reply: {
          // Image answers do not name a model.
          model: null,
          usage: {
            input_tokens: 50,
            input_tokens_details: { text_tokens: 50, image_tokens: 0 },
            output_tokens: 1056,
            total_tokens: 1106,
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 50,
          outputTokens: 1056,
          totalTokens: 1106,
          // text in 5.00, image out 40.00: 50 x 5 = 250; 1056 x 40 = 42240; 42490 per million
          costUsd: '0.04249',
        },
      },
    ],
  },
  {
    name: 'aisdk-chat',
    provider: 'openai',
    operation: 'chat',
    model: 'gpt-4o-mini',
    attempts: [
      {
        reply: {
          model: 'gpt-4o-mini-2024-07-18',
          gzip: true,
          usage: {
            prompt_tokens: 1000,
            completion_tokens: 500,
            total_tokens: 1500,
            prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
            completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 1000,
          outputTokens: 500,
          totalTokens: 1500,
          // 0.15 / 0.075 / 0.60: 1000 x 0.15 = 150; 500 x 0.60 = 300; 450 per million
          costUsd: '0.00045',
        },
      },
    ],
  },
  {
    // The AI SDK's own default is the Responses API.
    name: 'aisdk-responses-stream',
    provider: 'openai',
    operation: 'responses',
    model: 'gpt-4.1-mini',
    attempts: [
      {
        reply: {
          model: 'gpt-4.1-mini-2025-04-14',
          usage: {
            input_tokens: 2000,
            input_tokens_details: { cached_tokens: 1500 },
            output_tokens: 250,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: 2250,
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 2000,
          outputTokens: 250,
          totalTokens: 2250,
          cacheReadTokens: 1500,
          // 0.40 / 0.10 / 1.60: 500 x 0.40 = 200; 1500 x 0.10 = 150; 250 x 1.60 = 400; 750 per million
          costUsd: '0.00075',
        },
      },
    ],
  },
];
