/** Where ledger records go, and with which headers. */

export interface LedgerEndpoint {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The variable that decided it, or `default`. */
  readonly source: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const LOGS_PATH = 'v1/logs';
const DEFAULT_URL = 'http://localhost:4318/v1/logs';

/**
 * `WIRETALLY_LEDGER_ENDPOINT` (a base URL, or the whole path when it has one), then the standard OTLP variables: the one
 * for logs is used as it is, the general one gets `/v1/logs` appended, as the OTLP exporter specification says.
 *
 * Headers of the OTLP variables are sent to the OTLP endpoints only: a token for somebody's backend has no business at a
 * ledger elsewhere. `WIRETALLY_LEDGER_TOKEN` is sent to whichever endpoint it is.
 *
 * @throws Error where a variable is no http(s) URL.
 */
export function resolveLedgerEndpoint(environment: Environment): LedgerEndpoint {
  const token = environment['WIRETALLY_LEDGER_TOKEN'];
  const bearer: Record<string, string> =
    token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };

  const own = nonEmpty(environment['WIRETALLY_LEDGER_ENDPOINT']);
  if (own !== null) {
    const url = parse(own, 'WIRETALLY_LEDGER_ENDPOINT');
    return { url: url.pathname === '/' ? append(url) : url, headers: bearer, source: 'WIRETALLY_LEDGER_ENDPOINT' };
  }
  const headers = {
    ...parseHeaders(environment['OTEL_EXPORTER_OTLP_HEADERS']),
    ...parseHeaders(environment['OTEL_EXPORTER_OTLP_LOGS_HEADERS']),
    ...bearer,
  };
  const logs = nonEmpty(environment['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT']);
  if (logs !== null) {
    const source = 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT';
    return { url: parse(logs, source), headers, source };
  }
  const general = nonEmpty(environment['OTEL_EXPORTER_OTLP_ENDPOINT']);
  if (general !== null) {
    const source = 'OTEL_EXPORTER_OTLP_ENDPOINT';
    return { url: append(httpPortOf(parse(general, source), environment)), headers, source };
  }
  return { url: new URL(DEFAULT_URL), headers, source: 'default' };
}

/**
 * Services that speak OTLP over gRPC have the gRPC port in the general variable; we speak HTTP only, so the well-known
 * HTTP port beside it is asked instead.
 */
function httpPortOf(url: URL, environment: Environment): URL {
  const protocol = environment['OTEL_EXPORTER_OTLP_LOGS_PROTOCOL'] ?? environment['OTEL_EXPORTER_OTLP_PROTOCOL'];
  if (protocol === 'grpc' && url.port === '4317') url.port = '4318';
  return url;
}

function parse(value: string, variable: string): URL {
  const url = URL.parse(value);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new Error(`${variable} is not an http(s) URL: set it to something like http://localhost:4318`);
  }
  return url;
}

function append(base: URL): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${LOGS_PATH}`;
  return url;
}

/** `a=b,c=d`, values percent-encoded. */
function parseHeaders(text: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of (text ?? '').split(',')) {
    const equals = pair.indexOf('=');
    if (equals <= 0) continue;
    const value = pair.slice(equals + 1).trim();
    try {
      headers[pair.slice(0, equals).trim().toLowerCase()] = decodeURIComponent(value);
    } catch {
      headers[pair.slice(0, equals).trim().toLowerCase()] = value;
    }
  }
  return headers;
}

function nonEmpty(value: string | undefined): string | null {
  return value === undefined || value.trim() === '' ? null : value.trim();
}
