import { describe, expect, it } from 'vitest';
import { priceReading } from '../prices/price.ts';
import { AT_MS } from '../prices/reading.fixture.ts';
import { ndjson, reading, sse } from '../reader/exchange.fixture.ts';

const V1 = 'https://api.openai.com/v1';
const USAGE = { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 };

describe('OpenAI chat completions', () => {
  it('say who asked, for which model, and who answered', () => {
    const found = reading({
      url: `${V1}/chat/completions`,
      request: { model: 'gpt-4o', user: 'u-1', messages: [] },
      requestHeaders: { 'x-stainless-retry-count': '2', 'idempotency-key': 'stainless-node-retry-1' },
      headers: { 'x-request-id': 'req_1' },
      answer: {
        id: 'chatcmpl-1',
        model: 'gpt-4o-2024-08-06',
        service_tier: 'default',
        choices: [
          { index: 1, finish_reason: 'length' },
          { index: 0, finish_reason: 'stop' },
        ],
        usage: {
          ...USAGE,
          prompt_tokens_details: { cached_tokens: 2, audio_tokens: 1 },
          completion_tokens_details: { reasoning_tokens: 3, audio_tokens: 2 },
        },
      },
    });
    expect(found).toMatchObject({
      provider: 'openai',
      kind: 'call',
      operation: 'chat',
      serviceType: 'text',
      streamed: false,
      requestModel: 'gpt-4o',
      responseModel: 'gpt-4o-2024-08-06',
      responseId: 'chatcmpl-1',
      requestId: 'req_1',
      requestUser: 'u-1',
      retryCount: 2,
      attemptGroup: 'stainless-node-retry-1',
      finishReasons: ['stop', 'length'],
      usageSource: 'body',
      usageMissingReason: null,
      errorType: null,
    });
    expect(found.modifiers.serviceTier).toBe('default');
    expect(found.tokens).toMatchObject({
      input: 5,
      output: 6,
      cacheRead: 2,
      reasoning: 3,
      inputAudio: 1,
      outputAudio: 2,
    });
  });

  it('in a stream state usage in a last chunk without choices', () => {
    const found = reading({
      url: `${V1}/chat/completions`,
      request: { model: 'gpt-4o', stream: true, stream_options: { include_usage: true } },
      answer: sse(
        {
          id: 'c',
          model: 'm',
          choices: [{ index: 0, delta: { content: '"usage":{"prompt_tokens":99}' } }],
          usage: null,
        },
        { id: 'c', model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null },
        { id: 'c', model: 'm', choices: [], usage: USAGE },
        '[DONE]',
      ),
    });
    expect(found.tokens).toMatchObject({ input: 5, output: 6, total: 11 });
    expect(found.usageSource).toBe('stream-final');
  });

  it('state it also where chunks follow that are not parsed', () => {
    const chunk = { id: 'c', model: 'm', choices: [{ index: 0, delta: { content: 'x' } }] };
    const found = reading({
      url: `${V1}/chat/completions`,
      request: { stream: true, stream_options: { include_usage: true } },
      answer: sse(chunk, chunk, { id: 'c', choices: [], usage: USAGE }, chunk, chunk, '[DONE]'),
    });
    expect(found).toMatchObject({ tokens: { input: 5 }, usageSource: 'stream-final' });
  });

  it('cut before that chunk have no usage, and say that they were cut', () => {
    const found = reading({
      url: `${V1}/chat/completions`,
      request: { model: 'gpt-4o', stream: true, stream_options: { include_usage: true } },
      answer: sse({ id: 'c', model: 'm', choices: [{ index: 0, delta: { content: 'a' } }], usage: null }),
      complete: false,
      failure: { class: 'aborted', code: null },
    });
    expect(found).toMatchObject({
      usageSource: 'missing',
      usageMissingReason: 'aborted',
      errorType: 'aborted',
      errorClass: 'aborted',
      responseModel: 'm',
    });
  });

  it('left by the client after the end marker did not fail', () => {
    const found = reading({
      url: `${V1}/chat/completions`,
      request: { model: 'gpt-4o', stream: true },
      answer: sse(
        { id: 'c', model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: USAGE },
        '[DONE]',
      ),
      complete: false,
      failure: { class: 'aborted', code: null },
    });
    expect(found).toMatchObject({ errorType: null, usageSource: 'stream-final' });
  });

  it('with running usage on every chunk (vLLM) are final only at the end', () => {
    const chunk = (tokens: number, finish: string | null) => ({
      id: 'c',
      choices: [{ index: 0, delta: { content: 'a' }, finish_reason: finish }],
      usage: { prompt_tokens: 3, completion_tokens: tokens, total_tokens: 3 + tokens },
    });
    const told = { url: 'http://llm.internal/v1/chat/completions', hosts: { 'llm.internal': 'vllm' } };
    const cut = reading({ ...told, answer: sse(chunk(1, null), chunk(2, null)), complete: false });
    expect(cut.tokens.output).toBe(2);
    expect(cut.usageSource).toBe('stream-last-seen');
    const whole = reading({ ...told, answer: sse(chunk(1, null), chunk(3, 'stop')) });
    expect([whole.tokens.output, whole.usageSource]).toEqual([3, 'stream-final']);
  });
});

