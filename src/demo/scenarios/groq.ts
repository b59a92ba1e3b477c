/** USD per 1M tokens, input / cached input / output, from groq.com/pricing. */
import { unknownUsage } from './scenario.ts';
import type { Scenario } from './scenario.ts';

export const groqScenarios: readonly Scenario[] = [
  {
    name: 'groq-chat',
    provider: 'groq',
    operation: 'chat',
    model: 'llama-3.3-70b-versatile',
    attempts: [
      {
        reply: {
          model: 'llama-3.3-70b-versatile',
          usage: {
            queue_time: 0.018,
            prompt_tokens: 500,
            prompt_time: 0.024,
            completion_tokens: 200,
            completion_time: 0.62,
            total_tokens: 700,
            total_time: 0.644,
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 500,
          outputTokens: 200,
          totalTokens: 700,
          // 0.59 / - / 0.79: 500 x 0.59 = 295; 200 x 0.79 = 158; 453 per million
          costUsd: '0.000453',
        },
      },
    ],
  },
  {
    // Asked for usage, Groq states it twice: in the finish chunk and again in a chunk of its own. Never add them.
    name: 'groq-stream-usage-twice',
    provider: 'groq',
    operation: 'chat',
    model: 'openai/gpt-oss-20b',
    attempts: [
      {
        reply: {
          model: 'openai/gpt-oss-20b',
          usage: {
            queue_time: 0.004,
            prompt_tokens: 400,
            prompt_time: 0.011,
            completion_tokens: 300,
            completion_time: 0.3,
            total_tokens: 700,
            total_time: 0.311,
            completion_tokens_details: { reasoning_tokens: 180 },
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 400,
          outputTokens: 300,
          totalTokens: 700,
          reasoningTokens: 180,
          // 0.075 / 0.0375 / 0.30: 400 x 0.075 = 30; 300 x 0.30 = 90; 120 per million
          costUsd: '0.00012',
        },
      },
    ],
  },
  {
    name: 'groq-server-error-retried',
    provider: 'groq',
    operation: 'chat',
    model: 'openai/gpt-oss-120b',
    attempts: [
      { reply: { fault: 'server' }, expected: unknownUsage(false) },
      {
        reply: {
          model: 'openai/gpt-oss-120b',
          usage: {
            queue_time: 0.004,
            prompt_tokens: 200,
            prompt_time: 0.01,
            completion_tokens: 100,
            completion_time: 0.2,
            total_tokens: 300,
            total_time: 0.21,
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 200,
          outputTokens: 100,
          totalTokens: 300,
          // 0.15 / 0.075 / 0.60: 200 x 0.15 = 30; 100 x 0.60 = 60; 90 per million
          costUsd: '0.00009',
        },
      },
    ],
  },
];
