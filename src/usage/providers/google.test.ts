/** Gemini, Vertex and Cloud Text-to-Speech. */
import { describe, expect, it } from 'vitest';
import { untilPacificMidnight } from '../reader/google-errors.ts';
import { reading, sse } from '../reader/exchange.fixture.ts';

const GEMINI = 'https://generativelanguage.googleapis.com/v1beta';
const VERTEX = 'https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/publishers';

describe('Gemini', () => {
  it('has the model in the path, tool prompts beside the prompt, and modalities', () => {
    const found = reading({
      url: `${GEMINI}/models/gemini-2.5-flash-image:generateContent`,
      request: { contents: [] },
      answer: {
        responseId: 'r1',
        modelVersion: 'gemini-2.5-flash-image',
        candidates: [
          {
            finishReason: 'STOP',
            groundingMetadata: { webSearchQueries: ['', 'a', 'b', 'a'] },
          },
        ],
        usageMetadata: {
          promptTokenCount: 20,
          toolUsePromptTokenCount: 100,
          cachedContentTokenCount: 8,
          candidatesTokenCount: 1290,
          thoughtsTokenCount: 10,
          totalTokenCount: 1420,
          promptTokensDetails: [
            { modality: 'TEXT', tokenCount: 12 },
            { modality: 'AUDIO', tokenCount: 8 },
          ],
          candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }],
          cacheTokensDetails: [{ modality: 'AUDIO' }],
          serviceTier: 'flex',
        },
      },
    });
    expect(found).toMatchObject({
      operation: 'generate_content',
      serviceType: 'image',
      requestModel: 'gemini-2.5-flash-image',
      responseId: 'r1',
      finishReasons: ['STOP'],
      units: { searches: 2 },
      modifiers: { serviceTier: 'flex' },
      tokens: {
        input: 120,
        output: 1300,
        reasoning: 10,
        cacheRead: 8,
        total: 1420,
        inputAudio: 8,
        outputImage: 1290,
        cacheReadAudio: 0,
      },
    });
  });

  it('streams running counts with CRLF, or as an array: the last of each field holds', () => {
    const chunk = (usageMetadata: unknown, finishReason?: string) => ({
      candidates: [{ content: {}, finishReason }],
      usageMetadata,
      modelVersion: 'm',
    });
    const chunks = [
      chunk({ promptTokenCount: 7, totalTokenCount: 7 }),
      chunk({ promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 }),
      chunk({ trafficType: 'ON_DEMAND' }, 'STOP'),
    ];
    const expected = {
      tokens: { input: 7, output: 3, total: 10 },
      finishReasons: ['STOP'],
      usageSource: 'stream-final',
      streamed: true,
    };
    const url = `${GEMINI}/models/gemini-2.5-flash:streamGenerateContent`;
    expect(reading({ url: `${url}?alt=sse`, answer: sse(...chunks).replaceAll('\n', '\r\n') })).toMatchObject(expected);
    expect(
      reading({ url, answer: `[${chunks.map((item) => JSON.stringify(item, null, 2)).join('\n,\n')}\n]\n` }),
    ).toMatchObject(expected);
  });

  it('that begins to count anew ends with an object that adds up by itself', () => {
    const found = reading({
      url: `${GEMINI}/models/gemini-3-flash:streamGenerateContent?alt=sse`,
      answer: sse(
        {
          usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 21, thoughtsTokenCount: 35, totalTokenCount: 65 },
        },
        {
          candidates: [{ finishReason: 'STOP' }],
          usageMetadata: { promptTokenCount: 87, thoughtsTokenCount: 78, totalTokenCount: 165 },
        },
      ),
    });
    expect(found.tokens).toMatchObject({ input: 87, output: 78, total: 165 });
  });

  it('refuses a prompt without a candidate', () => {
    const found = reading({
      url: `${GEMINI}/models/gemini-2.5-flash:generateContent`,
      answer: {
        promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
        usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 },
      },
    });
    expect(found).toMatchObject({
      status: 200,
      errorType: 'PROHIBITED_CONTENT',
      errorClass: 'content_filter',
      tokens: { input: 5, output: null },
    });
  });

  it('embeds, with counts where the model states them', () => {
    const url = `${GEMINI}/models/gemini-embedding-2:batchEmbedContents`;
    expect(
      reading({
        url,
        answer: {
          embeddings: [],
          usageMetadata: { promptTokenCount: 4, promptTokenDetails: [{ modality: 'TEXT', tokenCount: 4 }] },
        },
      }),
    ).toMatchObject({ operation: 'embeddings', tokens: { input: 4, output: null, total: 4 } });
    expect(reading({ url, answer: { embeddings: [{ values: [0.1] }] } }).usageMissingReason).toBe('not-stated');
  });

  it('makes pictures (Imagen): those that came are counted, filtered ones are not', () => {
    const url = `${GEMINI}/models/imagen-4.0-generate-001:predict`;
    const request = { instances: [{ prompt: 'a cat' }], parameters: { sampleCount: 3, sampleImageSize: '2K' } };
    const found = reading({
      url,
      request,
      answer: { predictions: [{ bytesBase64Encoded: 'AA', mimeType: 'image/png' }, { raiFilteredReason: 'no' }] },
    });
    expect(found).toMatchObject({
      operation: 'image',
      serviceType: 'image',
      units: { images: 1 },
      usageSource: 'body',
      modifiers: { size: '2k' },
    });
    expect(reading({ url, request, answer: {} }).units).toEqual({ images: 0 });
  });

  it('makes clips (Veo): the seconds that were ordered, once, at the start', () => {
    const start = reading({
      url: `${GEMINI}/models/veo-3.0-generate-001:predictLongRunning`,
      request: {
        instances: [{ prompt: 'a' }],
        parameters: { durationSeconds: 6, sampleCount: 2, resolution: '1080p', generateAudio: true },
      },
      answer: { name: 'models/veo-3.0-generate-001/operations/op1' },
    });
    expect(start).toMatchObject({
      kind: 'call',
      operation: 'video',
      units: { video_seconds: 12 },
      usageSource: 'request',
      responseId: 'models/veo-3.0-generate-001/operations/op1',
      modifiers: { size: '1080p', audio: true },
    });
    const poll = reading({
      method: 'GET',
      url: `${GEMINI}/models/veo-3.0-generate-001/operations/op1`,
      answer: { name: 'models/veo-3.0-generate-001/operations/op1', done: false },
    });
    expect(poll).toMatchObject({ kind: 'restated', operation: 'video', units: {}, usageMissingReason: 'pending' });
    expect(
      reading({ method: 'POST', url: `${VERTEX}/google/models/veo-3.0:fetchPredictOperation`, answer: { done: true } })
        .kind,
    ).toBe('restated');
    expect(
      reading({ url: `${GEMINI}/models/veo-2.0:predictLongRunning`, request: { instances: [] }, answer: { name: 'x' } })
        .units,
    ).toEqual({ video_seconds: 8 });
  });

  it('interacts: thoughts and tool prompts beside, modalities in lower case', () => {
    const usage = {
      total_tokens: 140,
      total_input_tokens: 100,
      total_output_tokens: 20,
      total_thought_tokens: 10,
      total_tool_use_tokens: 10,
      total_cached_tokens: 30,
      output_tokens_by_modality: [{ modality: 'video', tokens: 20 }],
    };
    const interaction = { id: 'i1', model: 'gemini-omni', status: 'completed', usage };
    const expected = {
      operation: 'chat',
      tokens: { input: 110, output: 30, reasoning: 10, cacheRead: 30, outputVideo: 20, total: 140 },
      responseId: 'i1',
    };
    expect(reading({ url: `${GEMINI}/interactions`, answer: interaction })).toMatchObject(expected);
    expect(
      reading({
        url: `${GEMINI}/interactions`,
        answer: sse(
          { event_type: 'interaction.created', interaction: { id: 'i1' } },
          { event_type: 'interaction.completed', interaction },
          ['done', {}],
        ),
      }),
    ).toMatchObject(expected);
    expect(reading({ method: 'GET', url: `${GEMINI}/interactions/i1`, answer: interaction }).kind).toBe('restated');
  });

  it('finishes a batch with the answers within it', () => {
    const url = `${GEMINI}/models/gemini-2.5-flash:batchGenerateContent`;
    expect(reading({ url, answer: { name: 'batches/b1', metadata: {} } })).toMatchObject({
      kind: 'call',
      operation: 'batch',
      responseId: 'batches/b1',
      usageMissingReason: 'pending',
    });
    const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 };
    const answers = [
      { metadata: { key: 'first' }, response: { modelVersion: 'm', usageMetadata } },
      { response: { usageMetadata } },
      { error: { code: 3 } },
    ];
    const found = reading({
      method: 'GET',
      url: `${GEMINI}/batches/b1`,
      answer: { name: 'batches/b1', done: true, response: { inlinedResponses: { inlinedResponses: answers } } },
    });
    expect(found).toMatchObject({
      kind: 'restated',
      parts: [
        { kind: 'batch_line', id: 'first', model: 'm', tokens: { input: 3 } },
        { kind: 'batch_line', model: null, tokens: { input: 3 } },
      ],
    });
  });

  it('states limits in the body of a 429 only', () => {
    const violation = (quotaId: string, quotaValue: string) => ({
      '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
      violations: [
        { quotaId, quotaValue, quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests' },
      ],
    });
    const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '38.2s' };
    const refused = (quotaId: string) =>
      reading({
        url: `${GEMINI}/models/gemini-2.5-flash:generateContent`,
        status: 429,
        answer: {
          error: {
            code: 429,
            message: 'Quota exceeded',
            status: 'RESOURCE_EXHAUSTED',
            details: [violation(quotaId, '20'), retry],
          },
        },
        receivedAtMs: Date.parse('2026-09-01T12:00:00Z'),
      });
    expect(refused('GenerateRequestsPerMinutePerProjectPerModel-FreeTier')).toMatchObject({
      errorType: 'RESOURCE_EXHAUSTED',
      errorClass: 'rate_limit',
      retryAfterSeconds: 38.2,
      rateLimits: [{ name: 'requests', window: 'minute', limit: 20, remaining: 0, resetSeconds: 38.2 }],
    });
    // Midnight in California is 07:00 UTC in summer.
    expect(refused('GenerateRequestsPerDayPerProjectPerModel-FreeTier')).toMatchObject({
      errorClass: 'quota',
      retryAfterSeconds: 19 * 3600,
      rateLimits: [{ window: 'day', resetSeconds: 19 * 3600 }],
    });
  });

  it('knows midnight in California also when the clock changes', () => {
    expect(untilPacificMidnight(Date.parse('2026-11-01T06:30:00Z'))).toBe(1800);
    // That day has 25 hours.
    expect(untilPacificMidnight(Date.parse('2026-11-01T07:00:00Z'))).toBe(25 * 3600);
    expect(untilPacificMidnight(Date.parse('2026-03-08T08:00:00Z'))).toBe(23 * 3600);
  });

  it('wraps errors of its OpenAI-like endpoint in an array', () => {
    const found = reading({
      url: `${GEMINI}/openai/chat/completions`,
      status: 400,
      answer: [
        { error: { code: 400, message: 'no', status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_INVALID' }] } },
      ],
    });
    expect(found).toMatchObject({ errorType: 'INVALID_ARGUMENT', errorClass: 'auth' });
  });
});

