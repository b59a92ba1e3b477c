/** Providers that serve their own models or many others' on hosts of their own: what is special of each. */
import { describe, expect, it } from 'vitest';
import { ndjson, reading, sse } from '../reader/exchange.fixture.ts';

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

describe('Mistral', () => {
  const url = 'https://api.mistral.ai/v1';

  it('counts cached tokens under two names', () => {
    expect(
      reading({
        url: `${url}/chat/completions`,
        headers: { 'mistral-correlation-id': 'k1' },
        answer: { id: 'c', choices: [], usage: { ...USAGE, num_cached_tokens: 3, prompt_token_details: null } },
      }),
    ).toMatchObject({ provider: 'mistral_ai', requestId: 'k1', tokens: { cacheRead: 3 } });
    expect(
      reading({
        url: `${url}/fim/completions`,
        answer: { id: 'c', choices: [], usage: { ...USAGE, prompt_tokens_details: { cached_tokens: 2 } } },
      }),
    ).toMatchObject({ operation: 'text_completion', tokens: { cacheRead: 2 } });
  });

  it('bills OCR by pages, transcription by seconds, conversations with what connectors read', () => {
    expect(
      reading({
        url: `${url}/ocr`,
        answer: { model: 'mistral-ocr', pages: [], usage_info: { pages_processed: 3, doc_size_bytes: 9 } },
      }),
    ).toMatchObject({ operation: 'ocr', units: { pages: 3 }, usageSource: 'body' });
    expect(
      reading({
        url: `${url}/audio/transcriptions`,
        answer: { model: 'voxtral', text: 'x', usage: { ...USAGE, prompt_audio_seconds: 12 } },
      }),
    ).toMatchObject({ units: { audio_seconds: 12 }, tokens: { input: 5 } });
    const found = reading({
      url: `${url}/conversations`,
      answer: {
        conversation_id: 'conv_1',
        usage: {
          prompt_tokens: 188,
          completion_tokens: 55,
          total_tokens: 7355,
          connector_tokens: 7112,
          connectors: { web_search: 2, code_interpreter: 1 },
        },
      },
    });
    expect(found).toMatchObject({
      responseId: 'conv_1',
      tokens: { input: 7300, output: 55, total: 7355 },
      units: { searches: 2, tool_calls: 1 },
    });
  });

  it('refuses flatly', () => {
    expect(
      reading({
        url: `${url}/chat/completions`,
        status: 429,
        answer: {
          object: 'error',
          message: 'Rate limit exceeded',
          type: 'rate_limited',
          param: null,
          code: '1300',
          raw_status_code: 429,
        },
      }),
    ).toMatchObject({ errorType: 'rate_limited', errorClass: 'rate_limit' });
  });
});

describe('xAI', () => {
  const url = 'https://api.x.ai/v1';

  it('adds reasoning also where there is no total, but not twice', () => {
    const chat = (usage: object) =>
      reading({ url: `${url}/chat/completions`, answer: { id: 'c', choices: [], usage } }).tokens.output;
    const details = { completion_tokens_details: { reasoning_tokens: 4 } };
    expect(chat({ prompt_tokens: 5, completion_tokens: 6, ...details })).toBe(10);
    expect(chat({ ...USAGE, ...details })).toBe(6);
    expect(chat({ ...USAGE, total_tokens: 15, ...details })).toBe(10);
  });

  it('counts reasoning within the output of responses, and its tools', () => {
    const found = reading({
      url: `${url}/responses`,
      answer: {
        id: 'r',
        status: 'completed',
        usage: {
          input_tokens: 5,
          output_tokens: 6,
          total_tokens: 11,
          output_tokens_details: { reasoning_tokens: 4 },
          cost_in_usd_ticks: 12_345_678_901,
          server_side_tool_usage_details: { web_search_calls: 2, x_search_calls: 1, mcp_calls: 1 },
        },
      },
    });
    expect(found).toMatchObject({
      tokens: { output: 6, reasoning: 4 },
      costReportedUsd: '1.2345678901',
      units: { searches: 3, tool_calls: 1 },
    });
  });

  it('refuses with a text for an error', () => {
    expect(
      reading({
        url: `${url}/chat/completions`,
        status: 400,
        answer: { code: 'invalid-argument', error: 'The model x does not exist' },
      }),
    ).toMatchObject({ errorType: 'invalid-argument', errorClass: 'invalid_request' });
  });

  it('defers', () => {
    expect(reading({ url: `${url}/chat/completions`, answer: { request_id: 'd-1' } })).toMatchObject({
      responseId: 'd-1',
      usageMissingReason: 'pending',
    });
    expect(
      reading({
        method: 'GET',
        url: `${url}/chat/deferred-completion/d-1`,
        answer: { id: 'd-1', choices: [], usage: USAGE },
      }),
    ).toMatchObject({ kind: 'restated', tokens: { input: 5 } });
  });
});

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

