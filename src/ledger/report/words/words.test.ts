import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../language.ts';
import { WORDS } from './index.ts';

/** Every wording of a catalogue by its path; functions are asked with plain arguments. */
function wordings(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    return [[path, String((value as (...given: unknown[]) => unknown)(3, 5, 'x'))]];
  }
  return Object.entries(value as object).flatMap(([key, each]) => wordings(each, `${path}.${key}`));
}

describe.each(LANGUAGES)('the words of %s', (language) => {
  test('are all there', () => {
    const found = new Map(wordings(WORDS[language]));
    expect([...found.keys()]).toEqual(wordings(WORDS.en).map(([path]) => path));
    for (const [path, text] of found) expect(text, path).toMatch(/\S/);
    for (const [path, text] of found) expect(text, path).not.toMatch(/undefined|#/);
  });
});

test('Persian and Arabic are written in their own letters, but for names', () => {
  for (const language of ['fa', 'ar'] as const) {
    const latin = wordings(WORDS[language]).filter(
      ([path, text]) => !/[\u0600-\u06FF]/.test(text) && !/locale|labelled/.test(path),
    );
    const names = ['.block.internalTracking', '.block.liveLimitsFromHeaders', '.columns.provider'];
    expect(latin.map(([path]) => path).filter((path) => !names.includes(path))).toEqual([]);
  }
});

test('numbers take the plural that the language has', () => {
  expect([1, 2, 5].map(WORDS.en.statistics.callsWithoutUsage)).toEqual([
    '1 call without usage',
    '2 calls without usage',
    '5 calls without usage',
  ]);
  expect([1, 2, 3, 30, 100].map((days) => WORDS.ar.period(days))).toEqual([
    'آخر يوم',
    'آخر يومين',
    'آخر 3 أيام',
    'آخر 30 يومًا',
    'آخر 100 يوم',
  ]);
  expect(WORDS.fa.period(30)).toBe('۳۰ روز گذشته');
});