describe('OpenAI responses', () => {
  const response = {
    id: 'resp_1',
    object: 'response',
    status: 'completed',
    model: 'gpt-5-2025-08-07',
    service_tier: 'default',
    output: [
      { type: 'web_search_call', status: 'completed', action: { type: 'search' } },
      { type: 'web_search_call', status: 'completed', action: { type: 'open_page' } },
      { type: 'message', status: 'completed' },
    ],
    usage: {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 40 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 8 },
      total_tokens: 120,
    },
  };

  it('state usage, status and searches', () => {
    const found = reading({
      url: `${V1}/responses`,
      request: { model: 'gpt-5', safety_identifier: 's' },
      answer: response,
    });
    expect(found.tokens).toMatchObject({ input: 100, output: 20, cacheRead: 40, reasoning: 8, total: 120 });
    expect(found).toMatchObject({
      operation: 'chat',
      finishReasons: ['completed'],
      units: { searches: 1 },
      requestUser: 's',
    });
  });

  it('prefer the stated number of searches, and price the image tool apart', () => {
    const found = reading({
      url: `${V1}/responses`,
      answer: {
        ...response,
        tools: [{ type: 'image_generation', model: 'gpt-image-1' }],
        tool_usage: { web_search: { num_requests: 3 }, image_gen: { input_tokens: 10, output_tokens: 272 } },
      },
    });
    expect(found.units).toEqual({ searches: 3 });
    expect(found.parts).toMatchObject([
      { kind: 'response', model: 'gpt-5-2025-08-07', tokens: { input: 100, output: 20, cacheRead: 40 } },
      { kind: 'image_generation', model: 'gpt-image-1', tokens: { input: 10, output: 272 } },
    ]);
    const cost = (changes: object): string | null => priceReading({ ...found, ...changes }, { atMs: AT_MS }).costUsd;
    // What the response costs without the tool, and what the pictures' tokens cost: 10 × 5 and 272 × 40 a million.
    expect(Number(cost({}))).toBeCloseTo(Number(cost({ parts: [] })) + 0.01093, 12);
  });

  it('in a stream are read from the final event, with the tier that served', () => {
    const found = reading({
      url: `${V1}/responses`,
      request: { model: 'gpt-5', stream: true },
      answer: sse(
        [
          'response.created',
          {
            type: 'response.created',
            response: { ...response, status: 'in_progress', service_tier: 'auto', usage: null },
          },
        ],
        ['response.output_text.delta', { type: 'response.output_text.delta', delta: 'x' }],
        [
          'response.incomplete',
          {
            type: 'response.incomplete',
            response: { ...response, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
          },
        ],
      ),
    });
    expect(found).toMatchObject({ finishReasons: ['max_output_tokens'], usageSource: 'stream-final' });
    expect(found.modifiers.serviceTier).toBe('default');
  });

  it('that failed in a stream name the error', () => {
    const failed = reading({
      url: `${V1}/responses`,
      answer: sse({
        type: 'response.failed',
        response: { id: 'r', status: 'failed', error: { code: 'server_error', message: 'no' } },
      }),
    });
    expect(failed).toMatchObject({
      status: 200,
      errorType: 'server_error',
      errorClass: 'server',
      usageMissingReason: 'error-response',
    });
    const event = reading({
      url: `${V1}/responses`,
      answer: sse({ type: 'error', code: 'rate_limit_exceeded', message: 'slow down', param: null }),
    });
    expect(event).toMatchObject({ errorType: 'rate_limit_exceeded', errorClass: 'rate_limit' });
  });

  it('in the background are pending, and repeat themselves when asked for', () => {
    const queued = { ...response, status: 'queued', usage: null, output: [] };
    expect(reading({ url: `${V1}/responses`, answer: queued })).toMatchObject({
      kind: 'call',
      responseId: 'resp_1',
      finishReasons: [],
      usageMissingReason: 'pending',
    });
    expect(reading({ method: 'GET', url: `${V1}/responses/resp_1`, answer: response })).toMatchObject({
      kind: 'restated',
      operation: 'retrieve',
      tokens: { input: 100 },
    });
  });

  it('counted before the call are no consumption', () => {
    const found = reading({
      url: `${V1}/responses/input_tokens`,
      answer: { object: 'response.input_tokens', input_tokens: 7 },
    });
    expect(found).toMatchObject({ kind: 'free', operation: 'count_tokens', tokens: { input: null } });
  });
});

