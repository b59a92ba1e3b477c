/** Routers and gateways: who answered, and what it cost. */
import { describe, expect, it } from 'vitest';
import { reading, sse } from '../reader/exchange.fixture.ts';

const USAGE = { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 };

describe('OpenRouter', () => {
  const url = 'https://openrouter.ai/api/v1/chat/completions';

  it('names the upstream and both costs; comments come before the first event', () => {
    const found = reading({
      url,
      request: { model: 'anthropic/claude-sonnet-4.5', stream: true },
      answer: `: OPENROUTER PROCESSING\n\n${sse(
        {
          id: 'gen-1',
          provider: 'Anthropic',
          model: 'anthropic/claude-4.5',
          choices: [{ index: 0, delta: { content: 'x' } }],
        },
        {
          id: 'gen-1',
          provider: 'Anthropic',
          model: 'anthropic/claude-4.5',
          choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
          usage: {
            ...USAGE,
            cost: 0.0076,
            is_byok: false,
            cost_details: { upstream_inference_cost: 0.0006 },
            server_tool_use_details: { web_search_requests: 1 },
            prompt_tokens_details: { cached_tokens: 1, cache_write_tokens: 2 },
          },
        },
        '[DONE]',
      )}`,
    });
    expect(found).toMatchObject({
      upstreamProvider: 'Anthropic',
      responseId: 'gen-1',
      costReportedUsd: '0.0076',
      costUpstreamUsd: '0.0006',
      units: { searches: 1 },
      tokens: { input: 5, cacheRead: 1, cacheWrite: 2 },
    });
  });

  it('may fail in a stream and state usage beside', () => {
    const found = reading({
      url,
      answer: sse(
        {
          id: 'gen-1',
          error: { code: 400, message: 'Token limit reached' },
          choices: [{ index: 0, delta: {}, finish_reason: null }],
          usage: { ...USAGE, cost: 0 },
        },
        '[DONE]',
      ),
    });
    expect(found).toMatchObject({
      status: 200,
      errorType: '400',
      errorClass: 'invalid_request',
      tokens: { input: 5 },
      usageSource: 'stream-final',
      costReportedUsd: '0',
    });
  });

  it('says which limit refused, and repeats the headers in the body', () => {
    const reset = Date.parse('2026-10-07T00:00:00Z');
    const found = reading({
      url,
      status: 429,
      receivedAtMs: reset - 60_000,
      answer: {
        error: {
          code: 429,
          message: 'x',
          metadata: {
            limit_source: 'openrouter_free_tier_daily',
            headers: { 'X-RateLimit-Limit': '50', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(reset) },
          },
        },
        user_id: 'secret',
      },
    });
    expect(found).toMatchObject({
      errorType: 'openrouter_free_tier_daily',
      errorClass: 'quota',
      rateLimits: [{ name: 'requests', window: 'day', limit: 50, remaining: 0, resetSeconds: 60 }],
    });
    expect(
      reading({
        url,
        status: 402,
        answer: { error: { code: 402, message: 'x', metadata: { error_type: 'openrouter_credits' } } },
      }),
    ).toMatchObject({ errorType: 'openrouter_credits', errorClass: 'quota' });
    expect(
      reading({
        url,
        status: 429,
        answer: { error: { code: 429, message: 'x', metadata: { provider_name: 'Google' } } },
      }),
    ).toMatchObject({ errorType: '429', errorClass: 'rate_limit', upstreamProvider: 'Google' });
  });

  it('tells afterwards what became of a call', () => {
    const found = reading({
      method: 'GET',
      url: 'https://openrouter.ai/api/v1/generation?id=gen-1',
      answer: {
        data: {
          id: 'gen-1',
          model: 'openai/gpt-5',
          total_cost: 0.01,
          tokens_prompt: 1,
          native_tokens_prompt: 8,
          native_tokens_completion: 9,
          native_tokens_reasoning: 3,
          finish_reason: 'stop',
        },
      },
    });
    expect(found).toMatchObject({
      kind: 'restated',
      responseId: 'gen-1',
      tokens: { input: 8, output: 9, reasoning: 3 },
      costReportedUsd: '0.01',
    });
  });

  it('states costs of what is not chat', () => {
    const api = 'https://openrouter.ai/api/v1';
    expect(
      reading({ url: `${api}/rerank`, answer: { usage: { cost: 0.002, search_units: 1, total_tokens: 40 } } }),
    ).toMatchObject({ operation: 'rerank', units: { search_units: 1 }, costReportedUsd: '0.002' });
    expect(
      reading({ url: `${api}/audio/transcriptions`, answer: { text: 'x', usage: { cost: 0.001, seconds: 7 } } }),
    ).toMatchObject({ units: { audio_seconds: 7 }, costReportedUsd: '0.001' });
  });
});

