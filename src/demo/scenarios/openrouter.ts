/** OpenRouter states the cost itself (`usage.cost`, USD), and the stated cost is what counts. */
import { unknownUsage } from './scenario.ts';
import type { Scenario } from './scenario.ts';

export const openrouterScenarios: readonly Scenario[] = [
  {
    name: 'openrouter-chat',
    provider: 'openrouter',
    operation: 'chat',
    model: 'openai/gpt-4o-mini',
    attempts: [
      {
        reply: {
          model: 'openai/gpt-4o-mini',
          usage: {
            prompt_tokens: 700,
            completion_tokens: 175,
            total_tokens: 875,
            cost: 0.00021,
            is_byok: false,
            prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
            cost_details: {
              upstream_inference_cost: 0.00021,
              upstream_inference_prompt_cost: 0.000105,
              upstream_inference_completions_cost: 0.000105,
            },
            completion_tokens_details: { reasoning_tokens: 0, image_tokens: 0 },
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 700,
          outputTokens: 175,
          totalTokens: 875,
          costUsd: '0.00021',
        },
      },
    ],
  },
  {
    // A web search fee is in `cost` and not in the tokens' price: only the stated cost is right.
    name: 'openrouter-stream',
    provider: 'openrouter',
    operation: 'chat',
    model: 'anthropic/claude-sonnet-4.5',
    attempts: [
      {
        reply: {
          model: 'anthropic/claude-sonnet-4.5',
          gzip: true,
          usage: {
            prompt_tokens: 1000,
            completion_tokens: 400,
            total_tokens: 1400,
            cost: 0.029,
            is_byok: false,
            prompt_tokens_details: { cached_tokens: 0 },
            cost_details: {
              upstream_inference_cost: 0.009,
              upstream_inference_prompt_cost: 0.003,
              upstream_inference_completions_cost: 0.006,
            },
            completion_tokens_details: { reasoning_tokens: 0 },
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 1000,
          outputTokens: 400,
          totalTokens: 1400,
          costUsd: '0.029',
        },
      },
    ],
  },
  {
    name: 'openrouter-rate-limited',
    provider: 'openrouter',
    operation: 'chat',
    model: 'openai/gpt-4o-mini',
    fails: true,
    attempts: [{ reply: { fault: 'rate-limit' }, expected: unknownUsage(false) }],
  },
];
