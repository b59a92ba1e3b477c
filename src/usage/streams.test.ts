/** A stream read from its head and its tail is the stream. */
import { assert, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BodyView, Exchange } from './exchange.ts';
import { wholeBody } from './exchange.ts';
import { readExchange } from './read.ts';
import { awsEvent, headAndTail, joined, ndjson, sse } from './reader/exchange.fixture.ts';
import type { Reading, TokenCounts } from './record.ts';

const FILLER = 'Lörem "ipsum" {\\"usage\\": {\\"total_tokens\\": 77}} 👋 \n\ndata: {"usage":{"prompt_tokens":99}} ';

interface Stream {
  readonly name: string;
  readonly url: string;
  readonly request: string;
  readonly bytes: Uint8Array;
}

const encode = (text: string) => new TextEncoder().encode(text);
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

const chatChunk = (n: number) => ({
  id: 'chatcmpl-1',
  model: 'gpt',
  choices: [{ index: 0, delta: { content: `${FILLER}${n}` }, finish_reason: null }],
  usage: null,
});
const responses = {
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  model: 'gpt-5',
  service_tier: 'default',
  output: many(30, (n) => ({
    type: 'message',
    status: 'completed',
    content: [{ type: 'output_text', text: `${FILLER}${n}` }],
  })),
  tools: [],
  usage: { input_tokens: 40, output_tokens: 60, total_tokens: 100, input_tokens_details: { cached_tokens: 8 } },
  metadata: {},
};

const STREAMS: readonly Stream[] = [
  {
    name: 'OpenAI chat',
    url: 'https://api.openai.com/v1/chat/completions',
    request: '{"model":"gpt","stream":true,"stream_options":{"include_usage":true}}',
    bytes: encode(
      sse(
        ...many(80, chatChunk),
        { id: 'chatcmpl-1', model: 'gpt', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null },
        {
          id: 'chatcmpl-1',
          model: 'gpt',
          choices: [],
          usage: { prompt_tokens: 5, completion_tokens: 80, total_tokens: 85 },
        },
        '[DONE]',
      ),
    ),
  },
  {
    name: 'OpenAI responses',
    url: 'https://api.openai.com/v1/responses',
    request: '{"model":"gpt-5","stream":true}',
    bytes: encode(
      sse(
        [
          'response.created',
          { type: 'response.created', response: { ...responses, status: 'in_progress', output: [], usage: null } },
        ],
        ...many(40, (n) => [
          'response.output_text.delta',
          { type: 'response.output_text.delta', delta: `${FILLER}${n}` },
        ]),
        ['response.completed', { type: 'response.completed', sequence_number: 41, response: responses }],
      ),
    ),
  },
  {
    name: 'Anthropic',
    url: 'https://api.anthropic.com/v1/messages',
    request: '{"model":"claude","stream":true}',
    bytes: encode(
      sse(
        [
          'message_start',
          {
            type: 'message_start',
            message: {
              id: 'msg_1',
              model: 'claude',
              usage: { input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 1 },
            },
          },
        ],
        ...many(60, (n) => [
          'content_block_delta',
          { type: 'content_block_delta', delta: { type: 'text_delta', text: `${FILLER}${n}` } },
        ]),
        [
          'message_delta',
          {
            type: 'message_delta',
            delta: { stop_reason: 'end_turn' },
            usage: { input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 60 },
          },
        ],
        ['message_stop', { type: 'message_stop' }],
      ),
    ),
  },
  {
    name: 'Gemini',
    url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini:streamGenerateContent?alt=sse',
    request: '{"contents":[]}',
    bytes: encode(
      sse(
        ...many(60, (n) => ({
          candidates: [
            { content: { parts: [{ text: `${FILLER}${n}` }] }, ...(n === 59 ? { finishReason: 'STOP' } : {}) },
          ],
          usageMetadata: { promptTokenCount: 4, candidatesTokenCount: n, totalTokenCount: 4 + n },
          modelVersion: 'gemini',
          responseId: 'r',
        })),
      ).replaceAll('\n', '\r\n'),
    ),
  },
  {
    name: 'Gemini as an array',
    url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini:streamGenerateContent',
    request: '{"contents":[]}',
    bytes: encode(
      `[${many(60, (n) => JSON.stringify({ candidates: [{ content: { parts: [{ text: `${FILLER}${n}` }] }, ...(n === 59 ? { finishReason: 'STOP' } : {}) }], usageMetadata: { promptTokenCount: 4, candidatesTokenCount: n, totalTokenCount: 4 + n }, modelVersion: 'gemini', responseId: 'r' }, null, 2)).join('\n,\n')}\n]\n`,
    ),
  },
  {
    name: 'Bedrock Converse',
    url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream',
    request: '{"messages":[]}',
    bytes: joined(
      awsEvent('messageStart', { role: 'assistant' }),
      ...many(60, (n) => awsEvent('contentBlockDelta', { delta: { text: `${FILLER}${n}` } })),
      awsEvent('messageStop', { stopReason: 'end_turn' }),
      awsEvent('metadata', { usage: { inputTokens: 4, outputTokens: 60, totalTokens: 64 } }),
    ),
  },
  {
    name: 'Ollama',
    url: 'http://localhost:11434/api/chat',
    request: '{"model":"llama"}',
    bytes: encode(
      ndjson(...many(80, (n) => ({ model: 'llama', message: { content: `${FILLER}${n}` }, done: false })), {
        model: 'llama',
        done: true,
        done_reason: 'stop',
        prompt_eval_count: 9,
        eval_count: 80,
      }),
    ),
  },
  {
    name: 'Cohere v1',
    url: 'https://api.cohere.ai/v1/chat',
    request: '{"model":"command","stream":true}',
    bytes: encode(
      ndjson(
        { event_type: 'stream-start', generation_id: 'g' },
        ...many(60, (n) => ({ event_type: 'text-generation', text: `${FILLER}${n}` })),
        {
          is_finished: true,
          event_type: 'stream-end',
          finish_reason: 'COMPLETE',
          response: {
            generation_id: 'g',
            text: FILLER.repeat(60),
            finish_reason: 'COMPLETE',
            meta: {
              billed_units: { input_tokens: 3, output_tokens: 60 },
              tokens: { input_tokens: 30, output_tokens: 61 },
            },
          },
        },
      ),
    ),
  },
];

