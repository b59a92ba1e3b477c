import { expect, it } from 'vitest';
import { multipartBoundary, multipartFields } from './multipart.ts';

const BODY = [
  '--xYz',
  'Content-Disposition: form-data; name="file"; filename="speech.mp3"',
  'Content-Type: audio/mpeg',
  '',
  'name="model" is not a field here',
  '--xYz',
  'Content-Disposition: form-data; name="model"',
  '',
  'whisper-1',
  '--xYz',
  'Content-Disposition: form-data; name="n"',
  '',
  '2',
  '--xYz--',
  '',
].join('\r\n');

it('reads text fields and skips files', () => {
  const boundary = multipartBoundary('multipart/form-data; boundary="xYz"') ?? '';
  const fields = multipartFields([{ text: BODY, cutStart: false, cutEnd: false }], boundary);
  expect([...fields]).toEqual([
    ['model', 'whisper-1'],
    ['n', '2'],
  ]);
});

it('finds fields behind a file whose middle is missing', () => {
  const tail = BODY.slice(BODY.indexOf('is not a field'));
  expect(multipartFields([{ text: tail, cutStart: true, cutEnd: false }], 'xYz').get('model')).toBe('whisper-1');
});

it('knows no boundary where the content type is another', () => {
  expect(multipartBoundary('application/json')).toBeNull();
  expect(multipartBoundary(undefined)).toBeNull();
});
