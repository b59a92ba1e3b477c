import { describe, expect, it } from 'vitest';
import { awsEvent, awsFrame, joined, reading } from '../reader/exchange.fixture.ts';

const RUNTIME = 'https://bedrock-runtime.us-east-1.amazonaws.com';

const chunk = (event: unknown) => awsEvent('chunk', { bytes: btoa(JSON.stringify(event)), p: 'abcd' });

describe('Bedrock Converse', () => {
  it('has the model in the path, decoded, and the region in the host', () => {
    const answer = {
      stopReason: 'tool_use',
      usage: {
        inputTokens: 10,
        outputTokens: 5,
        totalTokens: 115,
        cacheReadInputTokenCount: 60,
        cacheWriteInputTokenCount: 40,
        cacheDetails: [
          { ttl: '5m', inputTokens: 30 },
          { ttl: '1h', inputTokens: 10 },
        ],
      },
      serviceTier: { type: 'flex' },
      performanceConfig: { latency: 'optimized' },
    };
    const found = reading({
      url: `${RUNTIME}/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse`,
      headers: { 'x-amzn-requestid': 'r-1' },
      answer,
    });
    expect(found).toMatchObject({
      operation: 'chat',
      requestModel: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      requestId: 'r-1',
      finishReasons: ['tool_use'],
      modifiers: { region: 'us-east-1', serviceTier: 'flex', speed: 'optimized' },
      tokens: { input: 110, output: 5, cacheRead: 60, cacheWrite: 40, cacheWrite1h: 10, total: 115 },
    });
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';
    for (const id of [encodeURIComponent(arn), arn])
      expect(reading({ url: `${RUNTIME}/model/${id}/converse`, answer }).requestModel).toBe(arn);
  });

  it('streams frames; the metadata event is the last word', () => {
    const answer = joined(
      awsEvent('messageStart', { role: 'assistant' }),
      awsEvent('contentBlockDelta', { delta: { text: 'usage' } }),
      awsEvent('messageStop', { stopReason: 'end_turn' }),
      awsEvent('metadata', { usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 }, metrics: { latencyMs: 9 } }),
    );
    const url = `${RUNTIME}/model/amazon.nova-micro-v1%3A0/converse-stream`;
    expect(reading({ url, answer })).toMatchObject({
      streamed: true,
      finishReasons: ['end_turn'],
      usageSource: 'stream-final',
      tokens: { input: 3, output: 4 },
    });
    expect(reading({ url, answer: answer.subarray(0, answer.length - 9), complete: false })).toMatchObject({
      usageSource: 'missing',
      usageMissingReason: 'aborted',
    });
  });

  it('may break off with an exception', () => {
    const answer = joined(
      awsEvent('messageStart', { role: 'assistant' }),
      awsFrame({ ':message-type': 'exception', ':exception-type': 'throttlingException' }, { message: 'slow down' }),
    );
    expect(reading({ url: `${RUNTIME}/model/m/converse-stream`, answer })).toMatchObject({
      status: 200,
      errorType: 'throttlingException',
      errorClass: 'rate_limit',
      usageMissingReason: 'error-response',
    });
  });

  it('names its refusals in a header', () => {
    const found = reading({
      url: `${RUNTIME}/model/m/converse`,
      status: 400,
      headers: { 'x-amzn-errortype': 'ValidationException:http://internal.amazon.com/' },
      answer: { message: 'The provided model identifier is invalid.' },
    });
    expect(found).toMatchObject({ errorType: 'ValidationException', errorClass: 'invalid_request' });
    expect(
      reading({
        url: `${RUNTIME}/model/m/converse`,
        status: 429,
        headers: { 'x-amzn-errortype': 'ThrottlingException' },
        answer: { message: 'x' },
      }).errorClass,
    ).toBe('rate_limit');
    expect(
      reading({
        url: `${RUNTIME}/model/m/converse`,
        status: 400,
        headers: { 'x-amzn-errortype': 'ServiceQuotaExceededException' },
        answer: { message: 'x' },
      }).errorClass,
    ).toBe('quota');
  });

  it('counts tokens for free', () => {
    expect(reading({ url: `${RUNTIME}/model/m/count-tokens`, answer: { inputTokens: 12 } })).toMatchObject({
      kind: 'free',
      tokens: { input: null },
    });
  });
});

