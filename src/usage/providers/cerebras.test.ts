import { describe, expect, it } from 'vitest';
import { reading, sse } from '../reader/exchange.fixture.ts';

describe('Cerebras', () => {
  it('refuses with a quota’s name, and inside a stream', () => {
    const url = 'https://api.cerebras.ai/v1/chat/completions';
    expect(
      reading({
        url,
        status: 429,
        answer: {
          message: 'Tokens per minute limit exceeded',
          type: 'too_many_tokens_error',
          param: 'quota',
          code: 'token_quota_exceeded',
        },
      }),
    ).toMatchObject({ errorType: 'token_quota_exceeded', errorClass: 'rate_limit' });
    expect(
      reading({
        url,
        headers: { 'inference-id': 'i-1' },
        answer: sse({ error: { message: 'x', type: 'server_error', code: 'internal' }, status_code: 500 }),
      }),
    ).toMatchObject({ errorType: 'internal', errorClass: 'server', requestId: 'i-1' });
  });
});

it('Cerebras states the status of a failure within a stream beside it', () => {
  const found = reading({
    url: 'https://api.cerebras.ai/v1/chat/completions',
    answer: sse(
      { id: 'c', choices: [{ index: 0, delta: {} }] },
      { error: { message: 'm', type: 'not_known_to_us', param: null, code: 'odd', id: '' }, status_code: 503 },
    ),
  });
  expect(found).toMatchObject({ status: 200, errorType: 'odd', errorClass: 'overloaded' });
});
