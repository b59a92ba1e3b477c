/** A vector for each class of failure, each shape of a provider's error, and each place in which it may stand. */
import { describe, expect, it } from 'vitest';
import type { ExchangeFailure } from '../exchange.ts';
import type { ErrorClass } from '../record.ts';
import { awsFrame, ndjson, reading, sse } from './exchange.fixture.ts';

const URLS = {
  openai: 'https://api.openai.com/v1/chat/completions',
  responses: 'https://api.openai.com/v1/responses',
  images: 'https://api.openai.com/v1/images/generations',
  azure: 'https://me.openai.azure.com/openai/v1/chat/completions',
  anthropic: 'https://api.anthropic.com/v1/messages',
  gemini: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent',
  interactions: 'https://generativelanguage.googleapis.com/v1beta/interactions',
  bedrock: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse',
  bedrockStream: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream',
  groq: 'https://api.groq.com/openai/v1/chat/completions',
  cerebras: 'https://api.cerebras.ai/v1/chat/completions',
  mistral: 'https://api.mistral.ai/v1/chat/completions',
  moonshot: 'https://api.moonshot.ai/v1/chat/completions',
  xai: 'https://api.x.ai/v1/chat/completions',
  openrouter: 'https://openrouter.ai/api/v1/chat/completions',
  cohere: 'https://api.cohere.com/v2/chat',
  voyage: 'https://api.voyageai.com/v1/embeddings',
  elevenlabs: 'https://api.elevenlabs.io/v1/text-to-speech/voice',
  minimax: 'https://api.minimax.io/v1/text/chatcompletion_v2',
  ollama: 'http://localhost:11434/api/chat',
} as const;

type Vector = readonly [
  errorClass: ErrorClass,
  errorType: string,
  url: keyof typeof URLS,
  status: number,
  body: unknown,
];

describe('a refusal by its status', () => {
  const google = (code: number, status: string, details: unknown[] = []) => ({
    error: { code, message: 'no', status, details },
  });
  const openai = (code: string | null, type: string, message = 'no') => ({
    error: { message, type, param: null, code },
  });
  const VECTORS: readonly Vector[] = [
    ['rate_limit', 'rate_limit_exceeded', 'openai', 429, openai('rate_limit_exceeded', 'tokens')],
    ['rate_limit', '429', 'azure', 429, { error: { code: '429', message: 'Requests have exceeded' } }],
    ['rate_limit', 'RESOURCE_EXHAUSTED', 'gemini', 429, google(429, 'RESOURCE_EXHAUSTED')],
    ['rate_limit', 'rate_limited', 'mistral', 429, { object: 'error', type: 'rate_limited', code: '1300' }],
    ['rate_limit', '429', 'cohere', 429, { id: 'x', message: 'too fast' }],
    ['quota', 'insufficient_quota', 'openai', 429, openai('insufficient_quota', 'insufficient_quota')],
    ['quota', '402', 'openrouter', 402, { error: { code: 402, message: 'no credits' } }],
    ['quota', 'quota_exceeded', 'elevenlabs', 401, { detail: { status: 'quota_exceeded', message: 'no' } }],
    [
      'quota',
      'RESOURCE_EXHAUSTED',
      'gemini',
      429,
      google(429, 'RESOURCE_EXHAUSTED', [{ violations: [{ quotaId: 'GenerateRequestsPerDayPerProject-FreeTier' }] }]),
    ],
    ['quota', 'exceeded_current_quota_error', 'moonshot', 429, { error: { type: 'exceeded_current_quota_error' } }],
    ['auth', 'invalid_api_key', 'openai', 401, openai('invalid_api_key', 'invalid_request_error')],
    ['auth', '401', 'voyage', 401, { detail: 'Provided API key is invalid.' }],
    ['permission', 'PERMISSION_DENIED', 'gemini', 403, google(403, 'PERMISSION_DENIED')],
    ['permission', 'AccessDeniedException', 'bedrock', 403, { __type: 'x#AccessDeniedException', message: 'no' }],
    ['not_found', 'model_not_found', 'openai', 404, openai('model_not_found', 'invalid_request_error')],
    ['not_found', 'not_found', 'interactions', 404, { error: { message: 'no', code: 'not_found' } }],
    ['not_found', '404', 'ollama', 404, { error: 'model "x" not found, try pulling it first' }],
    ['invalid_request', 'context_length_exceeded', 'openai', 400, openai('context_length_exceeded', 'x')],
    ['invalid_request', '400', 'xai', 400, { code: '400', error: 'This model does not support it' }],
    ['invalid_request', '422', 'mistral', 422, { detail: [{ type: 'missing', loc: ['body', 'model'] }] }],
    ['content_filter', 'content_filter', 'azure', 400, openai('content_filter', 'x')],
    [
      'content_filter',
      'moderation_blocked',
      'images',
      400,
      openai('moderation_blocked', 'image_generation_user_error'),
    ],
    ['overloaded', 'overloaded_error', 'anthropic', 529, { type: 'error', error: { type: 'overloaded_error' } }],
    ['overloaded', 'UNAVAILABLE', 'gemini', 503, google(503, 'UNAVAILABLE')],
    ['server', 'INTERNAL', 'gemini', 500, google(500, 'INTERNAL')],
    ['server', '502', 'openai', 502, '<html>Bad gateway</html>'],
    ['timeout', 'DEADLINE_EXCEEDED', 'gemini', 504, google(504, 'DEADLINE_EXCEEDED')],
    ['timeout', '408', 'groq', 408, ''],
    // The whole answer in a list: Gemini's OpenAI-like paths.
    ['rate_limit', 'RESOURCE_EXHAUSTED', 'gemini', 429, [google(429, 'RESOURCE_EXHAUSTED')]],
  ];

  it.each(VECTORS)('is %s: %s at %s with %i', (errorClass, errorType, url, status, answer) => {
    expect(reading({ url: URLS[url], status, answer })).toMatchObject({
      status,
      errorClass,
      errorType,
      usageSource: 'missing',
      usageMissingReason: 'error-response',
    });
  });

  it('that AWS names in a header only', () => {
    const headers = { 'x-amzn-errortype': 'ThrottlingException:http://internal.amazon.com/' };
    expect(reading({ url: URLS.bedrock, status: 429, headers, answer: { message: 'Too many' } })).toMatchObject({
      errorType: 'ThrottlingException',
      errorClass: 'rate_limit',
    });
  });
});