describe('speech and predictions', () => {
  it('ElevenLabs: characters of the text, seconds to the last word', () => {
    const found = reading({
      url: 'https://api.elevenlabs.io/v1/text-to-speech/voice/stream',
      request: { text: 'Hello', model_id: 'eleven_v3' },
      headers: { 'request-id': 'e-1', 'character-cost': '9' },
      answer: Uint8Array.of(1),
    });
    expect(found).toMatchObject({
      operation: 'speech',
      requestModel: 'eleven_v3',
      requestId: 'e-1',
      units: { characters: 5 },
      usageSource: 'request',
      streamed: true,
    });
    expect(
      reading({ url: 'https://api.elevenlabs.io/v1/speech-to-text', answer: { words: [{ end: 1 }, { end: 2.5 }] } })
        .units,
    ).toEqual({ audio_seconds: 2.5 });
    expect(
      reading({
        url: 'https://api.elevenlabs.io/v1/text-to-speech/v',
        status: 429,
        answer: { detail: { status: 'too_many_concurrent_requests', message: 'x' } },
      }),
    ).toMatchObject({ errorType: 'too_many_concurrent_requests', errorClass: 'rate_limit' });
  });

  it('Deepgram: seconds for each channel, characters from the header, tokens of add-ons', () => {
    const listen = (query: string) =>
      reading({
        url: `https://api.deepgram.com/v1/listen?model=nova-3${query}`,
        answer: {
          metadata: {
            request_id: 'd-1',
            duration: 10.5,
            channels: 2,
            summary_info: { input_tokens: 90, output_tokens: 5 },
          },
        },
      });
    expect(listen('')).toMatchObject({
      requestModel: 'nova-3',
      requestId: 'd-1',
      units: { audio_seconds: 10.5 },
      tokens: { input: 90, output: 5 },
    });
    expect(listen('&multichannel=true').units).toEqual({ audio_seconds: 21 });
    expect(
      reading({
        url: 'https://api.deepgram.com/v1/speak?model=aura-2',
        request: { text: 'Hello' },
        headers: { 'dg-char-count': '5', 'dg-model-name': 'aura-2-thalia', 'dg-request-id': 'd-2' },
        answer: Uint8Array.of(1),
      }),
    ).toMatchObject({
      requestModel: 'aura-2',
      responseModel: 'aura-2-thalia',
      requestId: 'd-2',
      units: { characters: 5 },
      usageSource: 'header',
    });
  });

  it('Replicate: seconds of computing once a prediction has ended', () => {
    const url = 'https://api.replicate.com/v1';
    expect(
      reading({
        url: `${url}/models/black-forest-labs/flux/predictions`,
        status: 201,
        answer: { id: 'p1', status: 'starting', metrics: {} },
      }),
    ).toMatchObject({ requestModel: 'black-forest-labs/flux', usageMissingReason: 'pending', responseId: 'p1' });
    expect(
      reading({
        method: 'GET',
        url: `${url}/predictions/p1`,
        answer: { id: 'p1', status: 'succeeded', metrics: { predict_time: 2.5 } },
      }),
    ).toMatchObject({ kind: 'restated', units: { compute_seconds: 2.5 }, finishReasons: ['succeeded'] });
    expect(
      reading({
        url: `${url}/predictions`,
        status: 429,
        answer: { detail: 'Request was throttled. Your rate limit resets in ~30s.' },
      }),
    ).toMatchObject({ errorType: '429', errorClass: 'rate_limit' });
  });
});

describe('servers of one’s own', () => {
  it('Ollama states counts in the object that is done', () => {
    const url = 'http://localhost:11434/api/chat';
    const done = {
      model: 'llama3.2',
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 26,
      eval_count: 298,
      eval_duration: 5,
    };
    expect(
      reading({
        url,
        request: { model: 'llama3.2' },
        answer: ndjson({ model: 'llama3.2', done: false, message: {} }, done),
      }),
    ).toMatchObject({
      provider: 'ollama',
      streamed: true,
      tokens: { input: 26, output: 298 },
      finishReasons: ['stop'],
      usageSource: 'stream-final',
    });
    expect(
      reading({ url, request: { stream: false }, answer: { ...done, prompt_eval_count: undefined } }),
    ).toMatchObject({ tokens: { input: null, output: 298 }, usageSource: 'body' });
    expect(
      reading({
        url: 'http://localhost:11434/api/embed',
        answer: { model: 'm', embeddings: [], prompt_eval_count: 8 },
      }),
    ).toMatchObject({ operation: 'embeddings', tokens: { input: 8 } });
  });

  it('llama.cpp’s own completion', () => {
    const found = reading({
      url: 'http://llm.internal/completion',
      hosts: { 'llm.internal': 'llama.cpp' },
      answer: { content: 'x', stop: true, stop_type: 'eos', tokens_evaluated: 9, tokens_predicted: 4 },
    });
    expect(found).toMatchObject({
      operation: 'text_completion',
      tokens: { input: 9, output: 4 },
      finishReasons: ['eos'],
    });
  });
});