describe('Vercel’s gateway', () => {
  const url = 'https://ai-gateway.vercel.sh/v1/chat/completions';

  it('leaves OpenAI’s reasoning within the completion', () => {
    const found = reading({
      url,
      request: { model: 'openai/gpt-5' },
      answer: {
        id: 'x',
        model: 'openai/gpt-5',
        choices: [],
        usage: {
          prompt_tokens: 5,
          completion_tokens: 93,
          total_tokens: 98,
          completion_tokens_details: { reasoning_tokens: 64 },
        },
      },
    });
    expect(found.tokens).toMatchObject({ output: 93, reasoning: 64 });
  });

  it('holds the upstream’s own usage, which goes first', () => {
    const choice = (metadata: object) => ({
      index: 0,
      finish_reason: 'stop',
      message: { provider_metadata: metadata },
    });
    const found = reading({
      url,
      answer: {
        id: 'x',
        model: 'anthropic/claude',
        choices: [
          choice({
            anthropic: { usage: { input_tokens: 3, cache_read_input_tokens: 100, output_tokens: 4 } },
            gateway: { routing: { finalProvider: 'bedrock' }, cost: '0.00042', billableWebSearchCalls: 1 },
          }),
        ],
        usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
      },
    });
    expect(found).toMatchObject({
      upstreamProvider: 'bedrock',
      costReportedUsd: '0.00042',
      units: { searches: 1 },
      tokens: { input: 103, cacheRead: 100, output: 4, total: 7 },
    });
  });

  it('speaks the AI SDK’s own protocol', () => {
    const found = reading({
      url: 'https://ai-gateway.vercel.sh/v3/ai/language-model',
      requestHeaders: { 'ai-language-model-id': 'openai/gpt-5' },
      answer: sse(
        { type: 'stream-start' },
        { type: 'response-metadata', id: 'r1', modelId: 'gpt-5' },
        { type: 'text-delta', delta: 'x' },
        {
          type: 'finish',
          finishReason: { unified: 'stop', raw: 'stop' },
          usage: { inputTokens: { total: 9, cacheRead: 4 }, outputTokens: { total: 7, reasoning: 3 } },
          providerMetadata: { gateway: { cost: '0.001' } },
        },
      ),
    });
    expect(found).toMatchObject({
      requestModel: 'openai/gpt-5',
      responseModel: 'gpt-5',
      responseId: 'r1',
      finishReasons: ['stop'],
      tokens: { input: 9, cacheRead: 4, output: 7, reasoning: 3 },
      costReportedUsd: '0.001',
    });
  });
});

it('LiteLLM states the cost in a header, also in exponents', () => {
  const told = {
    url: 'http://litellm.internal:4000/v1/chat/completions',
    hosts: { 'litellm.internal:4000': 'litellm' },
    answer: { id: 'c', choices: [], usage: USAGE },
  };
  expect(reading({ ...told, headers: { 'x-litellm-response-cost': '4.5e-06' } }).costReportedUsd).toBe('0.0000045');
  expect(reading({ ...told, headers: { 'x-litellm-response-cost': 'None' } }).costReportedUsd).toBeNull();
  expect(reading(told).costReportedUsd).toBeNull();
});

describe('gateways whose paths name the upstream', () => {
  const hosts = { 'localhost:8787': 'pydantic-gateway' };
  const through = (path: string, answer: unknown) => reading({ url: `http://localhost:8787${path}`, hosts, answer });

  it('are read as the upstream and keep their own name', () => {
    expect(through('/openai/chat/completions', { id: 'c', choices: [], usage: USAGE })).toMatchObject({
      provider: 'pydantic_gateway',
      upstreamProvider: 'openai',
      operation: 'chat',
      tokens: { input: 5 },
    });
    expect(through('/groq/openai/v1/chat/completions', { id: 'c', choices: [], usage: USAGE }).upstreamProvider).toBe(
      'groq',
    );
    expect(
      through('/anthropic/v1/messages', { usage: { input_tokens: 1, cache_read_input_tokens: 2, output_tokens: 3 } })
        .tokens.input,
    ).toBe(3);
    expect(
      through('/bedrock/model/amazon.nova-micro-v1%3A0/converse', {
        usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
      }),
    ).toMatchObject({ upstreamProvider: 'aws.bedrock', requestModel: 'amazon.nova-micro-v1:0' });
    expect(
      through('/google-vertex/v1beta1/publishers/google/models/gemini-2.5-flash:generateContent', {
        usageMetadata: { promptTokenCount: 2, candidatesTokenCount: 1, totalTokenCount: 3 },
      }),
    ).toMatchObject({ upstreamProvider: 'gcp.vertex_ai', operation: 'generate_content' });
  });

  it('may have the account before the upstream’s name', () => {
    const found = reading({
      url: 'https://gateway.ai.cloudflare.com/v1/account/gateway/anthropic/v1/messages',
      answer: { usage: { input_tokens: 1, output_tokens: 3 } },
    });
    expect(found).toMatchObject({
      provider: 'cloudflare_gateway',
      upstreamProvider: 'anthropic',
      tokens: { input: 1 },
    });
  });

  it('that name nobody are read as OpenAI-like', () => {
    expect(through('/v1/chat/completions', { id: 'c', choices: [], usage: USAGE })).toMatchObject({
      provider: 'pydantic_gateway',
      upstreamProvider: null,
      tokens: { input: 5 },
    });
  });
});

it('a cache that is larger than the prompt was counted beside it', () => {
  const tokens = (details: object) =>
    reading({
      url: 'https://openrouter.ai/api/v1/chat/completions',
      answer: {
        id: 'gen-1',
        model: 'anthropic/claude-sonnet-4.5',
        choices: [],
        usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12, prompt_tokens_details: details },
      },
    }).tokens;
  expect(tokens({ cached_tokens: 0, cache_write_tokens: 50 })).toMatchObject({
    input: 60,
    cacheRead: 0,
    cacheWrite: 50,
  });
  expect(tokens({ cached_tokens: 50 })).toMatchObject({ input: 60, cacheRead: 50 });
  expect(tokens({ cached_tokens: 6, cache_write_tokens: 4 })).toMatchObject({ input: 10, cacheRead: 6, cacheWrite: 4 });
});
