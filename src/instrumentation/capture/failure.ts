/** What an error of a transport means for a record: a class and a code, never a message. */
import type { ExchangeFailure } from '@wiretally/usage';

const ABORTED = new Set(['ABORT_ERR', 'UND_ERR_ABORTED', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED', 'ERR_CANCELED']);
const TIMEOUTS = new Set([
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/**
 * Codes of the runtime look like this; anything else could carry text of the application. The slash is OpenSSL's:
 * `ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE`.
 */
const CODE = /^[A-Z][A-Z0-9_/]{1,80}$/;

/**
 * Errors of Node and undici carry a code. One without is the application's own: the reason it gave to `abort()`, or an
 * exception of its handler, which undici turns into an abort.
 */
export function failureOf(error: unknown): ExchangeFailure {
  const { name, code: stated, cause } = describe(error);
  // What a waiting stream of `node:http2` gets when its connection did not come about.
  if (stated === 'ERR_HTTP2_STREAM_CANCEL' && describe(cause).code !== undefined) return failureOf(cause);
  const code = typeof stated === 'string' && CODE.test(stated) ? stated : null;
  if (name === 'TimeoutError' || (code !== null && TIMEOUTS.has(code))) return { class: 'timeout', code };
  if (code === null || name === 'AbortError' || ABORTED.has(code)) return { class: 'aborted', code };
  return { class: 'connection', code };
}

function describe(error: unknown): { name?: unknown; code?: unknown; cause?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}
