/** The rows of the matrix. A name says it all: `undici7.request.Pool`, `axios`, `https`. */
import type { ClientTraits } from './scenario.ts';

const VERSIONS = ['undici5', 'undici6', 'undici7', 'undici8'];
const WAYS: Readonly<Record<string, readonly string[]>> = {
  request: ['Agent', 'Pool', 'Client', 'ProxyAgent', 'EnvHttpProxyAgent', 'RetryAgent', 'composed'],
  stream: ['Agent', 'Client', 'ProxyAgent', 'RetryAgent'],
  pipeline: ['Agent', 'Pool', 'composed'],
  fetch: ['Agent', 'Pool', 'Client', 'ProxyAgent', 'EnvHttpProxyAgent', 'RetryAgent', 'composed'],
};
/** These came with undici 6, as did an HTTP/2 that works. */
const SINCE_6 = ['EnvHttpProxyAgent', 'RetryAgent', 'composed'];
const LIBRARIES = ['axios', 'axios-fetch', 'got11', 'got14', 'node-fetch2', 'node-fetch3', 'gaxios6', 'gaxios7'];

const undiciRows = VERSIONS.flatMap((library) =>
  Object.entries(WAYS).flatMap(([way, dispatchers]) =>
    dispatchers
      .filter((dispatcher) => library !== 'undici5' || !SINCE_6.includes(dispatcher))
      .map((dispatcher) => traits(`${library}.${way}.${dispatcher}`, { library, way, dispatcher })),
  ),
);
const undiciTlsRows = VERSIONS.flatMap((library) => {
  const row = (way: string, h2: boolean): ClientTraits =>
    traits(`${library}.${way}.Agent.${h2 ? 'h2' : 'tls'}`, { library, way, dispatcher: 'Agent', tls: true, h2 });
  const h1 = [row('request', false)];
  return library === 'undici5' ? h1 : [...h1, row('request', true), row('stream', true), row('fetch', true)];
});

export const CLIENTS: readonly ClientTraits[] = [
  traits('fetch', { library: 'fetch', way: 'fetch' }),
  // The server offers HTTP/2; the fetch of Node 26 takes it.
  traits('fetch.tls', { library: 'fetch', way: 'fetch', tls: true, h2: true }),
  traits('http', { library: 'http' }),
  traits('https', { library: 'http', tls: true }),
  traits('http2', { library: 'http2', h2: true }),
  traits('http2.tls', { library: 'http2', tls: true, h2: true }),
  ...LIBRARIES.map((library) => traits(library, { library })),
  traits('axios.h2', { library: 'axios-h2', tls: true, h2: true }),
  traits('got14.h2', { library: 'got14-h2', tls: true, h2: true }),
  // What the AWS SDK sends with.
  traits('smithy', { library: 'smithy' }),
  traits('smithy.h2', { library: 'smithy-h2', h2: true }),
  ...undiciRows,
  ...undiciTlsRows,
  ...['WebSocket', 'ws', ...VERSIONS].map((library) =>
    traits(library === 'WebSocket' || library === 'ws' ? library : `${library}.WebSocket`, { library, socket: true }),
  ),
];

function traits(name: string, some: Partial<ClientTraits>): ClientTraits {
  return { name, library: name, way: null, dispatcher: null, tls: false, h2: false, socket: false, ...some };
}