describe('Vertex', () => {
  it('knows its region, its traffic, and numbers for enums', () => {
    const found = reading({
      url: `${VERTEX}/google/models/gemini-2.5-flash:generateContent?$alt=json;enum-encoding=int`,
      answer: {
        candidates: [{ finishReason: 1 }],
        usageMetadata: {
          promptTokenCount: 4,
          candidatesTokenCount: 2,
          totalTokenCount: 6,
          trafficType: 1,
          promptTokensDetails: [{ modality: 4, tokenCount: 3 }],
        },
      },
    });
    expect(found).toMatchObject({
      provider: 'gcp.vertex_ai',
      finishReasons: ['STOP'],
      modifiers: { region: 'europe-west4', serviceTier: 'on_demand' },
      tokens: { inputAudio: 3 },
    });
  });

  it('serves Claude in Anthropic’s shape, the model only in the path', () => {
    const found = reading({
      url: `${VERTEX}/anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict`,
      request: { anthropic_version: 'vertex-2023-10-16', stream: true },
      answer: sse(
        {
          type: 'message_start',
          message: {
            id: 'msg_vrtx_1',
            model: 'claude',
            usage: { input_tokens: 3, cache_read_input_tokens: 2, output_tokens: 1 },
          },
        },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 8 } },
      ),
    });
    expect(found).toMatchObject({
      operation: 'chat',
      requestModel: 'claude-sonnet-4-5@20250929',
      tokens: { input: 5, output: 8 },
    });
    expect(
      reading({ url: `${VERTEX}/anthropic/models/count-tokens:rawPredict`, answer: { input_tokens: 5 } }).kind,
    ).toBe('free');
  });

  it('counts embeddings of :predict in each prediction, and leaves unknown models alone', () => {
    const prediction = (tokens: number) => ({
      embeddings: { values: [0.1], statistics: { token_count: tokens, truncated: false } },
    });
    const found = reading({
      url: `${VERTEX}/google/models/gemini-embedding-001:predict`,
      request: { instances: [{}, {}] },
      answer: { predictions: [prediction(4), prediction(5)], metadata: { billableCharacterCount: 30 } },
    });
    expect(found).toMatchObject({ operation: 'embeddings', tokens: { input: 9 }, units: { characters: 30 } });
    expect(reading({ url: `${VERTEX}/acme/models/prices:predict`, answer: { predictions: [1.5] } })).toMatchObject({
      operation: 'other',
      units: {},
    });
  });
});

describe('Cloud Text-to-Speech', () => {
  const url = 'https://texttospeech.googleapis.com/v1/text:synthesize';
  const spoken = (input: unknown, voice: unknown) =>
    reading({ url, request: { input, voice }, answer: { audioContent: 'AAAA' } });

  it('is characters of the input, under the voice’s family', () => {
    expect(spoken({ text: 'Hello 👋' }, { name: 'en-US-Chirp3-HD-Charon' })).toMatchObject({
      provider: 'gcp.text_to_speech',
      operation: 'speech',
      requestModel: 'chirp3-hd',
      units: { characters: 7 },
      usageSource: 'request',
    });
    expect(spoken({ text: 'a' }, { name: 'en-US-Neural2-A' }).requestModel).toBe('neural2');
    expect(spoken({ text: 'a' }, { name: 'Kore', modelName: 'gemini-2.5-flash-tts' }).requestModel).toBe(
      'gemini-2.5-flash-tts',
    );
  });

  it('counts SSML’s tags, but for mark', () => {
    expect(spoken({ ssml: '<speak>Hi<mark name="x"/></speak>' }, {}).units).toEqual({ characters: 17 });
  });
});
