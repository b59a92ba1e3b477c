import { expect, describe, it } from 'vitest';
import { reading, sse } from '../reader/exchange.fixture.ts';

const URL = 'https://api.sambanova.ai/v1/chat/completions';
const USAGE = {
  completion_tokens: 51,
  completion_tokens_per_sec: 135.1,
  is_last_response: true,
  prompt_tokens: 10,
  time_to_first_token: 0.13,
  total_latency: 0.377,
  total_tokens: 61,
};

describe('SambaNova', () => {
  it('states tokens among measures of speed', () => {
    const found = reading({
      url: URL,
      request: { model: 'DeepSeek-V3-0324' },
      answer: {
        id: 's-1',
        model: 'DeepSeek-V3-0324',
        choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'x' } }],
        usage: USAGE,
      },
    });
    expect(found).toMatchObject({
      provider: 'sambanova',
      operation: 'chat',
      responseModel: 'DeepSeek-V3-0324',
      responseId: 's-1',
      finishReasons: ['stop'],
      tokens: { input: 10, output: 51, total: 61 },
      usageSource: 'body',
    });
  });

  it('states them in a stream where asked for', () => {
    const stream = (request: object, ...last: object[]) =>
      reading({
        url: URL,
        request: { model: 'm', stream: true, ...request },
        answer: sse({ id: 's-2', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }, ...last, '[DONE]'),
      });
    const asked = stream({ stream_options: { include_usage: true } }, { id: 's-2', choices: [], usage: USAGE });
    expect(asked).toMatchObject({ tokens: { input: 10, output: 51 }, usageSource: 'stream-final' });
    expect(stream({}).usageMissingReason).toBe('not-requested');
  });

  it('refuses as OpenAI does', () => {
    const error = {
      message: 'Decimal above maximum value. Expected a value between 0 and 1, but got 100 instead.',
      type: 'invalid_request_error',
      param: 'top_p',
      code: 'decimal_above_max_value',
    };
    expect(reading({ url: URL, status: 400, answer: { error, request_id: 'r' } })).toMatchObject({
      errorType: 'decimal_above_max_value',
      errorClass: 'invalid_request',
    });
    expect(reading({ url: URL, status: 410, answer: { error } }).errorClass).toBe('invalid_request');
  });

  it('limits requests a minute and a day, whose resets are epoch seconds', () => {
    const now = Date.parse('2026-11-20T10:00:00Z');
    const found = reading({
      url: URL,
      receivedAtMs: now,
      headers: {
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-reset-requests': String(now / 1000 + 60),
        'x-ratelimit-limit-requests-day': '12000',
        'x-ratelimit-remaining-requests-day': '11999',
        'x-ratelimit-reset-requests-day': String(now / 1000 + 50_400),
      },
      answer: {},
    });
    expect(found.rateLimits).toMatchObject([
      { name: 'requests', window: 'minute', limit: 60, remaining: 59, resetSeconds: 60 },
      { name: 'requests', window: 'day', limit: 12_000, remaining: 11_999, resetSeconds: 50_400 },
    ]);
  });
});
