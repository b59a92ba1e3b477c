import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_MESSAGE, splitMessage } from './split-message.ts';

describe('long messages', () => {
  test('a short text is one message, as it is', () => {
    expect(splitMessage('💎 a\n\n• b')).toEqual(['💎 a\n\n• b']);
  });

  test('lines stay whole and in order, and no message is longer than Telegram takes', () => {
    const line = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .map((text) => `• ${text.replaceAll(/\s/g, '_')}`);
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 200, max: 400 }),
        (lines, limit) => {
          const messages = splitMessage(lines.join('\n'), limit);
          expect(messages.every(({ length }) => length <= limit)).toBe(true);
          expect(messages.flatMap((message) => message.split('\n'))).toEqual(lines);
        },
      ),
    );
  });

  test('a line that is longer than a message is cut between characters', () => {
    const messages = splitMessage(`head\n${'👩‍👩‍👧'.repeat(1000)}\ntail`);
    expect(messages.every(({ length }) => length <= MAX_MESSAGE)).toBe(true);
    expect(messages.join('').replaceAll(/\n/g, '')).toBe(`head${'👩‍👩‍👧'.repeat(1000)}tail`);
    expect(messages.every((message) => !/^\u200D|\u200D$/.test(message))).toBe(true);
  });

  test('nothing is sent for nothing', () => {
    expect(splitMessage('\n\n  ')).toEqual([]);
  });
});
