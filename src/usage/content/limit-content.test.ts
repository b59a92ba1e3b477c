import { describe, expect, it } from 'vitest';
import { limitContent } from './limit-content.ts';
import type { ContentMessage, MessageContent } from './message-content.ts';
import { NO_CONTENT } from './message-content.ts';

const message = (text: string): ContentMessage => ({ role: 'user', parts: [{ type: 'text', content: text }] });
const sizes = ({ systemInstructions, inputMessages, outputMessages }: MessageContent): number[] =>
  [systemInstructions, inputMessages, outputMessages].map((each) => JSON.stringify(each).length);

describe('content', () => {
  it('within its bound stays as it is', () => {
    const content = { ...NO_CONTENT, inputMessages: [message('hi')], outputMessages: [message('ho')] };
    expect(limitContent(content, 1_000)).toEqual(content);
  });

  it('never exceeds its bound, whatever was said', () => {
    const hostile = ['a', '"', '\\', '\u0000', '😀', '\ud800', 'é'].map((one) => message(one.repeat(5_000)));
    const content = {
      ...NO_CONTENT,
      systemInstructions: hostile.flatMap(({ parts }) => parts),
      inputMessages: hostile,
      outputMessages: hostile,
    };
    for (const bound of [0, 1, 50, 100, 101, 1_000, 4_321, 50_000]) {
      const limited = limitContent(content, bound);
      for (const size of sizes(limited)) expect(size).toBeLessThanOrEqual(Math.max(2, bound));
      expect(limited.truncated).toBe(true);
    }
  });

  it('keeps the latest messages of the input, in their order, and the beginning of the output', () => {
    const many = Array.from({ length: 100 }, (_, n) => message(`number ${n}`));
    const limited = limitContent({ ...NO_CONTENT, inputMessages: many, outputMessages: many }, 500);
    expect(limited.inputMessages.at(-1)).toEqual(many.at(-1));
    expect(limited.inputMessages.at(-2)).toEqual(many.at(-2));
    expect(limited.outputMessages[0]).toEqual(many[0]);
  });

  it('cuts a text that is too long, not between the halves of a character, and says so', () => {
    const [cut] = limitContent({ ...NO_CONTENT, outputMessages: [message('😀'.repeat(1_000))] }, 300).outputMessages;
    expect(cut).toMatchObject({ truncated: true, parts: [{ type: 'text', truncated: true }] });
    expect(String(cut?.parts[0]?.['content'])).toMatch(/^(?:😀)+$/u);
  });
});
