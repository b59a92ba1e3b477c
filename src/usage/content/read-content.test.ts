import { describe, expect, it } from 'vitest';
import { wholeBody } from '../exchange.ts';
import type { BodyView } from '../exchange.ts';
import { exchangeOf, sse } from '../reader/exchange.fixture.ts';
import type { Told } from '../reader/exchange.fixture.ts';
import type { MessageContent } from './message-content.ts';
import { readContent } from './read-content.ts';

const URL_TEXT = 'https://api.example.test/v1/any';
const read = (told: Omit<Told, 'url'>): MessageContent => readContent(exchangeOf({ url: URL_TEXT, ...told }));
const said = (content: string) => ({ type: 'text', content });

/** What the conventions' JSON schemas demand of each kind of part. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  text: ['content'],
  reasoning: ['content'],
  tool_call: ['name'],
  tool_call_response: ['response'],
  server_tool_call: ['name', 'server_tool_call'],
  blob: ['modality', 'content'],
  uri: ['modality', 'uri'],
  file: ['modality', 'file_id'],
};

function keepsToSchema({ systemInstructions, inputMessages, outputMessages }: MessageContent): void {
  const messages = [...inputMessages, ...outputMessages];
  for (const { role } of messages) expect(role).toMatch(/^\w+$/);
  for (const part of [...systemInstructions, ...messages.flatMap(({ parts }) => parts)]) {
    for (const field of REQUIRED[part.type] ?? []) expect(part, part.type).toHaveProperty(field);
  }
}

describe('what OpenAI’s chat says', () => {
  const request = {
    model: 'gpt-4o-mini',
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'https://example.test/a.png' } },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(1000)}` } },
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"where":"here"}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'a cat' },
    ],
  };

  it('is its messages in their order, tools and media as parts, binary data left out', () => {
    const content = read({
      request,
      answer: { choices: [{ index: 0, message: { role: 'assistant', content: 'A cat.' }, finish_reason: 'stop' }] },
    });
    keepsToSchema(content);
    expect(content.systemInstructions).toEqual([]);
    expect(content.inputMessages).toEqual([
      { role: 'system', parts: [said('Be brief.')] },
      {
        role: 'user',
        parts: [
          said('What is this?'),
          { type: 'uri', modality: 'image', mime_type: null, uri: 'https://example.test/a.png' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: '', truncated: true },
          { type: 'blob', modality: 'audio', mime_type: null, content: '', truncated: true },
        ],
      },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'look', arguments: { where: 'here' } }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'a cat' }] },
    ]);
    expect(content.outputMessages).toEqual([{ role: 'assistant', parts: [said('A cat.')], finish_reason: 'stop' }]);
    expect(content.truncated).toBe(true);
  });

  it('is put together from the chunks of a stream, choice by choice', () => {
    const delta = (index: number, piece: object, reason: string | null = null) => ({
      choices: [{ index, delta: piece, finish_reason: reason }],
    });
    const tool = (piece: object) => ({ tool_calls: [{ index: 0, ...piece }] });
    const { outputMessages, truncated } = read({
      request: { messages: [{ role: 'user', content: 'hi' }] },
      answer: sse(
        delta(0, { role: 'assistant', content: '', reasoning_content: 'hm' }),
        delta(1, { content: 'Two' }),
        delta(0, { content: 'On' }),
        delta(0, { content: 'e' }),
        delta(0, tool({ id: 'c1', function: { name: 'look', arguments: '{"a"' } })),
        delta(0, tool({ function: { arguments: ':1}' } }), 'tool_calls'),
        delta(1, {}, 'length'),
        '[DONE]',
      ),
    });
    expect(outputMessages).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'hm' },
          said('One'),
          { type: 'tool_call', id: 'c1', name: 'look', arguments: { a: 1 } },
        ],
        finish_reason: 'tool_call',
      },
      { role: 'assistant', parts: [said('Two')], finish_reason: 'length' },
    ]);
    expect(truncated).toBe(false);
  });

  it('of text completions is the prompt and the text', () => {
    const { inputMessages, outputMessages } = read({
      request: { prompt: 'Once' },
      answer: { choices: [{ index: 0, text: ' upon', finish_reason: 'length' }] },
    });
    expect(inputMessages).toEqual([{ role: 'user', parts: [said('Once')] }]);
    expect(outputMessages).toEqual([{ role: 'assistant', parts: [said(' upon')], finish_reason: 'length' }]);
  });
});

describe('what OpenAI’s Responses say', () => {
  const output = [
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'thinking' }] },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] },
    { type: 'function_call', call_id: 'c2', name: 'look', arguments: '{}' },
  ];
  const asParts = [
    { type: 'reasoning', content: 'thinking' },
    said('Hello'),
    { type: 'tool_call', id: 'c2', name: 'look', arguments: {} },
  ];

  it('is instructions, items and one answer', () => {
    const content = read({
      request: {
        instructions: 'Be kind.',
        input: [
          { role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
          { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}' },
          { type: 'function_call_output', call_id: 'c1', output: 'done' },
        ],
      },
      answer: { status: 'completed', output },
    });
    keepsToSchema(content);
    expect(content.systemInstructions).toEqual([said('Be kind.')]);
    expect(content.inputMessages).toEqual([
      { role: 'user', parts: [said('hi')] },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'f', arguments: { a: 1 } }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'done' }] },
    ]);
    expect(content.outputMessages).toEqual([{ role: 'assistant', parts: asParts, finish_reason: 'stop' }]);
  });

  it('is the last event’s whole answer, once, however its pieces came', () => {
    const events = [
      ['response.output_text.delta', { type: 'response.output_text.delta', output_index: 1, delta: 'Hel' }],
      ['response.output_text.delta', { type: 'response.output_text.delta', output_index: 1, delta: 'lo' }],
      ['response.output_item.done', { type: 'response.output_item.done', output_index: 1, item: output[1] }],
    ] as const;
    const last = { type: 'response.completed', response: { status: 'completed', output } };
    const request = { input: 'hi' };
    const whole = read({ request, answer: sse(...events, ['response.completed', last]) });
    expect(whole.outputMessages[0]?.parts.toSorted((a, b) => a.type.localeCompare(b.type))).toEqual(asParts);
    const cut = read({ request, answer: sse(...events.slice(0, 2)), complete: false });
    expect(cut.outputMessages).toEqual([{ role: 'assistant', parts: [said('Hello')] }]);
    expect([whole.truncated, cut.truncated]).toEqual([false, true]);
  });
});

describe('what Anthropic’s messages say', () => {
  const request = {
    system: [{ type: 'text', text: 'Be exact.' }],
    messages: [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'look', input: { a: 1 } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'ok' }] }] },
      { role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } }] },
    ],
  };
  const parts = [
    { type: 'reasoning', content: 'hm' },
    said('Hello'),
    { type: 'tool_call', id: 't2', name: 'look', arguments: { b: 2 } },
  ];

  it('is system, messages and blocks', () => {
    const content = read({
      request,
      answer: {
        type: 'message',
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm' },
          { type: 'text', text: 'Hello' },
          { type: 'tool_use', id: 't2', name: 'look', input: { b: 2 } },
        ],
        stop_reason: 'tool_use',
      },
    });
    keepsToSchema(content);
    expect(content.systemInstructions).toEqual([said('Be exact.')]);
    expect(content.inputMessages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'user']);
    expect(content.inputMessages[2]?.parts).toEqual([{ type: 'tool_call_response', id: 't1', response: 'ok' }]);
    expect(content.outputMessages).toEqual([{ role: 'assistant', parts, finish_reason: 'tool_call' }]);
  });

  const events = [
    { type: 'message_start', message: { role: 'assistant', content: [] } },
    { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
    { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hel' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'lo' } },
    { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 't2', name: 'look', input: {} } },
    { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"b":' } },
    { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '2}' } },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } },
    { type: 'message_stop' },
  ];

  it('is put together from a stream’s events', () => {
    const { outputMessages } = read({ request, answer: sse(...events.map((event) => [event.type, event])) });
    expect(outputMessages).toEqual([{ role: 'assistant', parts, finish_reason: 'tool_call' }]);
  });
});

describe('what Gemini says', () => {
  const request = {
    systemInstruction: { parts: [{ text: 'Be short.' }] },
    contents: [
      { role: 'user', parts: [{ text: 'hi' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
      { role: 'model', parts: [{ functionCall: { name: 'look', args: { a: 1 } } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'look', response: { found: true } } }] },
      { parts: [{ fileData: { mimeType: 'video/mp4', fileUri: 'gs://bucket/a.mp4' } }] },
    ],
  };
  const candidate = (...parts: readonly object[]) => ({
    candidates: [{ content: { role: 'model', parts }, index: 0 }],
  });

  it('is instruction, contents and candidates', () => {
    const content = read({
      request,
      answer: { candidates: [{ content: { parts: [{ text: 'Hello' }] }, finishReason: 'STOP', index: 0 }] },
    });
    keepsToSchema(content);
    expect(content.systemInstructions).toEqual([said('Be short.')]);
    expect(content.inputMessages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'user']);
    expect(content.inputMessages[2]?.parts).toEqual([
      { type: 'tool_call_response', id: 'look', response: { found: true } },
    ]);
    expect(content.outputMessages).toEqual([{ role: 'assistant', parts: [said('Hello')], finish_reason: 'stop' }]);
  });

  it('is put together from a stream, of events or of one array', () => {
    const chunks = [
      candidate({ text: 'hm', thought: true }),
      candidate({ text: 'Hel' }),
      candidate({ text: 'lo' }, { functionCall: { name: 'look', args: {} } }),
    ];
    for (const answer of [sse(...chunks), JSON.stringify(chunks)]) {
      expect(read({ request, answer }).outputMessages).toEqual([
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'hm' },
            said('Hello'),
            { type: 'tool_call', name: 'look', arguments: {} },
          ],
        },
      ]);
    }
  });
});

describe('what others say', () => {
  it('is read from Bedrock’s Converse, Cohere and Ollama', () => {
    const hello = [{ role: 'assistant', parts: [said('Hello')], finish_reason: 'stop' }];
    const converse = read({
      request: { system: [{ text: 'Be.' }], messages: [{ role: 'user', content: [{ text: 'hi' }] }] },
      answer: { output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } }, stopReason: 'end_turn' },
    });
    expect([converse.systemInstructions, converse.outputMessages]).toEqual([[said('Be.')], hello]);
    const cohere = {
      message: { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
      finish_reason: 'COMPLETE',
    };
    expect(read({ answer: cohere }).outputMessages).toEqual(hello);
    const ollama = ['Hel', 'lo'].map((content) => JSON.stringify({ message: { role: 'assistant', content } }));
    const last = JSON.stringify({ message: { content: '' }, done: true, done_reason: 'stop' });
    expect(read({ answer: [...ollama, last].join('\n') }).outputMessages).toEqual(hello);
  });

  it('of a kind that is not known is only that it was there', () => {
    const { inputMessages } = read({
      request: { messages: [{ role: 'user', content: [{ type: 'hologram', data: 'secret bytes' }] }] },
    });
    expect(inputMessages).toEqual([{ role: 'user', parts: [{ type: 'hologram' }] }]);
  });

  it('is nothing of an error, of a WebSocket, and of bodies that are no JSON', () => {
    expect(read({ status: 429, answer: { error: { message: 'secret' } } }).outputMessages).toEqual([]);
    expect(read({ status: 101, answer: '{"choices":[{"text":"x"}]}' }).outputMessages).toEqual([]);
    for (const body of ['', '{', 'no json', '[[[', '\u0000', '{"messages":{"a":1}}', '{"messages":[null,1,"a",[]]}']) {
      const content = read({ request: body, answer: body });
      expect([content.inputMessages, content.outputMessages]).toEqual([[], []]);
    }
  });
});

describe('what was not kept', () => {
  const clip = (text: string, head: number, tail: number): BodyView => {
    const bytes = new TextEncoder().encode(text);
    return { head: bytes.slice(0, head), tail: bytes.slice(bytes.length - tail), length: bytes.length, complete: true };
  };
  const exchange = (request: BodyView, answer: BodyView) => ({
    request: { method: 'POST', url: URL_TEXT, headers: {}, body: request },
    response: { status: 200, headers: {}, body: answer },
  });

  it('of a long conversation is its middle: first and last messages are there, and it says so', () => {
    const messages = Array.from({ length: 200 }, (_, n) => ({ role: 'user', content: `message number ${n}` }));
    const body = JSON.stringify({ model: 'm', messages, temperature: 0 });
    const content = readContent(exchange(clip(body, 1000, 1000), wholeBody('{}')));
    const texts = content.inputMessages.flatMap(({ parts }) => parts.map((part) => part['content']));
    expect([texts[0], texts.at(-1)]).toEqual(['message number 0', 'message number 199']);
    expect(texts.length).toBeLessThan(60);
    expect(content.truncated).toBe(true);
  });

  it('of a long stream is its middle, and no part runs over the gap', () => {
    const chunks = Array.from({ length: 500 }, (_, n) => ({ choices: [{ index: 0, delta: { content: `w${n} ` } }] }));
    const content = readContent(exchange(wholeBody('{}'), clip(sse(...chunks), 2000, 2000)));
    const texts = content.outputMessages[0]?.parts.map((part) => String(part['content'])) ?? [];
    expect(texts).toHaveLength(2);
    expect(texts[0]).toMatch(/^w0 w1 /);
    expect(texts[1]).toMatch(/w499 $/);
    expect(content.truncated).toBe(true);
  });

  it('is never half a text: what touches the cut is left out', () => {
    const body = JSON.stringify({ messages: [{ role: 'user', content: 'card 4111 1111 1111 1111' }] });
    for (let head = 0; head < body.length - 3; head += 1) {
      const cut: BodyView = {
        head: new TextEncoder().encode(body.slice(0, head)),
        tail: new Uint8Array(0),
        length: body.length,
        complete: false,
      };
      expect(JSON.stringify(readContent(exchange(cut, wholeBody('{}'))))).not.toContain('4111');
    }
  });
});
