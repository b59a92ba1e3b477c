import { describe, expect, it } from 'vitest';
import { cleanJson, cleanText } from './clean-text.ts';

describe('text for PostgreSQL', () => {
  it('has neither NUL nor halves of surrogate pairs, also when it is cut within one', () => {
    expect(cleanText('a\0b', 10)).toBe('a\uFFFDb');
    expect(cleanText('\ud83d', 10)).toBe('\uFFFD');
    expect(cleanText('ab😀', 3)).toBe('ab\uFFFD');
    expect(cleanText('ab😀', 4)).toBe('ab😀');
  });

  it('is the same within JSON, in keys and values, at any depth', () => {
    const odd = { 'k\0': ['\ud800', { deep: 'x\0y', fine: 'é\n\u0001' }], n: 1, nothing: null };
    expect(JSON.parse(cleanJson(odd))).toEqual({
      'k\uFFFD': ['\uFFFD', { deep: 'x\uFFFDy', fine: 'é\n\u0001' }],
      n: 1,
      nothing: null,
    });
  });
});