describe('OpenAI media', () => {
  it('images without a model are DALL·E 2’s, unless tokens say that they are not', () => {
    const images = (path: string, request: unknown, answer: object) =>
      reading({ url: `${V1}/images/${path}`, request, answer: { data: [{}], ...answer } }).requestModel;
    expect(images('generations', { prompt: 'x' }, {})).toBe('dall-e-2');
    expect(images('generations', { prompt: 'x', background: 'opaque' }, { usage: { total_tokens: 5 } })).toBeNull();
    expect(images('generations', { prompt: 'x', model: 'dall-e-3' }, {})).toBe('dall-e-3');
    expect(images('generations', '{"prompt":"cut', {})).toBeNull();
    expect(images('generations', null, {})).toBeNull();
    expect(images('variations', null, {})).toBe('dall-e-2');
    const refused = { url: `${V1}/images/edits`, status: 400, answer: { error: { code: 'x' } } };
    expect(reading(refused).requestModel).toBeNull();
  });

  it('images are counted; gpt-image states tokens too', () => {
    const found = reading({
      url: `${V1}/images/generations`,
      request: { model: 'gpt-image-1', prompt: 'a cat', size: '1024x1024', quality: 'high' },
      answer: {
        created: 1,
        data: [{ b64_json: '' }, { b64_json: '' }],
        usage: {
          input_tokens: 10,
          input_tokens_details: { text_tokens: 6, image_tokens: 4 },
          output_tokens: 272,
          total_tokens: 282,
        },
      },
    });
    expect(found).toMatchObject({
      operation: 'image',
      serviceType: 'image',
      units: { images: 2 },
      usageSource: 'body',
    });
    expect(found.modifiers).toMatchObject({ size: '1024x1024', quality: 'high' });
    expect(found.tokens).toMatchObject({ input: 10, inputImage: 4, output: 272 });
  });

  it('speech is characters of the input, counted as code points', () => {
    const found = reading({
      url: `${V1}/audio/speech`,
      request: { model: 'tts-1', input: 'Grüße 👋', voice: 'alloy' },
      answer: Uint8Array.of(0xff, 0xf3, 0x44),
    });
    expect(found).toMatchObject({
      operation: 'speech',
      serviceType: 'speech',
      units: { characters: 7 },
      usageSource: 'request',
    });
  });

  it('speech as events states tokens', () => {
    const found = reading({
      url: `${V1}/audio/speech`,
      request: { model: 'gpt-4o-mini-tts', input: 'Hi', stream_format: 'sse' },
      answer: sse(
        { type: 'speech.audio.delta', audio: 'AA==' },
        { type: 'speech.audio.done', usage: { input_tokens: 14, output_tokens: 101, total_tokens: 115 } },
      ),
    });
    expect(found).toMatchObject({ tokens: { input: 14, output: 101 }, usageSource: 'stream-final' });
  });

  it('transcriptions are tokens, or seconds', () => {
    const url = `${V1}/audio/transcriptions`;
    const tokens = reading({
      url,
      answer: {
        text: 'Hi',
        usage: {
          type: 'tokens',
          input_tokens: 14,
          input_token_details: { audio_tokens: 12, text_tokens: 2 },
          output_tokens: 4,
          total_tokens: 18,
        },
      },
    });
    expect(tokens).toMatchObject({ operation: 'transcription', tokens: { input: 14, inputAudio: 12, output: 4 } });
    expect(reading({ url, answer: { text: 'Hi', usage: { type: 'duration', seconds: 9 } } }).units).toEqual({
      audio_seconds: 9,
    });
    expect(reading({ url, answer: { text: 'Hi', duration: 8.47, task: 'transcribe' } }).units).toEqual({
      audio_seconds: 8.47,
    });
    expect(reading({ url, answer: 'just the words' })).toMatchObject({ usageMissingReason: 'not-stated', units: {} });
  });

  it('videos are seconds at the start, repeated by polls', () => {
    const job = { id: 'video_1', object: 'video', model: 'sora-2', status: 'queued', seconds: '8', size: '1280x720' };
    const start = reading({
      url: `${V1}/videos`,
      request: { model: 'sora-2', prompt: 'a', seconds: '8' },
      answer: job,
    });
    expect(start).toMatchObject({
      kind: 'call',
      operation: 'video',
      units: { video_seconds: 8 },
      responseId: 'video_1',
      usageSource: 'body',
    });
    expect(start.modifiers.size).toBe('1280x720');
    expect(reading({ method: 'GET', url: `${V1}/videos/video_1`, answer: { ...job, status: 'completed' } }).kind).toBe(
      'restated',
    );
    expect(reading({ url: `${V1}/videos`, answer: { ...job, status: 'failed' } }).units).toEqual({});
  });
});

