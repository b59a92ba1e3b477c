import { assert, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wholeBody } from '../exchange.ts';
import { defaultHosts } from '../hosts.ts';
import { headAndTail, ndjson, reading } from '../reader/exchange.fixture.ts';
import type { ReadLine } from './batch-results.ts';

const OPENAI_FILE = 'https://api.openai.com/v1/files/file-1/content';
const ANTHROPIC = 'https://api.anthropic.com/v1/messages/batches/msgbatch_1/results';
const GEMINI = 'https://generativelanguage.googleapis.com/download/v1beta/files/batch-1:download?alt=media';

/** Every host that serves result files, each with a path and the line that it writes. */
const openaiLine = (body: unknown) => ({
  id: 'batch_req_1',
  custom_id: 'a',
  response: { status_code: 200, request_id: 'r', body },
  error: null,
});
const chat = {
  id: 'chatcmpl-1',
  model: 'm-1',
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12, prompt_tokens_details: { cached_tokens: 4 } },
};
const CHAT_PART = {
  kind: 'batch_line',
  id: 'a',
  responseId: 'chatcmpl-1',
  model: 'm-1',
  tokens: { input: 10, output: 2, cacheRead: 4, total: 12 },
  units: {},
};

function read(url: string, line: unknown): ReadLine {
  const parsed = new URL(url);
  const provider = defaultHosts.lookup(parsed.host)?.provider(parsed.pathname);
  const readLine = provider?.results?.('GET', parsed) ?? null;
  if (readLine === null) throw new Error(`${url} is no result file`);
  if (line instanceof Uint8Array) return readLine(headAndTail(line, 4096, 4096), 7);
  return readLine(wholeBody(typeof line === 'string' ? line : JSON.stringify(line)), 7);
}

describe('a line of a batch’s results', () => {
  it.each([
    OPENAI_FILE,
    'https://my.openai.azure.com/openai/files/file-1/content?api-version=2025-01-01',
    'https://api.groq.com/openai/v1/files/file_01/content',
    'https://gateway.ai.cloudflare.com/v1/account/gateway/openai/files/file-1/content',
    'https://api.mistral.ai/v1/files/6f/content',
    'https://api.together.xyz/v1/files/file-1/content',
    'https://dashscope-intl.aliyuncs.com/compatible-mode/v1/files/file-1/content',
    'https://api.moonshot.ai/v1/files/f/content',
    'https://api.z.ai/api/paas/v4/files/f/content',
  ])('is the answer that the request alone would have had (%s)', (url) => {
    expect(read(url, openaiLine(chat))).toMatchObject({ isResult: true, parts: [CHAT_PART] });
  });

  it('may answer a request to the Responses API, with searches, or one for embeddings', () => {
    const response = {
      object: 'response',
      id: 'resp_1',
      model: 'm-1',
      status: 'completed',
      output: [{ type: 'web_search_call', action: { type: 'search' }, status: 'completed' }],
      usage: { input_tokens: 10, output_tokens: 2, total_tokens: 12, output_tokens_details: { reasoning_tokens: 1 } },
    };
    expect(read(OPENAI_FILE, openaiLine(response)).parts).toMatchObject([
      { id: 'a', responseId: 'resp_1', tokens: { input: 10, output: 2, reasoning: 1 }, units: { searches: 1 } },
    ]);
    const embeddings = { object: 'list', model: 'e-1', data: [], usage: { prompt_tokens: 8, total_tokens: 8 } };
    expect(read(OPENAI_FILE, openaiLine(embeddings)).parts).toMatchObject([
      { id: 'a', model: 'e-1', tokens: { input: 8, output: null, total: 8 } },
    ]);
  });

  it('of Anthropic has cached input beside the other, searches, and parts where the message has them', () => {
    const message = {
      id: 'msg_1',
      type: 'message',
      model: 'claude-x',
      usage: {
        input_tokens: 4,
        cache_read_input_tokens: 6,
        output_tokens: 1,
        server_tool_use: { web_search_requests: 2 },
        service_tier: 'batch',
      },
    };
    const line = (usage: object) => ({
      custom_id: 'a',
      result: { type: 'succeeded', message: { ...message, usage: { ...message.usage, ...usage } } },
    });
    expect(read(ANTHROPIC, line({})).parts).toMatchObject([
      { id: 'a', responseId: 'msg_1', model: 'claude-x', tokens: { input: 10, output: 1 }, units: { searches: 2 } },
    ]);
    const iterations = [
      { type: 'message', input_tokens: 4, output_tokens: 1 },
      { type: 'advisor_message', model: 'claude-y', input_tokens: 100, output_tokens: 50 },
    ];
    expect(read(ANTHROPIC, line({ iterations })).parts).toMatchObject([
      { id: 'a', model: 'claude-x', tokens: { input: 4, output: 1 }, units: { searches: 2 } },
      { id: 'a#1', model: 'claude-y', tokens: { input: 100, output: 50 }, units: {} },
    ]);
  });

  it('of Gemini is known by its answer’s id, else by its key, else by its place', () => {
    const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 4, thoughtsTokenCount: 5, totalTokenCount: 12 };
    const tokens = { input: 3, output: 9, reasoning: 5 };
    const response = { responseId: 'r-1', modelVersion: 'g-1', usageMetadata };
    expect(read(GEMINI, { key: 'k', response }).parts).toMatchObject([{ id: 'r-1', model: 'g-1', tokens }]);
    expect(read(GEMINI, { key: 'k', response: { usageMetadata } }).parts).toMatchObject([{ id: 'k', tokens }]);
    expect(read(GEMINI, { response: { usageMetadata } }).parts).toMatchObject([{ id: '#7', tokens }]);
  });

  it('that is too long to be kept whole is read at both ends', () => {
    const body = {
      object: 'list',
      data: [{ embedding: Array.from({ length: 9000 }, (_, n) => n / 7), text: '"usage":{"prompt_tokens":1}' }],
      model: 'e-1',
      usage: { prompt_tokens: 8, total_tokens: 8 },
    };
    const line = new TextEncoder().encode(JSON.stringify(openaiLine(body)));
    expect(line.length).toBeGreaterThan(100_000);
    expect(read(OPENAI_FILE, line).parts).toMatchObject([{ id: 'a', model: 'e-1', tokens: { input: 8 } }]);
  });

  it('of a request that failed is a line without usage', () => {
    const failed = { custom_id: 'a', response: { status_code: 400, body: { error: { code: 'x' } } }, error: null };
    expect(read(OPENAI_FILE, failed)).toEqual({ isResult: true, parts: [] });
    expect(read(OPENAI_FILE, { custom_id: 'a', response: null, error: { code: 'batch_expired' } })).toEqual({
      isResult: true,
      parts: [],
    });
    expect(read(ANTHROPIC, { custom_id: 'b', result: { type: 'errored', error: { type: 'error' } } })).toEqual({
      isResult: true,
      parts: [],
    });
  });

  it('is none in any other file', () => {
    for (const line of [{ messages: [] }, [1], 'text', 7]) expect(read(OPENAI_FILE, line).isResult).toBe(false);
  });
});

