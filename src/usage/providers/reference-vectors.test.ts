/** Usage fragments of recorded answers and what they mean, one a provider: numbers as the providers stated them. */
import { describe, expect, it } from 'vitest';
import { ndjson, reading, sse } from '../reader/exchange.fixture.ts';
import type { Told } from '../reader/exchange.fixture.ts';

const OPENAI = 'https://api.openai.com/v1/chat/completions';

function chat(url: string, usage: unknown, rest: Partial<Told> = {}): ReturnType<typeof reading> {
  return reading({ url, answer: { id: 'x', model: 'm', choices: [], usage }, ...rest });
}

describe('usage as each provider counts it', () => {
  it('1 OpenAI: cache writes are in the prompt', () => {
    const { tokens } = chat(OPENAI, {
      prompt_tokens: 4020,
      completion_tokens: 5,
      total_tokens: 4025,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 4012 },
    });
    expect(tokens).toMatchObject({ input: 4020, cacheRead: 0, cacheWrite: 4012 });
  });

  it('2 OpenAI: a stream that was not asked for usage has none', () => {
    const found = reading({
      url: OPENAI,
      request: { model: 'gpt-4o', stream: true },
      answer: sse(
        { id: 'c', model: 'gpt-4o-2024-08-06', choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }] },
        { id: 'c', model: 'gpt-4o-2024-08-06', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
        '[DONE]',
      ),
    });
    expect(found).toMatchObject({
      usageSource: 'missing',
      usageMissingReason: 'not-requested',
      finishReasons: ['stop'],
      streamed: true,
    });
    expect(Object.values(found.tokens).every((count) => count === null)).toBe(true);
  });

  it('3 Azure: reasoning is in the completion', () => {
    const { tokens } = chat('https://me.openai.azure.com/openai/deployments/gpt/chat/completions', {
      prompt_tokens: 19,
      completion_tokens: 76,
      total_tokens: 95,
      completion_tokens_details: { reasoning_tokens: 64 },
    });
    expect(tokens).toMatchObject({ input: 19, output: 76, reasoning: 64, total: 95 });
  });

  it('4 Anthropic: the end of a stream overrides its start, also for input', () => {
    const found = reading({
      url: 'https://api.anthropic.com/v1/messages',
      request: { model: 'claude-sonnet-4-5', stream: true },
      answer: sse(
        [
          'message_start',
          {
            type: 'message_start',
            message: { id: 'msg_1', model: 'claude-sonnet-4-5', usage: { input_tokens: 2049, output_tokens: 1 } },
          },
        ],
        [
          'message_delta',
          {
            type: 'message_delta',
            delta: { stop_reason: 'end_turn' },
            usage: { input_tokens: 13_520, output_tokens: 415, server_tool_use: { web_search_requests: 1 } },
          },
        ],
        ['message_stop', { type: 'message_stop' }],
      ),
    });
    expect(found.tokens).toMatchObject({ input: 13_520, output: 415 });
    expect(found.units).toEqual({ searches: 1 });
    expect(found.usageSource).toBe('stream-final');
  });

  it('5 Anthropic: cached tokens stand beside the input', () => {
    const { tokens } = reading({
      url: 'https://api.anthropic.com/v1/messages',
      answer: {
        type: 'message',
        usage: {
          input_tokens: 15,
          cache_read_input_tokens: 1000,
          cache_creation_input_tokens: 200,
          cache_creation: { ephemeral_5m_input_tokens: 150, ephemeral_1h_input_tokens: 50 },
          output_tokens: 1,
        },
      },
    });
    expect(tokens).toMatchObject({ input: 1215, cacheRead: 1000, cacheWrite: 200, cacheWrite1h: 50, total: 1216 });
  });

  it('6 Gemini: thoughts stand beside the candidates', () => {
    const { tokens } = reading({
      url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent',
      answer: {
        usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 1, thoughtsTokenCount: 191, totalTokenCount: 201 },
      },
    });
    expect(tokens).toMatchObject({ input: 9, output: 192, reasoning: 191, total: 201 });
  });

  it('7 Gemini in OpenAI’s shape: thoughts hide in the total', () => {
    const { tokens } = chat('https://generativelanguage.googleapis.com/v1beta/openai/chat/completions', {
      prompt_tokens: 35,
      completion_tokens: 12,
      total_tokens: 109,
    });
    expect(tokens).toMatchObject({ input: 35, output: 74, reasoning: 62, total: 109 });
  });

  it('8 Gemini Live: thoughts are stated, but outside of the output', () => {
    const { tokens } = reading({
      method: 'GET',
      url: 'https://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent',
      request: ndjson({ setup: { model: 'models/gemini-2.5-flash-live' } }),
      answer: ndjson(
        { setupComplete: {} },
        {
          usageMetadata: {
            promptTokenCount: 1197,
            responseTokenCount: 37,
            thoughtsTokenCount: 28,
            totalTokenCount: 1234,
          },
        },
      ),
    });
    expect(tokens).toMatchObject({ input: 1197, output: 37, reasoning: 28, total: 1234 });
  });

  it('9 Bedrock Converse: cached tokens stand beside the input', () => {
    const { tokens } = reading({
      url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/us.amazon.nova-pro-v1%3A0/converse',
      answer: {
        stopReason: 'end_turn',
        usage: {
          inputTokens: 2326,
          outputTokens: 37,
          totalTokens: 3868,
          cacheReadInputTokens: 0,
          cacheWriteInputTokens: 1505,
          cacheReadInputTokenCount: 0,
          cacheWriteInputTokenCount: 1505,
        },
      },
    });
    expect(tokens).toMatchObject({ input: 3831, output: 37, cacheRead: 0, cacheWrite: 1505, total: 3868 });
  });

  it('10 Groq: the same usage twice in a stream is one usage', () => {
    const usage = { prompt_tokens: 20, completion_tokens: 4, total_tokens: 24 };
    const found = reading({
      url: 'https://api.groq.com/openai/v1/chat/completions',
      request: { model: 'llama', stream: true, stream_options: { include_usage: true } },
      answer: sse(
        {
          id: 'c',
          model: 'llama',
          choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
          x_groq: { id: 'req_1', usage },
          usage,
        },
        { id: 'c', model: 'llama', choices: [], usage },
        '[DONE]',
      ),
    });
    expect(found.tokens).toMatchObject({ input: 20, output: 4, total: 24 });
    expect(found.requestId).toBe('req_1');
  });

  it('11 Cerebras: usage in the finish chunk', () => {
    const found = reading({
      url: 'https://api.cerebras.ai/v1/chat/completions',
      request: { model: 'llama3.1-8b', stream: true },
      answer: sse(
        { id: 'c', model: 'llama3.1-8b', choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }] },
        {
          id: 'c',
          model: 'llama3.1-8b',
          choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
          usage: {
            prompt_tokens: 45,
            completion_tokens: 11,
            total_tokens: 56,
            prompt_tokens_details: { cached_tokens: 0 },
          },
          time_info: { total_time: 0.01 },
        },
        '[DONE]',
      ),
    });
    expect(found.tokens).toMatchObject({ input: 45, output: 11, total: 56, cacheRead: 0 });
    expect(found.usageSource).toBe('stream-final');
  });

  it('12 DeepSeek: hits and misses make the prompt', () => {
    const { tokens } = chat('https://api.deepseek.com/chat/completions', {
      prompt_tokens: 91,
      prompt_cache_hit_tokens: 0,
      prompt_cache_miss_tokens: 91,
      completion_tokens: 29,
      total_tokens: 120,
      completion_tokens_details: { reasoning_tokens: 27 },
    });
    expect(tokens).toMatchObject({ input: 91, cacheRead: 0, output: 29, reasoning: 27 });
  });

  it('13 xAI: reasoning stands beside the completion; cost comes in ticks', () => {
    const found = chat('https://api.x.ai/v1/chat/completions', {
      prompt_tokens: 213,
      completion_tokens: 2,
      total_tokens: 471,
      prompt_tokens_details: { cached_tokens: 192 },
      completion_tokens_details: { reasoning_tokens: 256 },
      cost_in_usd_ticks: 3_950_400,
    });
    expect(found.tokens).toMatchObject({ input: 213, cacheRead: 192, output: 258, reasoning: 256, total: 471 });
    expect(found.costReportedUsd).toBe('0.00039504');
  });

  it('14 Cohere: what was processed and what is billed are both kept', () => {
    const { tokens } = reading({
      url: 'https://api.cohere.com/v2/chat',
      answer: {
        id: 'c',
        finish_reason: 'COMPLETE',
        usage: {
          billed_units: { input_tokens: 7, output_tokens: 3 },
          tokens: { input_tokens: 69, output_tokens: 5 },
        },
      },
    });
    expect(tokens).toMatchObject({ input: 69, output: 5, billedInput: 7, billedOutput: 3, total: 74 });
  });

  it('15 OpenRouter: the charged cost and the upstream’s', () => {
    const found = chat('https://openrouter.ai/api/v1/chat/completions', {
      prompt_tokens: 866,
      completion_tokens: 43,
      total_tokens: 909,
      cost: 0.001081,
      is_byok: false,
      cost_details: { upstream_inference_cost: 0.001081 },
    });
    expect(found.tokens).toMatchObject({ input: 866, output: 43 });
    expect(found).toMatchObject({ costReportedUsd: '0.001081', costUpstreamUsd: '0.001081' });
  });

  it('16 Vercel in front of Gemini: reasoning is neither in the completion nor in the total', () => {
    const found = reading({
      url: 'https://ai-gateway.vercel.sh/v1/chat/completions',
      request: { model: 'google/gemini-2.5-flash' },
      answer: {
        id: 'x',
        model: 'google/gemini-2.5-flash',
        choices: [],
        generationId: 'gen_1',
        usage: {
          prompt_tokens: 9,
          completion_tokens: 35,
          total_tokens: 44,
          completion_tokens_details: { reasoning_tokens: 267 },
          cost: 0.003642,
        },
      },
    });
    expect(found.tokens).toMatchObject({ input: 9, output: 302, reasoning: 267, total: 44 });
    expect(found).toMatchObject({ costReportedUsd: '0.003642', responseId: 'gen_1' });
  });

  it('17 llama.cpp: the cached part of the prompt is told by the timings', () => {
    const { tokens } = reading({
      url: 'http://llm.internal:8080/v1/chat/completions',
      hosts: { 'llm.internal:8080': 'llama-cpp' },
      answer: {
        id: 'x',
        choices: [],
        usage: { prompt_tokens: 84, completion_tokens: 57, total_tokens: 141 },
        timings: { cache_n: 83, prompt_n: 1, predicted_n: 57 },
      },
    });
    expect(tokens).toMatchObject({ input: 84, cacheRead: 83, output: 57 });
  });

  it('18 Qwen: “text tokens” are all completion tokens', () => {
    const { tokens } = chat('https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions', {
      prompt_tokens: 57,
      completion_tokens: 22,
      total_tokens: 79,
      completion_tokens_details: { reasoning_tokens: 18, text_tokens: 22 },
    });
    expect(tokens).toMatchObject({ input: 57, output: 22, reasoning: 18 });
  });

  it('19 Moonshot: all of the prompt was cached', () => {
    const { tokens } = chat('https://api.moonshot.ai/v1/chat/completions', {
      prompt_tokens: 93,
      completion_tokens: 54,
      total_tokens: 147,
      cached_tokens: 93,
      prompt_tokens_details: { cached_tokens: 93 },
    });
    expect(tokens).toMatchObject({ input: 93, cacheRead: 93 });
  });

  it('20 Moonshot: without the key, nothing is known of the cache', () => {
    const { tokens } = chat('https://api.moonshot.ai/v1/chat/completions', {
      prompt_tokens: 93,
      completion_tokens: 47,
      total_tokens: 140,
    });
    expect(tokens.cacheRead).toBeNull();
  });
});
