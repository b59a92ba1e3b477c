import { describe, expect, it } from 'vitest';
import { wholeBody } from '../exchange.ts';
import { headAndTail } from '../reader/exchange.fixture.ts';
import { bodyParts } from './body-parts.ts';

const values = (text: string) => bodyParts(wholeBody(text), null).parts.map(({ value }) => value);
const framing = (text: string) => bodyParts(wholeBody(text), null).framing;

describe('a body', () => {
  it('is told by its first bytes, not by its content type', () => {
    expect(framing('{"a":1}')).toBe('json');
    expect(framing('\n\n  {\n "a": 1\n}\n')).toBe('json');
    expect(framing('{"a":1}\n{"a":2}\n')).toBe('ndjson');
    expect(framing('[{"a":1}\n,\n{"a":2}]')).toBe('json-array');
    expect(framing('data: {"a":1}\n\n')).toBe('sse');
    expect(framing('ID3 audio')).toBe('other');
    expect(framing('')).toBe('empty');
  });

  it('may begin with a byte order mark', () => {
    expect(values('\ufeff{"a":1}')).toEqual([{ a: 1 }]);
    expect(values('\ufeffdata: {"a":1}\n\n')).toEqual([{ a: 1 }]);
  });

  it('of one line of JSON with a line break behind is no stream', () => {
    expect(framing('{"a":1}\n')).toBe('json');
  });

  it('gives the elements of an array, also of one that Google wraps errors in', () => {
    expect(values('[{"error":{"code":429}}]')).toEqual([{ error: { code: 429 } }]);
    expect(values('data: [{"error":{"code":429}}]\n\n')).toEqual([{ error: { code: 429 } }]);
  });

  it('of an indented array that lost both ends is in step at an element that begins a line', () => {
    const text = `[${Array.from({ length: 9 }, (_, n) => `{\n  "n": {\n    "m": ${n}\n  }\n}`).join('\n,\n')}`;
    const view = headAndTail(new TextEncoder().encode(text), 20, 60, false);
    const found = bodyParts(view, null).parts.map(({ value }) => value['n']);
    expect(found.at(-1)).toEqual({ m: 8 });
  });

  it('is parsed only where an event is wanted, but always at its edges', () => {
    const text = [1, 2, 3, 4].map((n) => `data: {"n":${n}}\n\n`).join('');
    const wanted = bodyParts(wholeBody(`${text}data: [DONE]\n\n`), /"n":2/);
    expect(wanted.parts.map(({ value }) => value['n'])).toEqual([1, 2, 4]);
    expect(wanted.done).toBe(true);
  });

  it('says that it is damaged where JSON should be and is not', () => {
    expect(bodyParts(wholeBody('{"a":1,,}'), null)).toMatchObject({ damaged: true, parts: [] });
    expect(bodyParts(wholeBody('data: {"a":1,,}\n\n'), null).damaged).toBe(true);
  });
});

it('events without a blank line between them are documents of their own', () => {
  const text = 'data: {"id":"a"}\ndata: {"usage":{"n":1}}\ndata: [DONE]\n\n';
  const found = bodyParts(wholeBody(text), null);
  expect(found.parts.map(({ value }) => value)).toEqual([{ id: 'a' }, { usage: { n: 1 } }]);
  expect(found.damaged).toBe(false);
});
