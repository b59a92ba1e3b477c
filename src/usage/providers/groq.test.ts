import { describe, expect, it } from 'vitest';
import { reading, sse } from '../reader/exchange.fixture.ts';

const USAGE = { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 };

describe('Groq', () => {
  const url = 'https://api.groq.com/openai/v1/chat/completions';

  it('puts cache statistics where streams have tokens', () => {
    const found = reading({
      url,
      answer: { id: 'c', choices: [], usage: USAGE, x_groq: { id: 'req_1', usage: { dram_cached_tokens: 0 } } },
    });
    expect(found.tokens).toMatchObject({ input: 5, output: 6, cacheRead: null });
  });

  it('breaks compound systems down by model', () => {
    const found = reading({
      url,
      answer: {
        id: 'c',
        model: 'groq/compound',
        choices: [],
        usage: { prompt_tokens: 30, completion_tokens: 7, total_tokens: 37 },
        usage_breakdown: {
          models: [
            { model: 'a', usage: { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 } },
            { model: 'b', usage: { prompt_tokens: 20, completion_tokens: 4, total_tokens: 24 } },
          ],
        },
      },
    });
    expect(found.parts).toMatchObject([
      { kind: 'model', model: 'a', tokens: { input: 10, output: 3 } },
      { kind: 'model', model: 'b', tokens: { input: 20, output: 4 } },
    ]);
    expect(found.tokens.input).toBe(30);
  });

  it('may fail within a stream, without an end marker', () => {
    const found = reading({
      url,
      answer: sse({ id: 'c', model: 'm', choices: [{ index: 0, delta: {} }] }, [
        'error',
        {
          error: {
            message: 'Failed to call a function',
            type: 'invalid_request_error',
            code: 'tool_use_failed',
            status_code: 400,
          },
        },
      ]),
    });
    expect(found).toMatchObject({
      status: 200,
      errorType: 'tool_use_failed',
      errorClass: 'invalid_request',
      usageMissingReason: 'error-response',
    });
  });

  it('refuses by daily quotas that no header shows', () => {
    const message =
      'Rate limit reached for model x in organization o service tier on_demand on tokens per day (TPD): Limit 200000, Used 199840, Requested 1023. Please try again in 6m12.8s.';
    const found = reading({
      url,
      status: 429,
      answer: { error: { message, type: 'tokens', code: 'rate_limit_exceeded' } },
    });
    expect(found).toMatchObject({
      errorType: 'rate_limit_exceeded',
      errorClass: 'quota',
      retryAfterSeconds: 372.8,
      rateLimits: [{ name: 'tokens', window: 'day', limit: 200_000, remaining: 160 }],
    });
  });
});

it('Groq says within `x_groq` why a stream was stopped early', () => {
  const url = 'https://api.groq.com/openai/v1/chat/completions';
  const first = { id: 'c', model: 'llama', choices: [{ index: 0, delta: { content: 'a' } }] };
  const stopped = (error: unknown) =>
    reading({
      url,
      request: { model: 'llama', stream: true },
      answer: sse(first, { id: 'c', choices: [], x_groq: { id: 'req_1', error } }),
    });
  expect(stopped('over capacity')).toMatchObject({
    requestId: 'req_1',
    errorType: 'error',
    usageMissingReason: 'error-response',
  });
  expect(stopped({ type: 'rate_limit_exceeded', message: 'm' })).toMatchObject({ errorClass: 'rate_limit' });
  expect(stopped(null)).toMatchObject({ errorType: null });
});