it('whatever a line holds, reading it neither throws nor counts what cannot be', () => {
  const hostile = [-1, 1.5, 1e300, 2 ** 53, '7', '', null, true, [], [[]], {}, { length: -1 }, '\ud800'];
  const check = (line: ReadLine): void => {
    for (const { id, tokens } of line.parts) {
      expect(typeof id).toBe('string');
      const counts = Object.values(tokens).filter((count) => count !== null);
      expect(counts.every((count) => Number.isSafeInteger(count) && count >= 0)).toBe(true);
    }
  };
  for (const value of hostile) {
    const usage = {
      prompt_tokens: value,
      completion_tokens: 1,
      input_tokens: value,
      output_tokens: 2,
      iterations: [value],
    };
    const answers = [
      value,
      { usage: value },
      { id: value, model: value, usage },
      { usageMetadata: { promptTokenCount: value } },
    ];
    for (const answer of answers) {
      for (const id of ['a', value]) {
        check(read(OPENAI_FILE, { custom_id: id, response: { body: answer }, error: value }));
        check(read(ANTHROPIC, { custom_id: id, result: { message: answer } }));
        check(read(GEMINI, { key: id, metadata: value, response: answer }));
      }
    }
  }
  assert(property(uint8Array({ maxLength: 200 }), (bytes) => check(read(GEMINI, bytes))));
});

describe('a batch’s results at hand', () => {
  it('that tell of failed requests did not fail themselves', () => {
    const failed = { custom_id: 'b', response: null, error: { code: 'batch_expired', message: 'm' } };
    expect(reading({ method: 'GET', url: OPENAI_FILE, answer: ndjson(openaiLine(chat), failed) })).toMatchObject({
      errorType: null,
      errorClass: null,
      responseId: 'file-1',
      parts: [CHAT_PART],
    });
  });

  it('may be one line', () => {
    expect(reading({ method: 'GET', url: OPENAI_FILE, answer: openaiLine(chat) })).toMatchObject({
      kind: 'restated',
      operation: 'batch',
      parts: [CHAT_PART],
    });
  });
});

describe('a batch', () => {
  const V1 = 'https://api.openai.com/v1';
  const job = { id: 'batch_1', object: 'batch', model: 'gpt-5-2025-08-07', output_file_id: 'file-1' };
  const usage = { input_tokens: 10, output_tokens: 2, total_tokens: 12 };

  it('that is done says what it used, and where its results are', () => {
    const answer = { ...job, status: 'completed', usage };
    expect(reading({ method: 'GET', url: `${V1}/batches/batch_1`, answer })).toMatchObject({
      kind: 'restated',
      responseId: 'batch_1',
      resultsId: 'file-1',
      tokens: { input: 10, output: 2 },
      usageMissingReason: null,
    });
  });

  it.each(['validating', 'in_progress', 'finalizing', 'cancelling'])(
    'that is %s has not used what it says',
    (status) => {
      const zeros = { input_tokens: 0, output_tokens: 0, total_tokens: 0 };
      for (const stated of [zeros, usage, undefined]) {
        expect(
          reading({ url: `${V1}/batches`, answer: { ...job, output_file_id: null, status, usage: stated } }),
        ).toMatchObject({ kind: 'call', tokens: { input: null }, usageMissingReason: 'pending' });
      }
    },
  );

  it.each([
    ['Mistral', 'https://api.mistral.ai/v1/batch/jobs/j', { id: 'j', status: 'SUCCESS', output_file: 'f' }, 'f'],
    [
      'Gemini',
      'https://generativelanguage.googleapis.com/v1beta/batches/b',
      { name: 'batches/b', metadata: { state: 'BATCH_STATE_SUCCEEDED' }, response: { responsesFile: 'files/f' } },
      'files/f',
    ],
  ])('of %s names its results’ file', (_, url, answer, resultsId) => {
    expect(reading({ method: 'GET', url, answer })).toMatchObject({ resultsId, usageMissingReason: 'pending' });
  });
});
