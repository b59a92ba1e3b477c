/** What is special of hosts that speak like OpenAI. */
import { describe, expect, it } from 'vitest';
import { reading, sse } from '../reader/exchange.fixture.ts';

const USAGE = { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 };

describe('others in OpenAI’s shape', () => {
  const chat = (url: string, usage: object, rest: object = {}, headers: Record<string, string> = {}) =>
    reading({ url, headers, answer: { id: 'c', model: 'm', choices: [], usage, ...rest } });

  it('DeepSeek pads its answers with blank lines and sends errors as bytes', () => {
    const url = 'https://api.deepseek.com/chat/completions';
    expect(
      reading({
        url,
        answer: `\n\n${JSON.stringify({ id: 'c', choices: [], usage: { ...USAGE, prompt_cache_hit_tokens: 2 } })}`,
      }).tokens,
    ).toMatchObject({ input: 5, cacheRead: 2 });
    expect(
      reading({
        url,
        status: 402,
        headers: { 'content-type': 'application/octet-stream' },
        answer: { error: { message: 'Insufficient Balance', type: 'unknown_error', code: 'invalid_request_error' } },
      }).errorClass,
    ).toBe('quota');
    expect(reading({ url: 'https://api.deepseek.com/v1/tools/search', answer: {} })).toMatchObject({
      operation: 'search',
      units: { searches: 1 },
    });
  });

  it('Moonshot’s streams state usage within the choice that finishes', () => {
    const found = reading({
      url: 'https://api.moonshot.ai/v1/chat/completions',
      request: { model: 'kimi-k2', stream: true },
      answer: sse(
        { id: 'c', model: 'kimi-k2', choices: [{ index: 0, delta: { content: 'x' }, finish_reason: null }] },
        { id: 'c', model: 'kimi-k2', choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage: USAGE }] },
        '[DONE]',
      ),
    });
    expect(found).toMatchObject({ tokens: { input: 5, output: 6 }, usageSource: 'stream-final' });
  });

  it('Together has cached tokens at the top of usage', () => {
    expect(chat('https://api.together.xyz/v1/chat/completions', { ...USAGE, cached_tokens: 4 }).tokens.cacheRead).toBe(
      4,
    );
  });

  it('Fireworks tells the prompt’s size in headers where a stream does not', () => {
    const found = reading({
      url: 'https://api.fireworks.ai/inference/v1/chat/completions',
      request: { model: 'accounts/fireworks/models/x', stream: true },
      headers: { 'fireworks-prompt-tokens': '40', 'fireworks-cached-prompt-tokens': '8' },
      answer: sse({ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }, '[DONE]'),
    });
    expect(found).toMatchObject({ usageSource: 'header', tokens: { input: 40, cacheRead: 8, output: null } });
  });

  it('Hugging Face names who answered, and passes DeepInfra’s cost on', () => {
    const found = chat('https://router.huggingface.co/novita/v3/openai/chat/completions', {
      ...USAGE,
      prompt_tokens_details: null,
      estimated_cost: 0.0000012,
    });
    expect(found).toMatchObject({ upstreamProvider: 'novita', costReportedUsd: '0.0000012' });
    expect(
      chat('https://router.huggingface.co/v1/chat/completions', USAGE, {}, { 'x-inference-provider': 'groq' })
        .upstreamProvider,
    ).toBe('groq');
    expect(chat('https://router.huggingface.co/v1/chat/completions', USAGE).upstreamProvider).toBeNull();
  });

  it('Qwen’s own API repeats the running count, and says "null" until it ends', () => {
    const part = (reason: string, output: number) => ({
      output: { choices: [{ finish_reason: reason, message: {} }] },
      usage: { input_tokens: 3, output_tokens: output, total_tokens: 3 + output },
      request_id: 'q1',
    });
    const found = reading({
      url: 'https://dashscope-intl.aliyuncs.com/api/v1/services/aigc/text-generation/generation',
      request: { model: 'qwen-max' },
      answer: sse(part('null', 1), part('stop', 4)),
    });
    expect(found).toMatchObject({
      requestModel: 'qwen-max',
      requestId: 'q1',
      finishReasons: ['stop'],
      tokens: { input: 3, output: 4 },
    });
  });

  it('MiniMax answers 200 with a status of its own, and bills characters of speech', () => {
    expect(
      reading({
        url: 'https://api.minimax.io/v1/text/chatcompletion_v2',
        answer: { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
      }),
    ).toMatchObject({ status: 200, errorType: '1008', usageMissingReason: 'error-response' });
    expect(
      reading({
        url: 'https://api.minimax.io/v1/t2a_v2',
        answer: { data: {}, extra_info: { usage_characters: 20 }, base_resp: { status_code: 0 } },
      }),
    ).toMatchObject({ operation: 'speech', units: { characters: 20 }, errorType: null });
    expect(
      reading({
        url: 'https://api.minimax.io/anthropic/v1/messages',
        answer: { usage: { input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 1 } },
      }).tokens.input,
    ).toBe(7);
  });

  it('Voyage and Jina state one total', () => {
    expect(
      reading({
        url: 'https://api.voyageai.com/v1/embeddings',
        answer: { data: [], model: 'voyage-3', usage: { total_tokens: 12 } },
      }),
    ).toMatchObject({ operation: 'embeddings', tokens: { input: 12, total: 12, output: null } });
    expect(
      reading({
        url: 'https://api.jina.ai/v1/rerank',
        answer: { model: 'jina-reranker', usage: { total_tokens: 15 } },
      }),
    ).toMatchObject({ operation: 'rerank', tokens: { input: 15, total: 15 } });
    expect(
      reading({ url: 'https://api.voyageai.com/v1/embeddings', status: 400, answer: { detail: 'bad' } }),
    ).toMatchObject({ errorType: '400', errorClass: 'invalid_request' });
  });

  it('Writer misspells its details', () => {
    expect(
      chat('https://api.writer.com/v1/chat', {
        ...USAGE,
        prompt_token_details: { cached_tokens: 1 },
        completion_token_details: { reasoning_tokens: 2 },
      }).tokens,
    ).toMatchObject({ cacheRead: 1, reasoning: 2 });
  });

  it('Avian and DeepInfra state a cost', () => {
    expect(chat('https://api.avian.io/v1/chat/completions', { ...USAGE, cost: 1.5e-7 }).costReportedUsd).toBe(
      '0.00000015',
    );
    expect(
      chat('https://api.deepinfra.com/v1/openai/chat/completions', { ...USAGE, estimated_cost: 0.002 }).costReportedUsd,
    ).toBe('0.002');
  });

  it('Azure takes the deployment from the path, spaces from the region, and says why it refused', () => {
    const url = 'https://me.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21';
    const found = reading({
      url,
      request: {},
      headers: { 'x-ms-region': 'East US 2', 'apim-request-id': 'a-1' },
      answer: sse(
        { id: '', model: '', choices: [], prompt_filter_results: [] },
        { id: 'c', model: 'gpt-4o', choices: [{ index: 0, delta: {}, finish_reason: 'content_filter' }] },
        '[DONE]',
      ),
    });
    expect(found).toMatchObject({
      requestModel: 'my gpt',
      responseModel: 'gpt-4o',
      responseId: 'c',
      requestId: 'a-1',
      modifiers: { region: 'eastus2' },
      finishReasons: ['content_filter'],
      usageMissingReason: 'not-requested',
    });
    expect(
      reading({
        url,
        status: 400,
        answer: {
          error: {
            code: 'content_filter',
            message: 'x',
            param: 'prompt',
            status: 400,
            innererror: { code: 'ResponsibleAIPolicyViolation' },
          },
        },
      }),
    ).toMatchObject({ errorType: 'content_filter', errorClass: 'content_filter' });
    expect(
      reading({ url, status: 404, answer: { error: { code: 'DeploymentNotFound', message: 'x' } } }),
    ).toMatchObject({ errorType: 'DeploymentNotFound', errorClass: 'not_found' });
  });

  it('GitHub says its limits in words', () => {
    const message =
      'Rate limit of 10 per 60s exceeded for UserByModelByMinute. Please wait 29 seconds before retrying.';
    const found = reading({
      url: 'https://models.github.ai/inference/chat/completions',
      status: 429,
      answer: { error: { code: 'RateLimitReached', message } },
    });
    expect(found).toMatchObject({ errorType: 'RateLimitReached', errorClass: 'rate_limit', retryAfterSeconds: 29 });
    expect(found.rateLimits).toMatchObject([{ name: 'requests', window: 'minute', limit: 10, remaining: 0 }]);
  });

  it('NVIDIA answers 202 and is asked again', () => {
    const url = 'https://integrate.api.nvidia.com/v1';
    expect(
      reading({ url: `${url}/chat/completions`, status: 202, headers: { 'nvcf-reqid': 'n-1' }, answer: '' }),
    ).toMatchObject({ requestId: 'n-1', usageMissingReason: 'pending' });
    expect(
      reading({ method: 'GET', url: `${url}/status/n-1`, answer: { id: 'c', choices: [], usage: USAGE } }),
    ).toMatchObject({ kind: 'restated', tokens: { input: 5 } });
    expect(
      reading({ url: 'https://ai.api.nvidia.com/v1/genai/stabilityai/sdxl', answer: { artifacts: [{}, {}] } }),
    ).toMatchObject({ operation: 'image', requestModel: 'stabilityai/sdxl', units: { images: 2 } });
  });
});

it('MiniMax refuses within a 200', () => {
  const refused = (code: number) =>
    reading({
      url: 'https://api.minimax.io/v1/text/chatcompletion_v2',
      answer: { id: 'x', choices: null, base_resp: { status_code: code, status_msg: 'm' } },
    });
  expect(refused(1026)).toMatchObject({ status: 200, errorType: '1026', errorClass: 'content_filter' });
  expect(refused(1027)).toMatchObject({ status: 200, errorType: '1027', errorClass: 'content_filter' });
  expect(refused(1002)).toMatchObject({ errorClass: 'rate_limit' });
  expect(refused(0)).toMatchObject({ errorType: null });
});
