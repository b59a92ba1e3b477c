import { describe, expect, it } from 'vitest';
import { isFreeVariant, modelCandidates } from './model-ids.ts';
import { priceReading } from './price.ts';
import { billingProvider, isLocal, priceProviderId } from './provider-ids.ts';
import { AT_MS, reading } from './reading.fixture.ts';

const cost = (provider: string, requestModel: string | null, responseModel: string | null = null) =>
  priceReading(reading({ provider, requestModel, responseModel, tokens: { input: 1_000_000, output: 1_000_000 } }), {
    atMs: AT_MS,
  }).costUsd;

describe('model ids', () => {
  it.each([
    ['gcp.gemini', 'models/gemini-2.5-flash', '2.8'],
    ['gcp.vertex_ai', 'publishers/google/models/gemini-2.5-flash', '2.8'],
    ['gcp.vertex_ai', 'claude-sonnet-4-5@20250929', '28.5'],
    ['fireworks', 'accounts/fireworks/models/qwen3-235b-a22b', '1.1'],
    ['fireworks', 'qwen3-235b-a22b', '1.1'],
    ['aws.bedrock', 'us.anthropic.claude-sonnet-4-20250514-v1:0', '18'],
    ['aws.bedrock', 'apac.amazon.nova-micro-v1:0', '0.175'],
    ['aws.bedrock', 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-micro-v1:0', '0.175'],
    ['openrouter', 'openai/gpt-4o-mini:nitro', '0.75'],
    ['openrouter', 'openai/gpt-4o-mini:online', '0.75'],
    ['cerebras', 'llama3.3-70b', '2.05'],
    ['openai', 'gpt-4.1-nano-2025-04-14', '0.5'],
    ['mistral_ai', 'ministral-8b-latest', '0.3'],
    ['azure.ai.openai', 'gpt-4o-2024-11-20', '12.5'],
    ['x_ai', 'grok-4-latest', '18'],
    ['moonshot_ai', 'kimi-k2-thinking', '3.1'],
  ])('%s %s is known', (provider, model, usd) => {
    expect(cost(provider, model)).toBe(usd);
  });

  it("price by the answer's model first, which is what ran; at Bedrock by the profile that was asked for", () => {
    expect(cost('azure.ai.openai', 'prod', 'gpt-4o-2024-11-20')).toBe('12.5');
    expect(cost('deepseek', 'deepseek-reasoner', 'deepseek-v4-flash')).toBe('0.88');
    expect(cost('aws.bedrock', 'global.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-haiku-4-5-20251001')).toBe(
      '6',
    );
    expect(cost('aws.bedrock', 'application-profile', 'claude-haiku-4-5-20251001')).toBe('6.6');
  });

  it('do not take a fine-tuned model for its base', () => {
    expect(modelCandidates('openai', 'ft:o4-mini-2025-04-16:acme::abc')).toEqual(['ft:o4-mini-2025-04-16:acme::abc']);
    expect(cost('openai', 'ft:o4-mini-2025-04-16:acme::abc')).toBeNull();
    expect(cost('openai', 'ft:gpt-4.1-mini-2025-04-14:acme::abc')).toBe('4');
  });

  it("have the maker's price at OpenRouter, with its dates and its cached input", () => {
    const sol = (atMs: number) =>
      priceReading(
        reading({
          provider: 'openrouter',
          responseModel: 'openai/gpt-5.6-sol',
          tokens: { input: 1000, output: 100, cacheWrite: 1000 },
        }),
        { atMs },
      ).costUsd;
    expect(sol(Date.UTC(2026, 6, 1))).toBe('0.00925');
    expect(sol(AT_MS)).toBe('0.007');
    expect(cost('openrouter', 'x-ai/grok-4')).toBe('18');
    // Open models have the price of whoever serves them, and none at OpenAI, which does not.
    expect(cost('openrouter', 'openai/gpt-oss-120b')).toBe('0.219');
    expect(cost('openai', 'gpt-oss-120b')).toBeNull();
  });

  it('that were asked for say nothing where a router answered with another author', () => {
    expect(cost('openrouter', 'openai/gpt-4o', 'nobody/unheard-of')).toBeNull();
    expect(cost('openrouter', 'openai/gpt-4o', 'openai/gpt-4o-unheard-of')).toBe('12.5');
    expect(cost('openrouter', 'google/gemini-2.0-flash-exp:free', 'google/unheard-of')).toBeNull();
  });

  it('show free variants, at OpenRouter only', () => {
    expect(isFreeVariant('openrouter', 'minimax/minimax-m2:free')).toBe(true);
    expect(isFreeVariant('openai', 'gpt-4o:free')).toBe(false);
    // The free model was asked for, another one answered.
    expect(cost('openrouter', 'google/gemini-2.0-flash-exp:free', 'openai/gpt-4o-mini')).toBe('0.75');
  });
});

describe('provider names', () => {
  it.each([
    ['gcp.gemini', 'google'],
    ['gcp.text_to_speech', 'google'],
    ['aws.bedrock', 'aws'],
    ['azure.ai.inference', 'azure'],
    ['voyage_ai', 'voyageai'],
    ['z_ai', 'zai'],
    ['together_ai', 'together'],
    ['unheard.of', 'unheard.of'],
  ])('%s is %s', (provider, id) => {
    expect(priceProviderId(provider)).toBe(id);
  });

  it('prices Hugging Face by what is behind it', () => {
    expect(priceProviderId('huggingface', 'together')).toBe('huggingface_together');
  });

  it('prices what a gateway passed on as the provider behind it, and a router by its own prices', () => {
    expect(billingProvider('pydantic_gateway', 'anthropic')).toBe('anthropic');
    expect(billingProvider('pydantic_gateway', null)).toBe('pydantic_gateway');
    expect(billingProvider('openrouter', 'anthropic')).toBe('openrouter');
  });

  it('know servers that nobody bills, and the cloud models that are', () => {
    expect(isLocal('ollama', 'qwen3:0.6b')).toBe(true);
    expect(isLocal('llama.cpp', null)).toBe(true);
    expect(isLocal('ollama', 'gpt-oss:120b-cloud')).toBe(false);
    expect(isLocal('openai', 'gpt-4o')).toBe(false);
  });
});

it('a model of Vertex’ OpenAI-like endpoint is the publisher’s', () => {
  expect(modelCandidates('google', 'google/gemini-2.5-flash')).toContain('gemini-2.5-flash');
});
