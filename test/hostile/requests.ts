/** Bytes of hostile requests as they go over the wire: whole ones, cut ones, and what is no HTTP at all. */
import { noise, pick, smallBody } from './bodies.ts';
import type { Body, Random } from './bodies.ts';

export interface HostileRequest {
  readonly kind: string;
  readonly bytes: Buffer;
  /**
   * After the bytes: wait for the answer, close one's own half, or be gone; or wait, and use the connection for the next
   * one, as most senders do.
   */
  readonly then: 'wait' | 'end' | 'destroy' | 'keep';
}

const OTLP_PATHS = ['/v1/logs', '/v1/logs', '/v1/logs', '/v1/metrics', '/v1/traces'];
const ODD_VALUES = [
  '',
  '-1',
  '0',
  '1e999',
  'NaN',
  '99999999999999999999',
  "' or 1=1 --",
  '%00',
  '%ff%fe',
  '../../../etc/passwd',
  '2026-02-30',
  '9999-12-31',
  '0001-01-01',
  'Asia%2FTehran',
  'null',
  '[]',
  '%F0%9F%92%A9',
  'a'.repeat(3000),
];

const CLOSE = 'connection: close';
const KEEP = 'connection: keep-alive';

/** @param paths of the API, as its OpenAPI document has them, with its methods */
export function hostileRequest(
  host: string,
  paths: readonly { readonly path: string; readonly method: string; readonly parameters: readonly string[] }[],
  random: Random,
): HostileRequest {
  const chance = random();
  if (chance < 0.55) {
    const bytes = posted(pick(OTLP_PATHS, random), smallBody(random), host, 'POST', KEEP);
    return { kind: 'malformed', bytes, then: 'keep' };
  }
  if (chance < 0.7) {
    const bytes = posted(pick(OTLP_PATHS, random), smallBody(random), host);
    const cut = bytes.subarray(0, Math.floor(random() * bytes.length));
    return { kind: 'cut', bytes: cut, then: random() < 0.5 ? 'end' : 'destroy' };
  }
  if (chance < 0.85) return { kind: 'no HTTP', bytes: noHttp(host, random), then: 'wait' };
  const { path, method, parameters } = pick(paths, random);
  const query = parameters.map((name) => `${name}=${pick(ODD_VALUES, random)}`).join('&');
  const asked = `${path.replace(/\{[^}]*\}/g, () => encodeURIComponent(pick(ODD_VALUES, random)))}?${query}`;
  const bytes =
    method === 'get' || method === 'delete'
      ? head(`${method.toUpperCase()} ${asked} HTTP/1.1`, host, [KEEP])
      : posted(asked, smallBody(random), host, method.toUpperCase(), KEEP);
  return { kind: 'API', bytes, then: 'keep' };
}

export function posted(path: string, body: Body, host: string, method = 'POST', connection = CLOSE): Buffer {
  const headers = [`content-type: ${body.type}`, `content-length: ${body.bytes.length}`, connection];
  if (body.encoding !== '') headers.push(`content-encoding: ${body.encoding}`);
  return Buffer.concat([head(`${method} ${path} HTTP/1.1`, host, headers), body.bytes]);
}

function head(line: string, host: string, headers: readonly string[]): Buffer {
  return Buffer.from(`${[line, `host: ${host}`, ...headers].join('\r\n')}\r\n\r\n`, 'latin1');
}

function noHttp(host: string, random: Random): Buffer {
  const chunked = ['content-type: application/json', 'transfer-encoding: chunked'];
  const post = 'POST /v1/logs HTTP/1.1';
  return pick<() => Buffer>(
    [
      () => noise(1 + Math.floor(random() * 500), random),
      () => Buffer.from('GET / HTTP/9.9\r\n\r\n'),
      () => Buffer.from('GET /livez\r\n\r\n'),
      () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      // A TLS client's first bytes.
      () => Buffer.concat([Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]), noise(300, random)]),
      () => head('GET /livez HTTP/1.1', host, [`x: ${'y'.repeat(40_000)}`]),
      () =>
        head(
          'GET /livez HTTP/1.1',
          host,
          Array.from({ length: 3000 }, (_, index) => `x-${index}: y`),
        ),
      () => head(`GET /${'a'.repeat(60_000)} HTTP/1.1`, host, []),
      () => head('GET /livez HTTP/1.1', 'evil.example', ['connection: close']),
      () => head('GET /livez HTTP/1.1', host, ['origin: https://evil.example', 'connection: close']),
      () => head(post, host, [...chunked, 'content-length: 5']),
      () => Buffer.concat([head(post, host, chunked), Buffer.from('zz\r\n{}\r\n0\r\n\r\n')]),
      () => Buffer.concat([head(post, host, chunked), Buffer.from('ffffffffffffffff\r\n')]),
      () => head(post, host, ['content-length: -1']),
      () => head(post, host, ['content-length: 1', 'content-length: 2']),
      () => head(post, host, ['content-length: 99999999999', 'content-type: application/json', 'connection: close']),
      () => head(post, host, ['content-length: 0', 'expect: 200-maybe', 'connection: close']),
      () => head('GET /livez HTTP/1.1', host, ['upgrade: websocket', 'connection: upgrade']),
      () => head('CONNECT example.com:443 HTTP/1.1', host, []),
      () => head('TRACE / HTTP/1.1', host, ['connection: close']),
      () => head('GET http://evil.example/livez HTTP/1.1', host, ['connection: close']),
      () => head('GET //%2e%2e/%2e%2e/etc/passwd HTTP/1.1', host, ['connection: close']),
      () => head('GET /%E0%A4%A HTTP/1.1', host, ['connection: close']),
      () => Buffer.concat(Array.from({ length: 50 }, () => head('GET /readyz HTTP/1.1', host, []))),
      () => Buffer.from('GET /livez HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n'),
      () => Buffer.from('GET /livez HTTP/1.1\nhost: a\n\n'),
    ],
    random,
  )();
}
