/**
 * The real parts, with places to hurt them:
 *
 *   loader ─▶ proxy ─▶ Collector (queue on disk) ─▶ proxy ─▶ sink A ─▶ embedded PostgreSQL
 *                                                       └──▶ sink B ─▶ proxy ──┘
 *
 * Sink A looks after the embedded server; sink B reaches the same server by DATABASE_URL.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import type { ClientConfig } from 'pg';
import { repositoryRoot, stackCache } from '../../scripts/stack/cache.ts';
import { installedProgram } from '../../scripts/stack/install.ts';
import { findPostmaster } from '../../src/ledger/embedded/postmaster-file.ts';
import { answers } from '../stack/processes.ts';
import { collectorConfiguration } from './collector-configuration.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import type { CuttingProxy } from './cutting-proxy.ts';
import type { RecordSeries } from './known-records.ts';
import { lastingPorts } from './lasting-ports.ts';
import type { LoaderReport } from './loader.ts';
import { restartingProcess } from './restarting-process.ts';
import type { RestartingProcess } from './restarting-process.ts';
import { mountSmallDisk } from './small-disk.ts';
import type { SmallDisk } from './small-disk.ts';
import { COLLECTOR_QUEUE_BYTES } from './steered-faults.ts';

export interface World {
  readonly folder: string;
  readonly dataDir: string;
  readonly collector: RestartingProcess;
  /** The first one looks after PostgreSQL. */
  readonly sinks: readonly RestartingProcess[];
  readonly proxies: {
    readonly toCollector: CuttingProxy;
    readonly toSinks: CuttingProxy;
    readonly toDatabase: CuttingProxy;
  };
  /** The database's; null where this user may not mount any. */
  readonly disk: SmallDisk | null;
  /** A connection of its own, past the proxies. @throws Error when the database does not answer */
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** Runs the statement in a transaction. @returns what ends that, if it has not ended with its connection */
  hold(sql: string): Promise<() => Promise<void>>;
  postmasterPid(): Promise<number | null>;
  /** Records that the Collector has and the ledger has not acknowledged; null when it does not say. */
  collectorQueue(): Promise<number | null>;
  /** Records that the ledger has acknowledged since the Collector was started; null when it does not say. */
  collectorSent(): Promise<number | null>;
  /** Ends the load. Resolves when the Collector has acknowledged everything. */
  stopLoader(): Promise<LoaderReport>;
  /** Collector and sinks with SIGTERM, one after the other. @returns exit codes of the sinks */
  stopParts(): Promise<readonly (number | null)[]>;
  /** @returns the folder to which they were copied, since this one will be removed */
  keepLogs(): string;
  remove(): Promise<void>;
}

