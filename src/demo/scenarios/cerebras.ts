/** USD per 1M tokens, input / output, from cerebras.ai/pricing. */
import { unknownUsage } from './scenario.ts';
import type { Scenario } from './scenario.ts';

export const cerebrasScenarios: readonly Scenario[] = [
  {
    name: 'cerebras-chat',
    provider: 'cerebras',
    operation: 'chat',
    model: 'gpt-oss-120b',
    attempts: [
      {
        reply: {
          model: 'gpt-oss-120b',
          gzip: true,
          usage: {
            prompt_tokens: 600,
            completion_tokens: 400,
            total_tokens: 1000,
            prompt_tokens_details: { cached_tokens: 0 },
            completion_tokens_details: { reasoning_tokens: 220 },
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 600,
          outputTokens: 400,
          totalTokens: 1000,
          reasoningTokens: 220,
          // 0.35 / 0.75: 600 x 0.35 = 210; 400 x 0.75 = 300; 510 per million
          costUsd: '0.00051',
        },
      },
    ],
  },
  {
    name: 'cerebras-stream',
    provider: 'cerebras',
    operation: 'chat',
    model: 'llama3.1-8b',
    attempts: [
      {
        reply: {
          model: 'llama3.1-8b',
          usage: {
            prompt_tokens: 300,
            completion_tokens: 200,
            total_tokens: 500,
            prompt_tokens_details: { cached_tokens: 0 },
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 300,
          outputTokens: 200,
          totalTokens: 500,
          // 0.10 / 0.10: 500 x 0.10 = 50 per million
          costUsd: '0.00005',
        },
      },
    ],
  },
  {
    name: 'cerebras-rate-limited',
    provider: 'cerebras',
    operation: 'chat',
    model: 'gpt-oss-120b',
    fails: true,
    attempts: [{ reply: { fault: 'rate-limit' }, expected: unknownUsage(false) }],
  },
];
