import { describe, expect, it } from 'vitest';
import { reading } from '../reader/exchange.fixture.ts';

describe('Perplexity', () => {
  it('bills reasoning on top, and states what it charged', () => {
    const found = reading({
      url: 'https://api.perplexity.ai/chat/completions',
      answer: {
        id: 'p',
        model: 'sonar-deep-research',
        choices: [],
        usage: {
          prompt_tokens: 33,
          completion_tokens: 7163,
          total_tokens: 7196,
          citation_tokens: 20_016,
          num_search_queries: 18,
          reasoning_tokens: 73_997,
          search_context_size: 'low',
          cost: { total_cost: 0.42 },
        },
      },
    });
    expect(found).toMatchObject({
      tokens: { input: 33, output: 81_160, reasoning: 73_997, total: 7196 },
      units: { searches: 18 },
      costReportedUsd: '0.42',
    });
  });

  it('counts an agent’s tools and a plain search', () => {
    const found = reading({
      url: 'https://api.perplexity.ai/v1/responses',
      answer: {
        id: 'r',
        status: 'completed',
        usage: {
          input_tokens: 10,
          input_tokens_details: { cache_creation_input_tokens: 2, cache_read_input_tokens: 3 },
          output_tokens: 4,
          total_tokens: 14,
          tool_calls_details: { web_search: { invocation: 2 }, fetch_url: { invocation: 1 } },
          cost: { total_cost: 0.01, currency: 'USD' },
        },
      },
    });
    expect(found).toMatchObject({
      tokens: { input: 10, cacheRead: 3, cacheWrite: 2 },
      units: { searches: 2, fetches: 1 },
      costReportedUsd: '0.01',
    });
    expect(reading({ url: 'https://api.perplexity.ai/search', answer: { results: [] } })).toMatchObject({
      operation: 'search',
      units: { searches: 1 },
    });
  });
});