describe('OpenAI’s other operations', () => {
  it('embeddings have input and no output', () => {
    const found = reading({
      url: `${V1}/embeddings`,
      answer: { object: 'list', data: [], model: 'e', usage: { prompt_tokens: 8, total_tokens: 8 } },
    });
    expect(found).toMatchObject({ operation: 'embeddings', tokens: { input: 8, output: null, total: 8 } });
  });

  it('moderation is free, models are administration', () => {
    expect(reading({ url: `${V1}/moderations`, answer: { id: 'modr-1', model: 'omni' } })).toMatchObject({
      kind: 'free',
      operation: 'moderation',
    });
    expect(reading({ method: 'GET', url: `${V1}/models`, answer: { data: [] } })).toMatchObject({
      kind: 'admin',
      operation: 'admin',
    });
  });

  it('a batch is pending until its job or its results state usage, line by line', () => {
    expect(reading({ url: `${V1}/batches`, answer: { id: 'batch_1', status: 'validating' } })).toMatchObject({
      kind: 'call',
      operation: 'batch',
      usageMissingReason: 'pending',
      responseId: 'batch_1',
    });
    const line = (id: string, tokens: number) => ({
      custom_id: id,
      response: {
        status_code: 200,
        body: { model: 'gpt-4o', usage: { prompt_tokens: tokens, completion_tokens: 1, total_tokens: tokens + 1 } },
      },
    });
    const found = reading({
      method: 'GET',
      url: `${V1}/files/file-1/content`,
      answer: ndjson(line('a', 3), line('b', 4)),
    });
    expect(found).toMatchObject({
      kind: 'restated',
      operation: 'batch',
      modifiers: { serviceTier: 'batch' },
      parts: [
        { kind: 'batch_line', id: 'a', model: 'gpt-4o', tokens: { input: 3 } },
        { kind: 'batch_line', id: 'b', model: 'gpt-4o', tokens: { input: 4 } },
      ],
    });
    expect(
      reading({ method: 'GET', url: `${V1}/files/file-1/content`, answer: '{"messages":[]}\n{"messages":[]}\n' }).kind,
    ).toBe('admin');
  });

  it('a run of an assistant is pending until it ended', () => {
    const url = `${V1}/threads/thread_1/runs`;
    expect(reading({ url, answer: { id: 'run_1', status: 'queued', usage: null } }).usageMissingReason).toBe('pending');
    const ended = reading({
      method: 'GET',
      url: `${url}/run_1`,
      answer: { id: 'run_1', model: 'gpt-4o', usage: { ...USAGE, prompt_token_details: { cached_tokens: 4 } } },
    });
    expect(ended).toMatchObject({ kind: 'restated', tokens: { input: 5, cacheRead: 4 } });
  });

  it('a realtime session adds up its turns', () => {
    const done = (input: number, output: number) => ({
      type: 'response.done',
      response: {
        status: 'completed',
        usage: {
          total_tokens: input + output,
          input_tokens: input,
          output_tokens: output,
          input_token_details: { audio_tokens: 3, cached_tokens: 2, cached_tokens_details: { audio_tokens: 1 } },
        },
      },
    });
    const found = reading({
      method: 'GET',
      url: 'https://api.openai.com/v1/realtime?model=gpt-realtime',
      answer: ndjson(
        { type: 'session.created', session: { id: 'sess_1', model: 'gpt-realtime' } },
        done(10, 5),
        {
          type: 'rate_limits.updated',
          rate_limits: [{ name: 'tokens', limit: 100, remaining: 90, reset_seconds: 1.5 }],
        },
        done(20, 6),
      ),
    });
    expect(found).toMatchObject({
      operation: 'realtime',
      requestModel: 'gpt-realtime',
      tokens: { input: 30, output: 11, cacheRead: 4, cacheReadAudio: 2, inputAudio: 6, total: 41 },
      rateLimits: [{ name: 'tokens', limit: 100, remaining: 90, resetSeconds: 1.5 }],
    });
  });
});