function read(stream: Stream, body: BodyView): Reading {
  const exchange: Exchange = {
    request: { method: 'POST', url: stream.url, headers: {}, body: wholeBody(stream.request) },
    response: { status: 200, headers: {}, body },
  };
  const found = readExchange(exchange);
  if (found === null) throw new Error(`no provider for ${stream.url}`);
  return found;
}

describe.each(STREAMS.map((stream) => [stream.name, stream] as const))('a stream of %s', (_name, stream) => {
  const whole = read(stream, wholeBody(stream.bytes));

  it('states its usage once, whatever is written in the answer', () => {
    expect(whole).toMatchObject({ usageSource: 'stream-final', usageMissingReason: null, streamed: true });
    expect(whole.finishReasons).toHaveLength(1);
    expect([64, 85, 100, 72, 63, 89, 91]).toContain(whole.tokens.total);
  });

  it('reads the same from any head and a tail that holds its last events', () => {
    assert(
      property(nat(6000), nat(6000), (head, more) => {
        expect(read(stream, headAndTail(stream.bytes, 700 + head, 2000 + more))).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('calls no count final that is not, however little is kept of it', () => {
    assert(
      property(nat(1500), nat(1500), (head, tail) => {
        const found = read(stream, headAndTail(stream.bytes, head, tail));
        if (found.usageSource !== 'stream-final') return;
        for (const [name, count] of Object.entries(found.tokens))
          expect(count === null || count === whole.tokens[name as keyof TokenCounts]).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('reads the same when it is read again, and changes no byte', () => {
    assert(
      property(nat(stream.bytes.length), nat(stream.bytes.length), (head, tail) => {
        const body = headAndTail(stream.bytes, head, tail);
        const before = Buffer.from(stream.bytes).toString('latin1');
        expect(read(stream, body)).toEqual(read(stream, body));
        expect(Buffer.from(stream.bytes).toString('latin1')).toBe(before);
      }),
      { numRuns: 20 },
    );
  });

  it('reads the same wherever head and tail meet', () => {
    assert(
      property(nat(stream.bytes.length), (at) => {
        const body = {
          head: stream.bytes.subarray(0, at),
          tail: stream.bytes.subarray(at),
          length: stream.bytes.length,
          complete: true,
        };
        expect(read(stream, body)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('cut anywhere gives no count that the stream did not state', () => {
    const totals = new Set<number | null>([null]);
    for (let at = 0; at <= stream.bytes.length; at += 37)
      totals.add(read(stream, wholeBody(stream.bytes.subarray(0, at), false)).tokens.total);
    for (const total of totals) expect(total === null || total <= (whole.tokens.total ?? 0)).toBe(true);
    expect(read(stream, wholeBody(stream.bytes.subarray(0, 1), false)).usageMissingReason).toBe('aborted');
  });
});

it('what looked final before the gap is not', () => {
  const gemini = STREAMS.find(({ name }) => name === 'Gemini');
  if (gemini === undefined) throw new Error('the stream is listed above');
  // Each event says STOP, as Gemini's do at times.
  const text = new TextDecoder().decode(gemini.bytes).replaceAll('"}]}}]', '"}]},"finishReason":"STOP"}]');
  for (const tail of [10, 0]) {
    const found = read(gemini, headAndTail(encode(text), 900, tail));
    expect(found).toMatchObject({ usageSource: 'stream-last-seen', tokens: { input: 4 } });
  }
});

it('a stream whose final event lies in the gap states only what was last seen', () => {
  const anthropic = STREAMS.find(({ name }) => name === 'Anthropic');
  if (anthropic === undefined) throw new Error('the stream is listed above');
  const found = read(anthropic, headAndTail(anthropic.bytes, 700, 40));
  expect(found).toMatchObject({ usageSource: 'stream-last-seen', tokens: { input: 12, output: 1 } });
});
