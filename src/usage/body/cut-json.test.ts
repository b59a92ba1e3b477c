import { assert, json, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CUT_KEY, CUT_MARK, parseCutEnd, parseCutStart } from './cut-json.ts';

describe('JSON whose end is missing', () => {
  it('keeps members that are certainly complete and marks what lost some', () => {
    expect(parseCutEnd('{"a":1,"b":{"c":"x","d":12')).toEqual({ a: 1, b: { c: 'x', [CUT_MARK]: 0 }, [CUT_MARK]: 0 });
  });

  it('drops a number that touches the cut, since it may go on', () => {
    expect(parseCutEnd('{"output_tokens":12')).toEqual({ [CUT_MARK]: 0 });
    expect(parseCutEnd('{"output_tokens":12,')).toEqual({ output_tokens: 12, [CUT_MARK]: 0 });
  });

  it('takes nothing inside a string for structure', () => {
    const text = '{"content":"she said \\"usage\\": {\\"total\\": 1}, \\\\","id":"x","rest":"{[';
    expect(parseCutEnd(text)).toEqual({ content: 'she said "usage": {"total": 1}, \\', id: 'x', [CUT_MARK]: 0 });
  });

  it('reads a whole document as it is, whatever follows it', () => {
    expect(parseCutEnd('{"a":[1,2]} trailing')).toEqual({ a: [1, 2] });
  });
});

describe('JSON whose beginning is missing', () => {
  it('finds the members after the cut at their own depth', () => {
    const text = 'ome text","finish_reason":"stop"}],"usage":{"total_tokens":3}}';
    expect(parseCutStart(text)).toEqual({
      [CUT_KEY]: [{ [CUT_MARK]: 0 }, { [CUT_MARK]: 0, finish_reason: 'stop' }],
      usage: { total_tokens: 3 },
    });
  });

  it('does not see a usage object that is written in a string', () => {
    const text = 'x \\"usage\\": {\\"total_tokens\\": 99}, \\"b\\": 1","c":{"d":"}{\\\\"}}';
    expect(parseCutStart(text)).toEqual({ [CUT_MARK]: 0, c: { d: '}{\\' } });
  });

  it('cannot tell a quote at the very beginning from an escaped one, and leaves it out', () => {
    expect(parseCutStart('","usage":{"a":1}}')).toEqual({ [CUT_MARK]: 0, usage: { a: 1 } });
    expect(parseCutStart('\\\\","usage":{"a":1}}')).toEqual({ [CUT_MARK]: 0, usage: { a: 1 } });
  });

  it('refuses what does not end like JSON', () => {
    expect(parseCutStart('<html></html>')).toBeUndefined();
    expect(parseCutStart(': keep-alive')).toBeUndefined();
    expect(parseCutStart('')).toBeUndefined();
  });
});

describe('any document cut anywhere', () => {
  it('never gives a value that the whole document does not have at that place', () => {
    assert(
      property(json({ maxDepth: 4 }), nat(), (text, at) => {
        const whole: unknown = JSON.parse(text);
        const cut = at % (text.length + 1);
        expect(agrees(parseCutEnd(text.slice(0, cut)), whole, 'end')).toBe(true);
        expect(agrees(parseCutStart(text.slice(cut)), whole, 'start')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('survives nesting of a hundred thousand levels', () => {
    const deep = '['.repeat(100_000);
    expect(() => parseCutEnd(deep)).not.toThrow();
    expect(() => parseCutStart(']'.repeat(100_000))).not.toThrow();
  });
});

/** Is every certain value of `part` in `whole`, in its place (counted from the end where the beginning is cut)? */
function agrees(part: unknown, whole: unknown, cut: 'start' | 'end'): boolean {
  if (part === undefined) return true;
  if (Array.isArray(part)) {
    if (!Array.isArray(whole)) return false;
    const items = part.filter((item) => !isMark(item));
    const offset = cut === 'start' ? whole.length - items.length : 0;
    return items.every((item, index) => agrees(item, whole[offset + index], cut));
  }
  if (typeof part === 'object' && part !== null) {
    if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return false;
    return Object.entries(part).every(([key, value]) => {
      if (key === CUT_MARK) return true;
      if (key === CUT_KEY) return Object.values(whole).some((member) => agrees(value, member, cut));
      return Object.hasOwn(whole, key) && agrees(value, (whole as Record<string, unknown>)[key], cut);
    });
  }
  return Object.is(part, whole);
}

function isMark(item: unknown): boolean {
  return typeof item === 'object' && item !== null && CUT_MARK in item && Object.keys(item).length === 1;
}
