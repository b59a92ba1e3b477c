/** One cell: the same scenario without us and with us, each in a fresh process, and what differs. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UsageRecord } from '@wiretally/usage';
import type { Assignment } from './app/main.ts';
import { differences } from './compare.ts';
import { wrongRecords } from './expect-records.ts';
import { nodeBinary, ROOT } from './install.ts';
import { REGISTER, runApp, shownRecord } from './run-app.ts';
import type { AppRun } from './run-app.ts';
import type { ClientTraits, Scenario } from './scenario.ts';
import { startCellServer } from './wire/cell-server.ts';
import type { ServedRun } from './wire/cell-server.ts';
import { startProxy } from './wire/proxy.ts';
import { spooledRecords } from './wire/records.ts';

export interface Cell {
  readonly node: string;
  readonly client: ClientTraits;
  readonly scenario: Scenario;
}

/** What cells have in common. */
export interface Surroundings {
  /** The application of a cell; see bundle.ts. */
  readonly app: string;
  readonly packages: string;
  readonly ledgerUrl: string;
  readonly ca: string;
  readonly caFile: string;
  readonly cert: string;
  readonly key: string;
}

/** What one run looked like, from inside and from the server. */
export interface Run extends AppRun {
  readonly served: ServedRun;
}

const BROKEN = new URL('wire/broken-observer.ts', import.meta.url).href;
export interface CellResult {
  /** A line each; empty where all is well. */
  readonly wrong: readonly string[];
  readonly transcript: string;
}

export async function runCell({ node, client, scenario }: Cell, around: Surroundings): Promise<CellResult> {
  const untrusted = scenario.target === 'untrusted';
  const secure = client.tls || untrusted;
  const server = await startCellServer(scenario, secure ? { cert: around.cert, key: around.key } : null, client.h2);
  const proxy = client.dispatcher?.endsWith('ProxyAgent') === true ? await startProxy() : null;
  const spool = mkdtempSync(join(tmpdir(), 'wiretally-matrix-'));
  const port = scenario.target === 'refused' ? await closedPort() : server.port;
  const host = `${scenario.target === 'unknown-host' ? 'no-such-host.invalid' : '127.0.0.1'}:${port}`;
  const assignment: Assignment = {
    scenario: scenario.name,
    client,
    origin: `http${secure ? 's' : ''}://${host}`,
    controlPort: server.controlPort,
    packages: around.packages,
    proxyUrl: proxy?.url ?? null,
    ca: secure ? around.ca : null,
  };
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_OPTIONS: '',
    NODE_COMPILE_CACHE: join(ROOT, '.cache/matrix/compiled'),
    MATRIX_CELL: JSON.stringify(assignment),
    WIRETALLY_HOSTS:
      scenario.target === 'not-mapped' ? 'other.invalid=openai' : `${host}=${scenario.provider ?? 'openai'}`,
    WIRETALLY_LEDGER_ENDPOINT: around.ledgerUrl,
    WIRETALLY_SPOOL_DIR: spool,
    WIRETALLY_QUIET: '1',
    OTEL_EXPORTER_OTLP_ENDPOINT: around.ledgerUrl,
    ...(secure && !untrusted && { NODE_EXTRA_CA_CERTS: around.caFile }),
  };
  const binary = nodeBinary(around.packages, node);
  try {
    const alone = { ...(await runApp(binary, [around.app], env)), served: await server.takeRun() };
    const preload = scenario.brokenObserver === true ? BROKEN : REGISTER;
    const watched = {
      ...(await runApp(binary, ['--import', preload, around.app], env)),
      served: await server.takeRun(),
    };
    const records: UsageRecord[] = spooledRecords(spool);
    // Two runs that fail in the same manner are equal, too.
    const { exit = '0' } = scenario;
    const failed = alone.exit === exit ? [] : [`exit ${alone.exit} without us: ${alone.stderr || alone.transcript}`];
    const wrong = wrongRecords(records, scenario.records(client), watched.served.requests.length);
    const transcript = `${watched.transcript}${records.map((record) => shownRecord(record)).join('')}`;
    return {
      wrong: [...failed, ...differences(alone, watched, scenario.anyConnections ?? false), ...wrong],
      transcript,
    };
  } finally {
    rmSync(spool, { recursive: true, force: true });
    server.close();
    proxy?.close();
  }
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
