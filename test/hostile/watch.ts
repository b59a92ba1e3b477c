/**
 * A thread of its own, so that what keeps the attacker busy does not count: asks `/livez` on a new connection again and
 * again, and looks at the memory of the process. Says what was worst when it is told to end.
 */
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

export interface WatchData {
  readonly port: number;
  readonly pid: number;
}

export interface WatchReport {
  readonly asked: number;
  readonly failed: number;
  readonly slowestMs: number;
  /** The same without the time for which the machine gave its processors to others. */
  readonly slowestOwnMs: number;
  readonly mebibytesBefore: number;
  readonly mebibytesAtMost: number;
  readonly mebibytesAtTheEnd: number;
}

const { port, pid } = workerData as WatchData;
/** The ledger's main thread, and this one. https://docs.kernel.org/scheduler/sched-stats.html */
const WAITING = [`/proc/${pid}/task/${pid}/schedstat`, '/proc/thread-self/schedstat'];
const EVERY_MS = 100;
const PATIENCE_MS = 10_000;

let asked = 0;
let failed = 0;
let slowestMs = 0;
let slowestOwnMs = 0;
const mebibytesBefore = residentMebibytes();
let mebibytesAtMost = mebibytesBefore;

const timer = setInterval(() => {
  void ask();
  mebibytesAtMost = Math.max(mebibytesAtMost, residentMebibytes());
}, EVERY_MS);

parentPort?.once('message', () => {
  clearInterval(timer);
  const mebibytesAtTheEnd = residentMebibytes();
  const report: WatchReport = {
    asked,
    failed,
    slowestMs,
    slowestOwnMs,
    mebibytesBefore,
    mebibytesAtMost,
    mebibytesAtTheEnd,
  };
  parentPort?.postMessage(report);
});

function ask(): Promise<void> {
  const start = performance.now();
  const waitedBefore = WAITING.map(waitedMs);
  asked += 1;
  return new Promise((resolve) => {
    const done = (good: boolean): void => {
      if (!good) failed += 1;
      const tookMs = performance.now() - start;
      // Both may have waited at the same time: the longer wait alone is surely not the ledger's doing.
      const waited = Math.max(...WAITING.map((path, index) => waitedMs(path) - (waitedBefore[index] ?? 0)));
      slowestMs = Math.max(slowestMs, tookMs);
      slowestOwnMs = Math.max(slowestOwnMs, tookMs - waited);
      resolve();
    };
    const request = get({ port, host: '127.0.0.1', path: '/livez', agent: false, timeout: PATIENCE_MS }, (response) => {
      response.resume();
      response.on('end', () => done(response.statusCode === 200));
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', () => done(false));
  });
}

/** How long a thread that could run has waited for a processor. Linux tells; elsewhere 0. */
function waitedMs(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** Linux tells; elsewhere 0. */
function residentMebibytes(): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
