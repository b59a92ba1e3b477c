import { describe, expect, it } from 'vitest';
import { ndjson, reading, sse } from '../reader/exchange.fixture.ts';

describe('Cohere', () => {
  const meta = {
    billed_units: { input_tokens: 5, output_tokens: 6 },
    tokens: { input_tokens: 70, output_tokens: 8 },
    cached_tokens: 16,
  };

  it('v1 streams lines, the last of which has the response', () => {
    const found = reading({
      url: 'https://api.cohere.ai/v1/chat',
      request: { message: 'hi', model: 'command-r', stream: true },
      answer: ndjson(
        { is_finished: false, event_type: 'stream-start', generation_id: 'g1' },
        { event_type: 'text-generation', text: 'a' },
        {
          is_finished: true,
          event_type: 'stream-end',
          finish_reason: 'COMPLETE',
          response: { generation_id: 'g1', text: 'a', meta },
        },
      ),
    });
    expect(found).toMatchObject({
      requestModel: 'command-r',
      responseId: 'g1',
      finishReasons: ['COMPLETE'],
      tokens: { input: 70, output: 8, cacheRead: 16, billedInput: 5, billedOutput: 6 },
    });
  });

  it('v2 streams events, the last of which has the usage', () => {
    const found = reading({
      url: 'https://api.cohere.com/v2/chat',
      answer: sse(
        ['message-start', { id: 'm1', type: 'message-start' }],
        ['message-end', { type: 'message-end', delta: { finish_reason: 'MAX_TOKENS', usage: meta } }],
        '[DONE]',
      ),
    });
    expect(found).toMatchObject({
      responseId: 'm1',
      finishReasons: ['MAX_TOKENS'],
      tokens: { input: 70, billedOutput: 6 },
    });
  });

  it('bills embeddings by tokens and reranks by search units', () => {
    expect(
      reading({
        url: 'https://api.cohere.com/v2/embed',
        answer: { id: 'e', embeddings: {}, meta: { billed_units: { input_tokens: 4, images: 2 } } },
      }),
    ).toMatchObject({
      operation: 'embeddings',
      tokens: { input: 4, billedInput: 4, output: null },
      units: { images: 2 },
    });
    expect(
      reading({
        url: 'https://api.cohere.com/v2/rerank',
        answer: { id: 'r', meta: { billed_units: { search_units: 1 } } },
      }),
    ).toMatchObject({ operation: 'rerank', units: { search_units: 1 } });
    expect(reading({ url: 'https://api.cohere.com/v1/tokenize', answer: { tokens: [1, 2] } }).kind).toBe('free');
  });

  it('tells its monthly quota from a rate by words', () => {
    const refused = (message: string) =>
      reading({ url: 'https://api.cohere.com/v2/chat', status: 429, answer: { id: 'x', message } }).errorClass;
    expect(refused('You are using a Trial key, which is limited to 20 API calls / minute.')).toBe('rate_limit');
    expect(refused('You are using a Trial key, which is limited to 1000 API calls / month.')).toBe('quota');
  });
});

it('Cohere ends a stream that failed with the reason in words', () => {
  const found = reading({
    url: 'https://api.cohere.com/v2/chat',
    answer: sse(
      ['message-end', { type: 'message-end', delta: { finish_reason: 'ERROR', error: 'it broke' } }],
      '[DONE]',
    ),
  });
  expect(found).toMatchObject({ finishReasons: ['ERROR'], errorType: 'error', usageMissingReason: 'error-response' });
});
