/** The process of one cell: plays one scenario with one client. Nothing in it knows of Wiretally. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { scenarioNamed } from '../scenarios/index.ts';
import type { ClientTraits } from '../scenario.ts';
import { App } from './app.ts';
import type { Client, ClientSetup } from './client.ts';
import { openTalk } from './socket-clients.ts';

/** Told by the runner in the environment, since `argv` belongs to the application. */
export interface Assignment {
  readonly scenario: string;
  readonly client: ClientTraits;
  readonly origin: string;
  readonly controlPort: number;
  readonly packages: string;
  readonly proxyUrl: string | null;
  readonly ca: string | null;
}

const assignment = JSON.parse(process.env['MATRIX_CELL'] ?? '') as Assignment;
const scenario = scenarioNamed(assignment.scenario);
const require = createRequire(assignment.packages);

const setup: ClientSetup = {
  proxyUrl: assignment.proxyUrl,
  ca: scenario.target === 'untrusted' ? null : assignment.ca,
  connections: scenario.connections ?? null,
  h2: assignment.client.h2,
  load: (name) => import(pathToFileURL(require.resolve(name)).href),
  log: (line) => app.log(line),
};
const { origin, controlPort, client } = assignment;
const app: App = new App({
  origin,
  controlPort,
  client: client.socket ? noClient() : await createClient(client),
  talk: client.socket ? await openTalk(client.library, setup) : noTalk,
});
process.on('unhandledRejection', (reason) => {
  app.log('unhandled rejection');
  app.failed(reason);
  process.exitCode = 9;
});
process.on('exit', (code) => app.log(`exit ${code}`));

await scenario.play(app);
app.log('played');
// Some clients keep their connections for as long as the server does.
process.exit();

async function createClient({ library, way, dispatcher }: ClientTraits): Promise<Client> {
  if (library === 'http') return (await import('./http-clients.ts')).httpClient(setup);
  if (library === 'http2') return (await import('./http2-clients.ts')).http2Client(setup);
  if (library.startsWith('smithy')) return (await import('./smithy-clients.ts')).smithyClient(setup);
  if (library === 'fetch') {
    const { fetchClient } = await import('./fetch-clients.ts');
    return fetchClient(fetch, {}, false);
  }
  if (way !== null && dispatcher !== null) {
    const { undiciClient } = await import('./undici-clients.ts');
    const undici = (await setup.load(library)) as Parameters<typeof undiciClient>[0];
    return undiciClient(undici, way, dispatcher, assignment.origin, setup);
  }
  return (await import('./library-clients.ts')).libraryClient(library, setup);
}

function noClient(): Client {
  const reject = (): Promise<never> => Promise.reject(new Error('a client of WebSockets makes no calls'));
  return { whole: reject, open: reject };
}

function noTalk(): Promise<never> {
  return Promise.reject(new Error('this client opens no WebSockets'));
}
