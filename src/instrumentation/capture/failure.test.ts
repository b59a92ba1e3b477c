import { describe, expect, it } from 'vitest';
import { failureOf } from './failure.ts';

const withCode = (code: unknown, name = 'Error') => Object.assign(new Error('some message'), { code, name });

describe('failureOf', () => {
  it.each([
    [new DOMException('stop', 'AbortError'), { class: 'aborted', code: null }],
    [new DOMException('too late', 'TimeoutError'), { class: 'timeout', code: null }],
    [withCode('UND_ERR_ABORTED', 'AbortError'), { class: 'aborted', code: 'UND_ERR_ABORTED' }],
    [withCode('UND_ERR_DESTROYED'), { class: 'aborted', code: 'UND_ERR_DESTROYED' }],
    [withCode('UND_ERR_HEADERS_TIMEOUT'), { class: 'timeout', code: 'UND_ERR_HEADERS_TIMEOUT' }],
    [withCode('ETIMEDOUT'), { class: 'timeout', code: 'ETIMEDOUT' }],
    [withCode('ECONNREFUSED'), { class: 'connection', code: 'ECONNREFUSED' }],
    [withCode('CERT_HAS_EXPIRED'), { class: 'connection', code: 'CERT_HAS_EXPIRED' }],
    [
      withCode('ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'),
      { class: 'connection', code: 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE' },
    ],
    [withCode('UND_ERR_SOCKET'), { class: 'connection', code: 'UND_ERR_SOCKET' }],
    ['a reason of the application', { class: 'aborted', code: null }],
    [new Error('a reason of the application'), { class: 'aborted', code: null }],
    [undefined, { class: 'aborted', code: null }],
    [null, { class: 'aborted', code: null }],
  ] as const)('reads %s', (error, failure) => {
    expect(failureOf(error)).toEqual(failure);
  });

  it('never passes on a text as a code', () => {
    expect(failureOf(withCode('user jane@example.com left')).code).toBeNull();
  });
});
