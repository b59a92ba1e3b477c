import { describe, expect, it } from 'vitest';
import { looksLikeSse, sseEvents } from './sse.ts';

const whole = (text: string) => sseEvents({ text, cutStart: false, cutEnd: false });
const datas = (text: string) => whole(text).map(({ data }) => data);

describe('server-sent events', () => {
  it('are separated by blank lines of LF, CRLF or CR', () => {
    for (const end of ['\n', '\r\n', '\r'])
      expect(datas(['data: 1', '', 'data: 2', '', ''].join(end))).toEqual(['1', '2']);
  });

  it('may hold comments, names, ids and several lines of data', () => {
    const text = ': keep-alive\n\n: again\nevent: delta\nid: 7\nretry: 5\ndata: a\ndata:b\n\ndata\n\n';
    expect(whole(text)).toEqual([{ name: 'delta', data: 'a\nb', cutStart: false, cutEnd: false }]);
  });

  it('are handed out at the end of the stream also without a final blank line', () => {
    expect(datas('data: 1\n\ndata: 2')).toEqual(['1', '2']);
    expect(datas('data: 1\n\ndata: 2\n')).toEqual(['1', '2']);
  });

  it('are in step again after the first blank line where the beginning is missing', () => {
    const events = sseEvents({ text: 'x","n":1}\n\ndata: {"n":2}\n\n', cutStart: true, cutEnd: false });
    expect(events.map(({ data, cutStart }) => [data, cutStart])).toEqual([
      ['x","n":1}', true],
      ['{"n":2}', false],
    ]);
  });

  it('take a cut in the middle of the field name or of CRLF', () => {
    const first = sseEvents({ text: 'ata: {"n":1}\r\n\r\ndata: {"n":2}\r\n\r\n', cutStart: true, cutEnd: false });
    expect(first.map(({ cutStart }) => cutStart)).toEqual([true, false]);
    const second = sseEvents({ text: '\n\r\ndata: {"n":2}\r\n\r\n', cutStart: true, cutEnd: false });
    expect(second.map(({ data, cutStart }) => [data, cutStart])).toEqual([['{"n":2}', false]]);
  });

  it('say that the last one lost its end', () => {
    expect(sseEvents({ text: 'data: {"n":', cutStart: false, cutEnd: true })).toEqual([
      { name: null, data: '{"n":', cutStart: false, cutEnd: true },
    ]);
  });
});

it('a stream is known by its first line: a comment, a field, or blank lines before one', () => {
  expect(looksLikeSse(': OPENROUTER PROCESSING\n\n')).toBe(true);
  expect(looksLikeSse('\n\nevent: message_start\n')).toBe(true);
  expect(looksLikeSse('{"data": 1}')).toBe(false);
  expect(looksLikeSse('plain text')).toBe(false);
});
