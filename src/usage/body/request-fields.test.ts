import { describe, expect, it } from 'vitest';
import { wholeBody } from '../exchange.ts';
import type { BodyView } from '../exchange.ts';
import { headAndTail } from '../reader/exchange.fixture.ts';
import { requestFields } from './request-fields.ts';
import { byteSegments } from './segments.ts';

const fields = (body: BodyView | null, type = 'application/json') =>
  requestFields({ method: 'POST', url: 'https://x', headers: { 'content-type': type }, body });

describe('a request’s fields', () => {
  it('are found before and behind a prompt whose middle is missing', () => {
    const prompt = '"model":"not-this","stream":false,'.repeat(500);
    const text = JSON.stringify({ model: 'gpt-4o', messages: [{ content: prompt }], stream: true, user: 'u' });
    const found = fields(headAndTail(new TextEncoder().encode(text), 300, 200));
    expect([found.get('model'), found.get('stream'), found.get('user')]).toEqual(['gpt-4o', true, 'u']);
    expect(found.whole).toBe(false);
  });

  it('are those of a form where the body is one', () => {
    const body = '--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--b--\r\n';
    expect(fields(wholeBody(body), 'multipart/form-data; boundary=b').get('model')).toBe('whisper-1');
  });

  it('are none where there is no body, or nothing of JSON in it', () => {
    for (const body of [null, wholeBody(''), wholeBody('model=gpt-4o'), wholeBody('[1,2]')])
      expect(fields(body).get('model')).toBeUndefined();
    expect(fields(wholeBody('{"a":1}')).get('toString')).toBeUndefined();
  });
});

describe('a body’s pieces', () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6);

  it('are one where head and tail meet, or overlap', () => {
    for (const split of [2, 3]) {
      const view = { head: bytes.subarray(0, 3), tail: bytes.subarray(split), length: 6, complete: true };
      expect(byteSegments(view)).toEqual([{ bytes, cutStart: false, cutEnd: false }]);
    }
  });

  it('are two where the middle is missing', () => {
    const view = { head: bytes.subarray(0, 1), tail: bytes.subarray(5), length: 6, complete: false };
    expect(byteSegments(view)).toEqual([
      { bytes: Uint8Array.of(1), cutStart: false, cutEnd: true },
      { bytes: Uint8Array.of(6), cutStart: true, cutEnd: true },
    ]);
  });
});
