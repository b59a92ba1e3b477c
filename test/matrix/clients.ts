/** The rows of the matrix. A name says it all: `undici7.request.Pool`, `axios`, `https`. */
import type { ClientTraits } from './scenario.ts';

const VERSIONS = ['undici5', 'undici6', 'undici7', 'undici8'];
const WAYS: Readonly<Record<string, readonly string[]>> = {
  request: ['Agent', 'Pool', 'Client', 'ProxyAgent', 'RetryAgent'],
  stream: ['Agent', 'Client'],
  pipeline: ['Agent', 'Pool'],
  fetch: ['Agent', 'Pool', 'ProxyAgent', 'RetryAgent'],
};
const LIBRARIES = ['axios', 'axios-fetch', 'got11', 'got14', 'node-fetch2', 'node-fetch3', 'gaxios6', 'gaxios7'];

export const CLIENTS: readonly ClientTraits[] = [
  traits('fetch', { library: 'fetch', way: 'fetch' }),
  traits('http', { library: 'http' }),
  traits('https', { library: 'http', tls: true }),
  ...LIBRARIES.map((library) => traits(library, { library })),
  ...VERSIONS.flatMap((library) =>
    Object.entries(WAYS).flatMap(([way, dispatchers]) =>
      dispatchers
        // RetryAgent came with undici 6.
        .filter((dispatcher) => dispatcher !== 'RetryAgent' || library !== 'undici5')
        .map((dispatcher) => traits(`${library}.${way}.${dispatcher}`, { library, way, dispatcher })),
    ),
  ),
  ...VERSIONS.map((library) =>
    traits(`${library}.request.Agent.tls`, { library, way: 'request', dispatcher: 'Agent', tls: true }),
  ),
];

function traits(name: string, some: Partial<ClientTraits>): ClientTraits {
  return { name, library: name, way: null, dispatcher: null, tls: false, ...some };
}
