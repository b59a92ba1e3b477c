import { describe, expect, it } from 'vitest';
import { geminiSession } from './gemini-session.ts';
import { openaiSession } from './openai-session.ts';
import type { SessionProtocol, SessionSide } from './session.ts';

/** Kinds and ids of what each message means; messages that are not wanted mean nothing. */
function signs(protocol: SessionProtocol, messages: readonly (readonly [SessionSide, unknown])[]): string[] {
  const reader = protocol.start();
  return messages.flatMap(([side, message]) => {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    if (!protocol.wants[side].test(text)) return [];
    return reader.read(side, text).map(({ kind, id }) => (id === null ? kind : `${kind} ${id}`));
  });
}

describe('an OpenAI session', () => {
  it('names its turns by their responses', () => {
    expect(
      signs(openaiSession, [
        ['server', { type: 'session.created', session: { model: 'm' } }],
        ['client', { type: 'response.create', event_id: 'q1' }],
        ['client', { type: 'input_audio_buffer.append', audio: '"type":"response.create"' }],
        ['server', { type: 'response.created', response: { id: 'r1' } }],
        ['server', { type: 'response.output_text.delta', delta: 'x' }],
        ['server', { type: 'rate_limits.updated', rate_limits: [] }],
        ['server', { type: 'response.done', response: { id: 'r1' } }],
        ['server', { type: 'response.completed', response: { id: 'r2' } }],
        ['server', { type: 'error', error: { event_id: 'q2' } }],
      ]),
    ).toEqual(['setup', 'begin q1', 'started r1', 'note', 'end r1', 'end r2', 'refused q2']);
  });

  it('knows the end of a turn also from a message that was cut', () => {
    const cut =
      '{"type":"response.done","event_id":"e","response":{"object":"realtime.response","id":"r1","output":[{"x';
    expect(signs(openaiSession, [['server', cut]])).toEqual(['lost r1']);
  });

  it('empties long texts and keeps the rest', () => {
    const message = {
      type: 'response.done',
      response: { id: 'r', output: ['x'.repeat(300)], usage: { total_tokens: 1 } },
    };
    expect(openaiSession.start().read('server', JSON.stringify(message))[0]!.line).toBe(
      '{"type":"response.done","response":{"id":"r","output":[""],"usage":{"total_tokens":1}}}',
    );
  });
});

describe('a Gemini session', () => {
  const asks = ['client', { clientContent: { turns: [], turnComplete: true } }] as const;
  const works = ['server', { serverContent: { modelTurn: { parts: [] } } }] as const;
  const complete = ['server', { serverContent: { turnComplete: true } }] as const;
  const usage = ['server', { usageMetadata: { totalTokenCount: 1 } }] as const;
  const both = ['server', { serverContent: { turnComplete: true }, usageMetadata: {} }] as const;

  it.each([
    [
      'usage in the last message',
      [asks, works, works, both],
      ['begin', 'started', 'started', 'started', 'usage', 'end'],
    ],
    ['usage after it', [works, complete, usage], ['started', 'started', 'settled', 'started', 'usage', 'end']],
    ['usage before it', [works, usage, complete], ['started', 'started', 'usage', 'started', 'end']],
    ['no usage, and a next turn', [works, complete, works], ['started', 'started', 'settled', 'end', 'started']],
    ['no usage, and a next question', [works, complete, asks], ['started', 'started', 'settled', 'end', 'begin']],
    ['a question into the answer', [asks, works, asks, both], ['begin', 'started', 'started', 'usage', 'end']],
    ['usage outside of turns', [usage], ['usage']],
    [
      'content that only fills the context, and sound',
      [
        ['client', { clientContent: { turns: [], turnComplete: false } }],
        ['client', { realtimeInput: { audio: { data: 'AA' } } }],
      ],
      [],
    ],
    ['text as it comes', [['client', { realtimeInput: { text: 'hi' } }]], ['begin']],
  ] as const)('with %s', (_what, messages, expected) => {
    expect(signs(geminiSession, messages)).toEqual(expected);
  });

  it('keeps the model of its setup, also of one that was cut', () => {
    const read = (text: string) => geminiSession.start().read('client', text)[0]?.line;
    expect(read('{"setup":{"model":"models/m","systemInstruction":{"parts":[]}}}')).toBe(
      '{"setup":{"model":"models/m"}}',
    );
    expect(read('{"setup":{"model":"models/m","systemInstruction":{"par')).toBe('{"setup":{"model":"models/m"}}');
  });

  it('survives messages that are no JSON', () => {
    expect(
      signs(geminiSession, [
        ['server', '{"usageMetadata"'],
        ['client', '{"setup"'],
        ['client', '[]'],
      ]),
    ).toEqual([]);
  });
});