describe('Bedrock InvokeModel', () => {
  const invoke = (
    model: string,
    answer: unknown,
    headers: Record<string, string> = {},
    request: unknown = { messages: [] },
  ) => reading({ url: `${RUNTIME}/model/${model}/invoke`, answer, headers, request });

  it('speaks each vendor’s shape', () => {
    expect(
      invoke('anthropic.claude-v3', {
        id: 'msg_1',
        stop_reason: 'end_turn',
        usage: { input_tokens: 3, cache_read_input_tokens: 2, output_tokens: 4 },
      }),
    ).toMatchObject({ responseId: 'msg_1', tokens: { input: 5, output: 4 }, usageSource: 'body' });
    expect(
      invoke(
        'amazon.titan-text',
        { inputTextTokenCount: 5, results: [{ tokenCount: 7.0, completionReason: 'FINISH' }] },
        {},
        { inputText: 'x' },
      ),
    ).toMatchObject({ operation: 'text_completion', tokens: { input: 5, output: 7 }, finishReasons: ['FINISH'] });
    expect(
      invoke('meta.llama3', { generation: 'x', prompt_token_count: 6, generation_token_count: 8, stop_reason: 'stop' }),
    ).toMatchObject({ tokens: { input: 6, output: 8 } });
    expect(
      invoke('amazon.nova-pro', {
        stopReason: 'max_tokens',
        usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3, cacheReadInputTokenCount: 4 },
      }),
    ).toMatchObject({ tokens: { input: 5, output: 2, cacheRead: 4 }, finishReasons: ['max_tokens'] });
    expect(
      invoke('ai21.jamba', {
        id: 'x',
        choices: [{ index: 0, finish_reason: 'stop' }],
        usage: { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 },
      }),
    ).toMatchObject({ tokens: { input: 2, output: 3 } });
    expect(invoke('amazon.titan-embed-text-v2:0', { embedding: [0.1], inputTextTokenCount: 5 })).toMatchObject({
      operation: 'embeddings',
      serviceType: 'embedding',
      tokens: { input: 5, output: null, total: 5 },
    });
  });

  it('states counts in headers where the body has none; they exclude the cache', () => {
    const found = invoke(
      'mistral.mistral-7b',
      { outputs: [{ text: 'x', stop_reason: 'stop' }] },
      {
        'x-amzn-bedrock-input-token-count': '11',
        'x-amzn-bedrock-output-token-count': '12',
        'x-amzn-bedrock-cache-read-input-token-count': '5',
      },
    );
    expect(found).toMatchObject({
      usageSource: 'header',
      tokens: { input: 16, output: 12, cacheRead: 5 },
      finishReasons: ['stop'],
    });
  });

  it('streams the vendor’s events in base64, with the counts in the last', () => {
    const answer = joined(
      chunk({
        type: 'message_start',
        message: { id: 'msg_1', model: 'claude', usage: { input_tokens: 9, output_tokens: 1 } },
      }),
      chunk({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 6 } }),
      chunk({ type: 'message_stop', 'amazon-bedrock-invocationMetrics': { inputTokenCount: 9, outputTokenCount: 6 } }),
    );
    const found = reading({
      url: `${RUNTIME}/model/anthropic.claude-v3/invoke-with-response-stream`,
      request: { messages: [] },
      answer,
    });
    expect(found).toMatchObject({
      streamed: true,
      usageSource: 'stream-final',
      tokens: { input: 9, output: 6 },
      finishReasons: ['end_turn'],
      responseModel: 'claude',
    });
    const mistral = joined(
      chunk({
        outputs: [{ text: 'x', stop_reason: 'length' }],
        'amazon-bedrock-invocationMetrics': { inputTokenCount: 4, outputTokenCount: 2 },
      }),
    );
    expect(
      reading({
        url: `${RUNTIME}/model/mistral.m/invoke-with-response-stream`,
        request: { prompt: 'x' },
        answer: mistral,
      }),
    ).toMatchObject({ operation: 'text_completion', tokens: { input: 4, output: 2 } });
  });
});

it('Bedrock serves OpenAI’s and Anthropic’s APIs below their own paths', () => {
  const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
  expect(
    reading({
      url: 'https://bedrock-mantle.us-east-1.api.aws/v1/responses',
      answer: { id: 'resp_1', status: 'completed', usage },
    }),
  ).toMatchObject({ provider: 'aws.bedrock', modifiers: { region: 'us-east-1' }, tokens: { input: 1 } });
  expect(reading({ url: `${RUNTIME}/anthropic/v1/messages`, answer: { type: 'message', usage } }).tokens.output).toBe(
    2,
  );
});

it('Bedrock’s videos are the seconds that were ordered', () => {
  const found = reading({
    url: `${RUNTIME}/async-invoke`,
    request: {
      modelId: 'amazon.nova-reel-v1:1',
      modelInput: { videoGenerationConfig: { durationSeconds: 6, dimension: '1280x720' } },
    },
    answer: { invocationArn: 'arn:aws:bedrock:x' },
  });
  expect(found).toMatchObject({
    operation: 'video',
    requestModel: 'amazon.nova-reel-v1:1',
    units: { video_seconds: 6 },
    usageSource: 'request',
  });
});

describe('What Bedrock states beside a vendor’s own counts', () => {
  const url = 'https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-3-haiku-20240307-v1%3A0';
  const stream = (usage: object, metrics: object) =>
    reading({
      url: `${url}/invoke-with-response-stream`,
      answer: joined(
        chunk({
          type: 'message_start',
          message: { type: 'message', usage: { input_tokens: 9, output_tokens: 1, ...usage } },
        }),
        chunk({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } }),
        chunk({
          type: 'message_stop',
          'amazon-bedrock-invocationMetrics': { inputTokenCount: 9, outputTokenCount: 7, ...metrics },
        }),
      ),
    }).tokens;
  const cached = { cacheReadInputTokenCount: 4, cacheWriteInputTokenCount: 1 };

  it('adds the cache where the vendor left it out, and nowhere twice', () => {
    expect(stream({}, cached)).toMatchObject({ input: 14, output: 7, cacheRead: 4, cacheWrite: 1 });
    const own = { cache_read_input_tokens: 4, cache_creation_input_tokens: 1 };
    expect(stream(own, cached)).toMatchObject({ input: 14, output: 7, cacheRead: 4, cacheWrite: 1 });
    expect(stream({}, {})).toMatchObject({ input: 9, output: 7, cacheRead: null });
  });

  it('fills in a count that the vendor’s body has as no whole number', () => {
    const found = reading({
      url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-text-express-v1/invoke',
      headers: { 'x-amzn-bedrock-input-token-count': '5', 'x-amzn-bedrock-output-token-count': '12' },
      answer: '{"inputTextTokenCount":5,"results":[{"tokenCount":11.5,"completionReason":"FINISH"}]}',
    });
    expect(found).toMatchObject({ tokens: { input: 5, output: 12 }, usageSource: 'body' });
  });
});