describe('a refusal inside a 200', () => {
  const VECTORS: readonly (readonly [ErrorClass, string, keyof typeof URLS, unknown])[] = [
    ['content_filter', 'PROHIBITED_CONTENT', 'gemini', { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }],
    ['rate_limit', '1002', 'minimax', { base_resp: { status_code: 1002, status_msg: 'x' } }],
    ['content_filter', '1027', 'minimax', { base_resp: { status_code: 1027, status_msg: 'x' } }],
    ['invalid_request', '2013', 'minimax', { base_resp: { status_code: 2013, status_msg: 'x' } }],
    ['quota', '1008', 'minimax', { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } }],
    [
      'server',
      'server_error',
      'responses',
      { id: 'r', status: 'failed', error: { code: 'server_error', message: 'x' } },
    ],
    ['rate_limit', '429', 'openrouter', { id: 'gen-1', error: { code: 429, message: 'upstream' } }],
    ['other', 'error', 'ollama', { error: 'llama runner process has terminated' }],
  ];

  it.each(VECTORS)('is %s: %s at %s', (errorClass, errorType, url, answer) => {
    expect(reading({ url: URLS[url], answer })).toMatchObject({ status: 200, errorClass, errorType });
  });

  it('that the model spoke is an answer with its finish reason, and is billed', () => {
    const answer = {
      id: 'msg_1',
      model: 'claude',
      stop_reason: 'refusal',
      usage: { input_tokens: 5, output_tokens: 2 },
    };
    expect(reading({ url: URLS.anthropic, answer })).toMatchObject({
      errorClass: null,
      errorType: null,
      finishReasons: ['refusal'],
      tokens: { input: 5, output: 2 },
    });
  });
});

describe('a refusal inside a stream', () => {
  const chunk = { id: 'c', model: 'm', choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }] };
  const VECTORS: readonly (readonly [ErrorClass, string, keyof typeof URLS, string | Uint8Array])[] = [
    [
      'overloaded',
      'overloaded_error',
      'anthropic',
      sse(['error', { type: 'error', error: { type: 'overloaded_error' } }]),
    ],
    [
      'invalid_request',
      'tool_use_failed',
      'groq',
      sse(chunk, ['error', { error: { code: 'tool_use_failed', status_code: 400 } }]),
    ],
    ['server', 'internal', 'cerebras', sse(chunk, { error: { message: 'x', code: 'internal' }, status_code: 500 })],
    [
      'rate_limit',
      'rate_limit_exceeded',
      'responses',
      sse({ type: 'error', code: 'rate_limit_exceeded', message: 'x' }),
    ],
    ['overloaded', '503', 'openrouter', sse(chunk, { id: 'c', error: { code: 503, message: 'x' }, choices: [] })],
    ['rate_limit', 'RESOURCE_EXHAUSTED', 'gemini', sse({ error: { code: 429, status: 'RESOURCE_EXHAUSTED' } })],
    ['other', 'error', 'ollama', ndjson({ model: 'm', done: false }, { error: 'unexpected end' })],
    [
      'rate_limit',
      'throttlingException',
      'bedrockStream',
      awsFrame({ ':message-type': 'exception', ':exception-type': 'throttlingException' }, { message: 'slow down' }),
    ],
    [
      'timeout',
      'modelTimeoutException',
      'bedrockStream',
      awsFrame({ ':message-type': 'exception', ':exception-type': 'modelTimeoutException' }, { message: 'x' }),
    ],
  ];

  it.each(VECTORS)('is %s: %s at %s', (errorClass, errorType, url, answer) => {
    const found = reading({ url: URLS[url], request: { model: 'm', stream: true }, answer });
    expect(found).toMatchObject({ status: 200, streamed: true, errorClass, errorType });
    expect(found.tokens.input).toBeNull();
  });
});

it.each(['aborted', 'timeout', 'connection'] as const)('a call without an answer is %s', (failureClass) => {
  const failure: ExchangeFailure = { class: failureClass, code: 'ECONNRESET' };
  const found = reading({ url: URLS.openai, answer: sse({ id: 'c', choices: [] }), complete: false, failure });
  expect(found).toMatchObject({ errorClass: failureClass, errorType: failureClass });
});

it('a sentence is never an error type: it would be a metric’s attribute', () => {
  const error = { message: 'no', type: 'Your organization org-123 must be verified', code: 'See https://x.test/a b' };
  expect(reading({ url: URLS.openai, status: 403, answer: { error } })).toMatchObject({
    errorType: '403',
    errorClass: 'permission',
  });
});
