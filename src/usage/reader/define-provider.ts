/** ProviderSpec → Provider: routing, and the order in which an exchange is read. */
import { resultLineReader } from '../dialects/batch-results.ts';
import type { ResultLineReader } from '../dialects/batch-results.ts';
import type { Exchange } from '../exchange.ts';
import type { Provider, Route } from '../providers/provider.ts';
import type { Reading } from '../record.ts';
import { decoded } from './decoded.ts';
import { failedReading, readAnswer } from './read-answer.ts';
import type { OperationSpec, ProviderSpec } from './provider-spec.ts';

export interface Routed {
  readonly route: Route;
  /** Null for paths that no operation claims. */
  readonly operation: OperationSpec | null;
}

const ADMIN: Routed = {
  route: { kind: 'admin', operation: 'admin', serviceType: 'other', model: null },
  operation: null,
};

export function defineProvider(spec: ProviderSpec): Provider {
  const { name, shortName, displayName, hosts, report } = spec;
  return {
    name,
    shortName,
    displayName,
    hosts,
    report,
    route: (method: string, url: URL): Route => routeOf(spec, method, url).route,
    results(method: string, url: URL): ResultLineReader | null {
      const dialectOf = routeOf(spec, method, url).operation?.results;
      return dialectOf === undefined ? null : resultLineReader(dialectOf);
    },
    session: (method: string, url: URL) => routeOf(spec, method, url).operation?.session ?? null,
    read(exchange: Exchange, url: URL): Reading {
      const routed = routeOf(spec, exchange.request.method, url);
      try {
        return readAnswer(spec, routed, exchange, url);
      } catch {
        return failedReading(spec, routed.route, exchange);
      }
    },
  };
}

/** Exported for gateways that serve other providers' operations below their own paths. */
export function routeOf(spec: Pick<ProviderSpec, 'operations'>, method: string, url: URL): Routed {
  const path = trimSlash(url.pathname);
  for (const operation of spec.operations) {
    if (operation.method !== '*' && operation.method !== method) continue;
    const match = operation.path.exec(path);
    if (match === null) continue;
    const { kind, serviceType } = operation;
    const model = operation.model === undefined ? decoded(match.groups?.['model']) : operation.model(match, url);
    return { route: { kind, operation: operation.operation, serviceType, model }, operation };
  }
  return ADMIN;
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
