import { describe, expect, it } from 'vitest';
import { ndjson, reading, sse } from '../reader/exchange.fixture.ts';

const MESSAGES = 'https://api.anthropic.com/v1/messages';

describe('Anthropic messages', () => {
  it('state tier, place, speed and server tools', () => {
    const found = reading({
      url: `${MESSAGES}?beta=true`,
      request: { model: 'claude-sonnet-4-5', metadata: { user_id: 'u-1' } },
      headers: { 'request-id': 'req_1' },
      answer: {
        id: 'msg_1',
        type: 'message',
        model: 'claude-sonnet-4-5-20250929',
        stop_reason: 'tool_use',
        usage: {
          input_tokens: 10,
          output_tokens: 20,
          output_tokens_details: { thinking_tokens: 5 },
          service_tier: 'priority',
          inference_geo: 'us',
          speed: 'fast',
          server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 },
        },
      },
    });
    expect(found).toMatchObject({
      responseId: 'msg_1',
      requestId: 'req_1',
      requestUser: 'u-1',
      finishReasons: ['tool_use'],
      units: { searches: 2, fetches: 1 },
      modifiers: { serviceTier: 'priority', inferenceGeo: 'us', speed: 'fast' },
      tokens: { input: 10, output: 20, reasoning: 5, total: 30, cacheRead: null },
    });
  });

  it('keep iterations apart, each under its own model, and the top as stated', () => {
    const found = reading({
      url: MESSAGES,
      answer: {
        type: 'message',
        model: 'claude-sonnet-5',
        usage: {
          input_tokens: 10,
          output_tokens: 20,
          iterations: [
            { type: 'message', input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 0 },
            { type: 'advisor_message', model: 'claude-opus-4-8', input_tokens: 500, output_tokens: 60 },
            { type: 'compaction', input_tokens: 9000, output_tokens: 400 },
          ],
        },
      },
    });
    expect(found.tokens).toMatchObject({ input: 10, output: 20 });
    expect(found.parts).toMatchObject([
      { kind: 'message', model: 'claude-sonnet-5', tokens: { input: 10, output: 20 } },
      { kind: 'advisor_message', model: 'claude-opus-4-8', tokens: { input: 500, output: 60, total: 560 } },
      { kind: 'compaction', model: 'claude-sonnet-5', tokens: { input: 9000 } },
    ]);
  });

  it('in a stream keep the split of cache writes while the sum agrees with it', () => {
    const stream = (written: number) =>
      reading({
        url: MESSAGES,
        answer: sse(
          {
            type: 'message_start',
            message: {
              id: 'msg_1',
              model: 'claude',
              usage: {
                input_tokens: 1,
                cache_creation_input_tokens: 30,
                cache_read_input_tokens: 5,
                cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
                output_tokens: 1,
              },
            },
          },
          { type: 'ping' },
          {
            type: 'message_delta',
            delta: { stop_reason: 'end_turn' },
            usage: {
              input_tokens: 1,
              cache_creation_input_tokens: written,
              cache_read_input_tokens: null,
              output_tokens: 9,
            },
          },
          { type: 'message_stop' },
        ),
      }).tokens;
    expect(stream(30)).toMatchObject({ input: 36, cacheRead: 5, cacheWrite: 30, cacheWrite1h: 20, output: 9 });
    expect(stream(31)).toMatchObject({ input: 37, cacheWrite: 31, cacheWrite1h: null });
  });

  it('cut in the middle are the last that was seen', () => {
    const found = reading({
      url: MESSAGES,
      answer: sse(
        {
          type: 'message_start',
          message: { id: 'msg_1', model: 'claude', usage: { input_tokens: 7, output_tokens: 1 } },
        },
        { type: 'content_block_delta' },
      ),
      complete: false,
      failure: { class: 'connection', code: 'ECONNRESET' },
    });
    expect(found).toMatchObject({
      tokens: { input: 7, output: 1 },
      usageSource: 'stream-last-seen',
      errorType: 'connection',
      errorClass: 'connection',
    });
  });

  it('may fail within a stream that began well', () => {
    const found = reading({
      url: MESSAGES,
      answer: sse(
        [
          'message_start',
          {
            type: 'message_start',
            message: { id: 'msg_1', model: 'claude', usage: { input_tokens: 7, output_tokens: 1 } },
          },
        ],
        ['error', { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_9' }],
      ),
    });
    expect(found).toMatchObject({
      status: 200,
      errorType: 'overloaded_error',
      errorClass: 'overloaded',
      usageSource: 'stream-last-seen',
      requestId: 'req_9',
    });
  });

  it('counted before the call are no consumption', () => {
    expect(reading({ url: `${MESSAGES}/count_tokens`, answer: { input_tokens: 403 } })).toMatchObject({
      kind: 'free',
      tokens: { input: null },
    });
  });

  it('of a batch are read line by line', () => {
    const line = {
      custom_id: 'a',
      result: {
        type: 'succeeded',
        message: { model: 'claude', usage: { input_tokens: 4, cache_read_input_tokens: 6, output_tokens: 1 } },
      },
    };
    const found = reading({
      method: 'GET',
      url: `${MESSAGES}/batches/msgbatch_1/results`,
      answer: ndjson(line, { custom_id: 'b', result: { type: 'errored' } }),
    });
    expect(found).toMatchObject({
      kind: 'restated',
      operation: 'batch',
      responseId: 'msgbatch_1',
      modifiers: { serviceTier: 'batch' },
      parts: [{ kind: 'batch_line', id: 'a', tokens: { input: 10, output: 1 } }],
    });
  });
});

it('Anthropic’s spending limits are no rate', () => {
  const error = { type: 'rate_limit_error', message: 'no', details: { error_code: 'enforced_spend_limit_reached' } };
  const found = reading({ url: MESSAGES, status: 429, answer: { type: 'error', error } });
  expect(found).toMatchObject({ errorType: 'rate_limit_error', errorClass: 'quota' });
});

describe('Anthropic’s refusals', () => {
  const refused = (status: number, type: string, message = 'no') =>
    reading({
      url: MESSAGES,
      status,
      headers: { 'retry-after': '53' },
      answer: { type: 'error', error: { type, message }, request_id: 'req_1' },
    });

  it('have types, and two quotas that only words tell', () => {
    expect(refused(429, 'rate_limit_error')).toMatchObject({
      errorType: 'rate_limit_error',
      errorClass: 'rate_limit',
      retryAfterSeconds: 53,
    });
    expect(refused(529, 'overloaded_error')).toMatchObject({ errorClass: 'overloaded', retryAfterSeconds: 53 });
    expect(refused(401, 'authentication_error').errorClass).toBe('auth');
    expect(refused(413, 'request_too_large').errorClass).toBe('invalid_request');
    expect(refused(402, 'billing_error').errorClass).toBe('quota');
    expect(refused(400, 'invalid_request_error', 'Your credit balance is too low to access the API').errorClass).toBe(
      'quota',
    );
    expect(refused(400, 'invalid_request_error')).toMatchObject({
      errorClass: 'invalid_request',
      retryAfterSeconds: null,
    });
  });
});
