import { describe, expect, test } from 'vitest';
import { resolveLedgerEndpoint } from './endpoint.ts';

const resolve = (environment: Record<string, string>) => {
  const { url, headers } = resolveLedgerEndpoint(environment);
  return [url.href, headers];
};

describe('the ledger’s endpoint', () => {
  test('is the local collector’s by default', () => {
    expect(resolve({})).toEqual(['http://localhost:4318/v1/logs', {}]);
  });

  test.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, 'http://c:4318/v1/logs'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c/otlp/' }, 'http://c/otlp/v1/logs'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'http://c:4318/v1/logs'],
    [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://l/in', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c' }, 'http://l/in'],
    [
      { WIRETALLY_LEDGER_ENDPOINT: 'http://w:4319', OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://l' },
      'http://w:4319/v1/logs',
    ],
    [{ WIRETALLY_LEDGER_ENDPOINT: 'https://w/ledger/v1/logs' }, 'https://w/ledger/v1/logs'],
  ])('of %o is %s', (environment, expected) => {
    expect(resolve(environment)[0]).toBe(expected);
  });

  test('gets OTLP’s headers only where OTLP’s variables named it; the ledger’s own token always', () => {
    const headers = { OTEL_EXPORTER_OTLP_HEADERS: 'Api-Key=a%20b,x=y', WIRETALLY_LEDGER_TOKEN: 't' };
    expect(resolve(headers)[1]).toEqual({ 'api-key': 'a b', x: 'y', authorization: 'Bearer t' });
    expect(resolve({ ...headers, WIRETALLY_LEDGER_ENDPOINT: 'http://w' })[1]).toEqual({ authorization: 'Bearer t' });
  });

  test('that is no URL is an error that names the variable', () => {
    expect(() => resolve({ WIRETALLY_LEDGER_ENDPOINT: 'localhost:4318' })).toThrow(/WIRETALLY_LEDGER_ENDPOINT.*http/);
  });
});
