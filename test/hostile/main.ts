/**
 * npm run hostile -- [--count N] [--seed N]
 *
 * A real `wiretally up` gets N hostile requests: malformed, cut, wrongly labelled, bombs, no HTTP at all, while
 * thousands of connections say nothing and hundreds say it slowly. It must not end, its memory must stay bounded,
 * `/livez` must answer within a second throughout, and what a good sender sends meanwhile must be stored once.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { repositoryRoot } from '../../scripts/stack/cache.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import { compareLedger } from '../faults/compare-ledger.ts';
import type { RecordSeries } from '../faults/known-records.ts';
import { lastingPorts } from '../faults/lasting-ports.ts';
import { restartingProcess } from '../faults/restarting-process.ts';
import { seededRandom } from '../random.ts';
import { startChecks } from '../stack/checks.ts';
import { answers } from '../stack/processes.ts';
import { attack } from './attack.ts';
import type { ApiPath } from './attack.ts';
import { largeBodies, makeBombs } from './bodies.ts';
import { gather } from './crowd.ts';
import { startGoodSender } from './good-sender.ts';
import type { WatchData, WatchReport } from './watch.ts';

const MAX_LIVEZ_MS = 1000;
/** 128 for bodies, 96 for what they unpack to, 400 for the objects of the largest one; the rest is the ledger and garbage. */
const MAX_MEBIBYTES = 1024;
const IDLE_CONNECTIONS = 5000;
const SLOW_CONNECTIONS = 300;
/** Each holds 16 MB of a body that does not end. */
const UNFINISHED_CONNECTIONS = 40;

const { values: flags } = parseArgs({ options: { count: { type: 'string' }, seed: { type: 'string' } } });
const count = Number(flags.count ?? 50_000);
const seed = Number(flags.seed ?? Math.floor(Math.random() * 2 ** 31));
const random = seededRandom(seed);
const say = (line: string): void => console.log(line);
const checks = startChecks(say);
say(`hostile: ${count} requests, seed ${seed}`);

const folder = mkdtempSync(join(tmpdir(), 'wiretally-hostile-'));
// PostgreSQL may run as another user, and has to reach its folder in this one.
chmodSync(folder, 0o711);
const dataDir = join(folder, 'data');
const [port = 0] = await lastingPorts(1, Math.random);
const sink = restartingProcess(
  {
    name: 'the ledger',
    command: process.execPath,
    args: [join(repositoryRoot, 'src/ledger/dist/cli/main.js'), 'up', '--port', String(port), '--otlp-port', 'none'],
    env: { WIRETALLY_DATA: dataDir, DATABASE_URL: undefined, WIRETALLY_TOKEN: undefined, WIRETALLY_HOST: undefined },
    cwd: folder,
    logFile: join(folder, 'ledger.log'),
  },
  () => answers(`http://127.0.0.1:${port}/readyz`),
);
const series: RecordSeries = { startUnixMicros: Date.now() * 1000, stepMicros: 5000 };
let exitCode: number | null = null;
let acknowledged = 0;
let open = 0;
let report: WatchReport | null = null;
let failures: readonly string[] = [];
try {
  await sink.start();
  await checks.check(`the ledger outlives ${count} hostile requests`, async () => {
    const paths = await apiPaths();
    const heavy = [...makeBombs(), ...largeBodies()];
    const watch = new Worker(new URL('watch.ts', import.meta.url), {
      workerData: { port, pid: sink.pid ?? 0 } satisfies WatchData,
    });
    const good = startGoodSender(port, series);
    const crowd = await gather(port, {
      idle: IDLE_CONNECTIONS,
      slow: SLOW_CONNECTIONS,
      unfinished: UNFINISHED_CONNECTIONS,
    });
    open = crowd.open;
    say(`${open} connections that say nothing, say it slowly, or do not end`);
    const attacked = await attack({ port, count, random, paths, heavy, say });
    for (const [outcome, times] of [...attacked.outcomes].toSorted((a, b) => b[1] - a[1]))
      say(`${String(times).padStart(7)}  ${outcome}`);
    ({ failures } = attacked);
    report = await end(watch);
    crowd.leave();
    acknowledged = await good.stop();
    await sink.ready();
    if (sink.crashes.length > 0) {
      const log = readFileSync(join(folder, 'ledger.log'), 'utf8').split('\n').slice(-30).join('\n');
      throw new Error(`${sink.crashes.join('\n')}\n${log}`);
    }
  });
  await checks.check(`/livez answers within ${MAX_LIVEZ_MS} ms throughout, on a new connection each time`, () => {
    const { asked, failed, slowestMs, slowestOwnMs } = reported(report);
    say(
      `asked ${asked} times, the slowest answer took ${slowestMs.toFixed(0)} ms, ${slowestOwnMs.toFixed(0)} ms without waiting for a processor; ${failed} did not come`,
    );
    if (failed > 0 || slowestOwnMs > MAX_LIVEZ_MS) throw new Error('it did not');
  });
  if (reported(report).mebibytesAtMost === 0) checks.skip('memory', 'only Linux says how much a process has');
  else {
    await checks.check(`its memory stays below ${MAX_MEBIBYTES} MiB`, () => {
      const { mebibytesBefore, mebibytesAtMost, mebibytesAtTheEnd } = reported(report);
      say(`${mebibytesBefore} MiB before, ${mebibytesAtMost} MiB at most, ${mebibytesAtTheEnd} MiB at the end`);
      if (mebibytesAtMost > MAX_MEBIBYTES) throw new Error(`it had ${mebibytesAtMost} MiB`);
    });
  }
  await checks.check('no request is answered 500', () => {
    if (failures.length > 0) throw new Error(failures.join('\n---\n'));
  });
  await checks.check('it ends well when it is asked to', async () => {
    exitCode = await sink.stop();
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}`);
  });
  await checks.check('what a good sender sent meanwhile is there once, and the rollups equal the rows', async () => {
    const ledger = await openLedger({ dataDir });
    try {
      const found = await compareLedger(ledger, series, acknowledged);
      say(`${acknowledged} records acknowledged; ${found.rows} rows with what passed among the hostile ones`);
      if (acknowledged === 0 || found.lost + found.repeated + found.rollupDifferences > 0) {
        throw new Error(
          `lost ${found.lost}, repeated ${found.repeated}, rollups that differ ${found.rollupDifferences}`,
        );
      }
    } finally {
      await ledger.close();
    }
  });
} finally {
  await sink.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = checks.close() ? 0 : 1;
// Connections of the crowd that are still on their way would keep the process.
process.exit();

/** What the ledger itself says it serves. */
async function apiPaths(): Promise<ApiPath[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/openapi.json`);
  const document = (await answer.json()) as {
    paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>;
  };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [] }]) => ({
      path,
      method,
      parameters: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
    })),
  );
}

async function end(watch: Worker): Promise<WatchReport> {
  const said = new Promise<WatchReport>((resolve, reject) => {
    watch.once('message', resolve);
    watch.once('error', reject);
  });
  watch.postMessage('end');
  const result = await said;
  await watch.terminate();
  return result;
}

function reported(value: WatchReport | null): WatchReport {
  if (value === null) throw new Error('the run ended before anything was measured');
  return value;
}