export interface WorldOptions {
  readonly random: () => number;
  readonly recordsPerSecond: number;
  readonly series: RecordSeries;
  readonly diskMegabytes: number;
  /** What each sink runs; default: `wiretally up` as it was built. */
  readonly sinkProgram?: readonly string[];
  /** The Collector keeps its queue in memory. */
  readonly memoryQueue?: boolean;
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const WIRETALLY_UP = [join(repositoryRoot, 'src/ledger/dist/cli/main.js'), 'up'];

/** @throws Error with the output of the part that did not start */
export async function startWorld(options: WorldOptions): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'wiretally-faults-'));
  // PostgreSQL may run as another user, and has to reach its folder in this one.
  chmodSync(folder, 0o711);
  const undo: (() => Promise<unknown> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const remove = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const ports = await lastingPorts(10, options.random);
    const port = (): number => ports.pop()!;
    const disk = mountSmallDisk(join(folder, 'database'), options.diskMegabytes);
    if (disk !== null) undo.push(() => disk.unmount());
    const dataDir = join(folder, 'database', 'data');
    const queueDir = join(folder, 'collector', 'queue');
    mkdirSync(join(folder, 'database'), { recursive: true });
    mkdirSync(queueDir, { recursive: true });
    const cluster = join(dataDir, '18');

    const toDatabase = await startCuttingProxy({
      port: port(),
      target: async () => {
        const found = await findPostmaster(cluster);
        if (found === null) return null;
        return found.socketDir === null
          ? { port: found.port, host: '127.0.0.1' }
          : { path: join(found.socketDir, `.s.PGSQL.${found.port}`) };
      },
    });
    undo.push(() => toDatabase.close());

    const sinkPorts = [port(), port()];
    const sinks = sinkPorts.map((sinkPort, index) =>
      restartingProcess(
        {
          name: `sink ${'AB'[index]}`,
          command: process.execPath,
          args: [...(options.sinkProgram ?? WIRETALLY_UP), '--port', String(sinkPort), '--otlp-port', 'none'],
          env: {
            ...WITHOUT_SETTINGS,
            ...(index === 0
              ? { WIRETALLY_DATA: dataDir }
              : { DATABASE_URL: `postgresql://wiretally@127.0.0.1:${toDatabase.port}/wiretally` }),
          },
          cwd: folder,
          logFile: join(folder, `sink-${index}.log`),
        },
        () => answers(`http://127.0.0.1:${sinkPort}/readyz`),
      ),
    );
    let turn = 0;
    const toSinks = await startCuttingProxy({
      port: port(),
      target() {
        turn += 1;
        return { port: sinkPorts[turn % sinkPorts.length]!, host: '127.0.0.1' };
      },
    });
    undo.push(() => toSinks.close());
    for (const sink of sinks) {
      undo.push(() => sink.stop());
      await sink.start();
    }

    const collectorPort = port();
    const metricsPort = port();
    const healthPort = port();
    const collector = restartingProcess(
      {
        name: 'collector',
        command: installedProgram('otelcol', stackCache()),
        args: [`--config=${collectorConfiguration(folder, options.memoryQueue ?? false)}`],
        env: {
          ...WITHOUT_SETTINGS,
          WIRETALLY_COLLECTOR_HTTP_PORT: String(collectorPort),
          WIRETALLY_COLLECTOR_GRPC_PORT: String(port()),
          WIRETALLY_COLLECTOR_HEALTH_PORT: String(healthPort),
          WIRETALLY_COLLECTOR_METRICS_PORT: String(metricsPort),
          WIRETALLY_COLLECTOR_QUEUE: queueDir,
          WIRETALLY_COLLECTOR_QUEUE_BYTES: String(COLLECTOR_QUEUE_BYTES),
          WIRETALLY_COLLECTOR_LEDGER_ENDPOINT: `http://127.0.0.1:${toSinks.port}`,
        },
        cwd: folder,
        logFile: join(folder, 'collector.log'),
      },
      () => answers(`http://127.0.0.1:${healthPort}`),
    );
    undo.push(() => collector.stop());
    await collector.start();
    const toCollector = await startCuttingProxy({
      port: port(),
      target: () => ({ port: collectorPort, host: '127.0.0.1' }),
    });
    undo.push(() => toCollector.close());
    const loader = startLoader(`http://127.0.0.1:${toCollector.port}`, options);
    undo.push(() => void loader.child.kill('SIGKILL'));

    return {
      folder,
      dataDir,
      collector,
      sinks,
      proxies: { toCollector, toSinks, toDatabase },
      disk,
      query: (sql) => queryCluster(cluster, sql),
      hold: (sql) => holdTransaction(cluster, sql),
      postmasterPid: async () => (await findPostmaster(cluster))?.pid ?? null,
      collectorQueue: () => collectorMetric(metricsPort, QUEUE_SIZE),
      collectorSent: async () => {
        const [queue, sent] = await Promise.all([QUEUE_SIZE, SENT].map((name) => collectorMetric(metricsPort, name)));
        // A counter is not there before it counts.
        return queue === null ? null : (sent ?? 0);
      },
      stopLoader: () => loader.stop(),
      async stopParts() {
        await collector.stop();
        const codes: (number | null)[] = [];
        // The one that looks after PostgreSQL last, since it takes the server with it.
        for (const sink of sinks.toReversed()) codes.push(await sink.stop());
        return codes;
      },
      keepLogs() {
        const kept = mkdtempSync(join(tmpdir(), 'wiretally-faults-logs-'));
        for (const from of [folder, dataDir])
          for (const name of readdirSync(from))
            if (name.endsWith('.log')) copyFileSync(join(from, name), join(kept, name));
        return kept;
      },
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** What this machine is set to is not what is tested. */
const WITHOUT_SETTINGS: Readonly<Record<string, undefined>> = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^(?:WIRETALLY_|OTEL_|PG|DATABASE_URL$)/.test(name))
    .map((name) => [name, undefined]),
);

async function queryCluster(cluster: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = await connectTo(cluster);
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function holdTransaction(cluster: string, sql: string): Promise<() => Promise<void>> {
  const client = await connectTo(cluster);
  const end = (): Promise<void> => client.end().catch(() => undefined);
  try {
    await client.query(`begin; set local lock_timeout = '20s'; ${sql}`);
  } catch (error) {
    await end();
    throw error;
  }
  return end;
}

async function connectTo(cluster: string): Promise<Client> {
  const found = await findPostmaster(cluster);
  if (found === null) throw new Error('no PostgreSQL runs');
  const where: ClientConfig = {
    host: found.socketDir ?? '127.0.0.1',
    port: found.port,
    user: 'wiretally',
    database: 'wiretally',
    application_name: 'fault run',
    connectionTimeoutMillis: 5000,
    query_timeout: 60_000,
  };
  const client = new Client(where);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const QUEUE_SIZE = 'otelcol_exporter_queue_size';
const SENT = 'otelcol_exporter_sent_log_records_total';

/** Of what goes to the ledger. */
async function collectorMetric(metricsPort: number, name: string): Promise<number | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`, { signal: AbortSignal.timeout(2000) });
    const line = new RegExp(`^${name}\\{[^}]*otlp_http/ledger[^}]*\\} (\\S+)$`, 'm');
    const value = line.exec(await answer.text())?.[1];
    return value === undefined ? null : Number(value);
  } catch {
    return null;
  }
}

function startLoader(
  url: string,
  options: WorldOptions,
): { readonly child: ChildProcess; stop(): Promise<LoaderReport> } {
  const { series, recordsPerSecond } = options;
  const args = [url, recordsPerSecond, series.startUnixMicros, series.stepMicros].map(String);
  const child = spawn(process.execPath, [join(HERE, 'loader.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...WITHOUT_SETTINGS },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return {
    child,
    async stop() {
      const ended = new Promise((resolve) => child.once('close', resolve));
      if (!child.kill('SIGTERM')) throw new Error(`the loader ended before its time: ${output}`);
      await ended;
      return JSON.parse(output) as LoaderReport;
    },
  };
}
