/** Starts what docker-compose.yml describes as plain processes on free loopback ports, and stops all of it. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { escapeLiteral } from 'pg';
import { installedProgram } from '../../scripts/stack/install.ts';
import { repositoryRoot, stackCache } from '../../scripts/stack/cache.ts';
import { containerPorts, launchOf, readCompose, type Launch } from './compose.ts';
import { freePorts } from './ports.ts';
import { execute, startPostgres } from './postgres.ts';
import { answers, startProcess, waitUntil, type StackProcess } from './processes.ts';

export interface RealStack {
  /** Configuration, data and logs of this run; removed at the end. */
  readonly folder: string;
  /** Base URLs. */
  readonly collector: string;
  readonly collectorMetrics: string;
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly ledger: string;
  /** The ledger asks for it. */
  readonly token: string;
  /** A connection as the ledger has it, and one as dashboards have it. */
  readonly databaseUrl: string;
  readonly readerUrl: string;
  readonly processes: ReadonlyMap<string, StackProcess>;
  /** Starts a service again that was stopped or killed. */
  start(service: string): Promise<void>;
  stop(): Promise<void>;
}

const STARTED = ['prometheus', 'alertmanager', 'ledger', 'collector'] as const;
type Started = (typeof STARTED)[number];

const READY: Record<Started, string> = {
  prometheus: '/-/ready',
  alertmanager: '/-/ready',
  ledger: '/readyz',
  collector: '/',
};

export interface RealStackOptions {
  /** Values that would stand in `.env`, beside the secrets, which are made up. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** @throws Error with the output of the part that did not start; the others are stopped then */
export async function startRealStack(options: RealStackOptions = {}): Promise<RealStack> {
  const compose = readCompose(path.join(repositoryRoot, 'docker-compose.yml'));
  const folder = mkdtempSync(path.join(tmpdir(), 'wiretally-stack-'));
  // PostgreSQL may run as another user, and has to reach its folder in this one.
  chmodSync(folder, 0o711);
  const logs = path.join(folder, 'logs');
  mkdirSync(logs);

  const wanted: [string, number][] = Object.entries(compose.services).flatMap(([name, service]) =>
    containerPorts(service).map((port): [string, number] => [name, port]),
  );
  wanted.push(['postgres', 5432]);
  const free = await freePorts(wanted.length);
  const ports = new Map(wanted.map(([name, port], index) => [`${name}:${port}`, free[index]!]));
  const variables = {
    WIRETALLY_TOKEN: secret(),
    POSTGRES_PASSWORD: secret(),
    WIRETALLY_READER_PASSWORD: secret(),
    GRAFANA_ADMIN_PASSWORD: secret(),
    ...options.variables,
  };
  const url = (service: string, port: number): string => `http://127.0.0.1:${ports.get(`${service}:${port}`)}`;
  const bases: Record<Started, string> = {
    prometheus: url('prometheus', 9090),
    alertmanager: url('alertmanager', 9093),
    ledger: url('ledger', 4319),
    collector: url('collector', 13133),
  };
  const launches = new Map<string, Launch>(
    ['postgres', ...STARTED].map((name) => [
      name,
      launchOf(name, compose.services[name]!, { source: repositoryRoot, folder, ports, variables }),
    ]),
  );

  const processes = new Map<string, StackProcess>();
  const start = async (name: string): Promise<void> => {
    const service = name as Started;
    const { args, env, root } = launches.get(service)!;
    const [command, before] = programOf(service);
    const started = startProcess({
      name: service,
      command,
      args: [...before, ...args],
      env,
      cwd: root,
      logFile: path.join(logs, `${service}.log`),
    });
    processes.set(service, started);
    await waitUntil(`${service} is ready`, () => answers(`${bases[service]}${READY[service]}`), { process: started });
  };
  const stop = async (): Promise<void> => {
    // Last in, first out: the collector hands on what it has while the ledger still listens.
    for (const each of [...processes.values()].toReversed()) await each.stop();
    rmSync(folder, { recursive: true, force: true });
  };

  const database = launches.get('postgres')!.env;
  const connection = (user: string, password: string): string =>
    `postgres://${user}:${password}@127.0.0.1:${ports.get('postgres:5432')}/${database['POSTGRES_DB']}`;
  const databaseUrl = connection('wiretally', variables.POSTGRES_PASSWORD);
  try {
    processes.set(
      'postgres',
      await startPostgres({
        folder: path.join(folder, 'postgres-data'),
        port: ports.get('postgres:5432')!,
        user: database['POSTGRES_USER']!,
        database: database['POSTGRES_DB']!,
        password: database['POSTGRES_PASSWORD']!,
        logFile: path.join(logs, 'postgres.log'),
      }),
    );
    await makeReader(launches.get('postgres')!, databaseUrl);
    for (const service of STARTED) await start(service);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    folder,
    collector: url('collector', 4318),
    collectorMetrics: url('collector', 8888),
    prometheus: bases.prometheus,
    alertmanager: bases.alertmanager,
    ledger: bases.ledger,
    token: variables.WIRETALLY_TOKEN,
    databaseUrl,
    readerUrl: connection('wiretally_reader', variables.WIRETALLY_READER_PASSWORD),
    processes,
    start,
    stop,
  };
}

function secret(): string {
  return randomBytes(16).toString('hex');
}

/** The program of a service, and arguments that its image has before those of docker-compose.yml. */
function programOf(service: Started): [command: string, before: readonly string[]] {
  const cache = stackCache();
  switch (service) {
    case 'prometheus':
      return [installedProgram('prometheus', cache), []];
    case 'alertmanager':
      return [installedProgram('alertmanager', cache), []];
    case 'collector':
      return [installedProgram('otelcol', cache), []];
    case 'ledger':
      return [process.execPath, [path.join(repositoryRoot, 'src/ledger/dist/cli/main.js')]];
  }
}

/** What the image of PostgreSQL does once with the script that is mounted for it, without needing `psql`. */
async function makeReader(postgres: Launch, databaseUrl: string): Promise<void> {
  const script = readFileSync(path.join(postgres.root, 'docker-entrypoint-initdb.d/reader-role.sh'), 'utf8');
  const sql = /<<'SQL'\n(.*)\nSQL\n/s.exec(script)?.[1];
  if (sql === undefined) throw new Error("grafana/reader-role.sh has no part between <<'SQL' and SQL");
  const password = postgres.env['WIRETALLY_READER_PASSWORD'] ?? '';
  await execute(databaseUrl, sql.replace(":'password'", escapeLiteral(password)));
}