describe('OpenAI’s refusals', () => {
  const refused = (status: number, error: unknown, headers: Record<string, string> = {}) =>
    reading({ url: `${V1}/chat/completions`, status, headers, answer: { error }, receivedAtMs: 0 });

  it('have a code or a type, and a class', () => {
    expect(
      refused(401, { message: 'Incorrect API key', type: 'invalid_request_error', code: 'invalid_api_key' }),
    ).toMatchObject({ errorType: 'invalid_api_key', errorClass: 'auth', usageMissingReason: 'error-response' });
    expect(refused(404, { message: 'no', type: 'invalid_request_error', code: 'model_not_found' }).errorClass).toBe(
      'not_found',
    );
    expect(refused(400, { message: 'no', type: 'invalid_request_error', code: null })).toMatchObject({
      errorType: 'invalid_request_error',
      errorClass: 'invalid_request',
    });
    expect(refused(503, { message: 'busy', type: 'server_error', code: null }).errorClass).toBe('server');
    expect(refused(429, { message: 'pay', type: 'insufficient_quota', code: 'insufficient_quota' }).errorClass).toBe(
      'quota',
    );
  });

  it('are never told by their message', () => {
    expect(refused(400, { message: 'Your prompt "x" was bad', type: 'a sentence is no type' }).errorType).toBe('400');
  });

  it('of the rate say in words which limit it was', () => {
    const found = refused(
      429,
      {
        message:
          'Rate limit reached for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000, Used 29000, Requested 1200. Please try again in 1.378s. Visit the page.',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
      { 'retry-after-ms': '1378' },
    );
    expect(found).toMatchObject({
      errorType: 'rate_limit_exceeded',
      errorClass: 'rate_limit',
      retryAfterSeconds: 1.378,
    });
    expect(found.rateLimits).toMatchObject([{ name: 'tokens', window: 'minute', limit: 30_000, remaining: 1000 }]);
  });
});
