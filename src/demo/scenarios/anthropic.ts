/** USD per 1M tokens from claude.com/pricing: input / 5-minute cache write / cache read / output. */
import { unknownUsage } from './scenario.ts';
import type { Scenario } from './scenario.ts';

export const anthropicScenarios: readonly Scenario[] = [
  {
    name: 'anthropic-message',
    provider: 'anthropic',
    operation: 'chat',
    model: 'claude-sonnet-4-6',
    attempts: [
      {
        reply: {
          model: 'claude-sonnet-4-6',
          gzip: true,
          usage: {
            input_tokens: 1200,
            cache_creation_input_tokens: 2000,
            cache_read_input_tokens: 8000,
            cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 0 },
            output_tokens: 500,
            service_tier: 'standard',
          },
        },
        expected: {
          succeeded: true,
          // Anthropic states cached tokens beside input_tokens: 1200 + 2000 + 8000
          inputTokens: 11_200,
          outputTokens: 500,
          totalTokens: 11_700,
          cacheReadTokens: 8000,
          cacheWriteTokens: 2000,
          // 3.00 / 3.75 / 0.30 / 15.00: 1200 x 3 = 3600; 2000 x 3.75 = 7500; 8000 x 0.30 = 2400; 500 x 15 = 7500;
          // 21000 per million
          costUsd: '0.021',
        },
      },
    ],
  },
  {
    name: 'anthropic-message-stream',
    provider: 'anthropic',
    operation: 'chat',
    model: 'claude-haiku-4-5',
    attempts: [
      {
        reply: {
          model: 'claude-haiku-4-5-20251001',
          gzip: true,
          usage: {
            input_tokens: 900,
            cache_creation_input_tokens: 0,
            cache_read_input_tokens: 0,
            cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
            output_tokens: 350,
            service_tier: 'standard',
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 900,
          outputTokens: 350,
          totalTokens: 1250,
          // 1.00 / 1.25 / 0.10 / 5.00: 900 x 1 = 900; 350 x 5 = 1750; 2650 per million
          costUsd: '0.00265',
        },
      },
    ],
  },
  {
    name: 'anthropic-overloaded-retried',
    provider: 'anthropic',
    operation: 'chat',
    model: 'claude-haiku-4-5',
    attempts: [
      { reply: { fault: 'overloaded' }, expected: unknownUsage(false) },
      {
        reply: {
          model: 'claude-haiku-4-5-20251001',
          usage: {
            input_tokens: 100,
            cache_creation_input_tokens: 0,
            cache_read_input_tokens: 0,
            output_tokens: 20,
            service_tier: 'standard',
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 100,
          outputTokens: 20,
          totalTokens: 120,
          // 1.00 / 1.25 / 0.10 / 5.00: 100 x 1 = 100; 20 x 5 = 100; 200 per million
          costUsd: '0.0002',
        },
      },
    ],
  },
  {
    // HTTP 200, then `event: error` in the middle: what message_start stated is all that is known.
    name: 'anthropic-stream-error',
    provider: 'anthropic',
    operation: 'chat',
    model: 'claude-haiku-4-5',
    fails: true,
    attempts: [
      {
        reply: {
          model: 'claude-haiku-4-5-20251001',
          ending: 'error',
          usage: {
            input_tokens: 400,
            cache_creation_input_tokens: 0,
            cache_read_input_tokens: 0,
            output_tokens: 60,
            service_tier: 'standard',
          },
        },
        expected: {
          succeeded: false,
          inputTokens: 400,
          // message_start says 1 output token; message_delta, which would say 60, never comes
          outputTokens: 1,
          totalTokens: 401,
          // 1.00 / 1.25 / 0.10 / 5.00: 400 x 1 = 400; 1 x 5 = 5; 405 per million
          costUsd: '0.000405',
        },
      },
    ],
  },
];
