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
  readonly mebibytesBefore: number;
  readonly mebibytesAtMost: number;
  readonly mebibytesAtTheEnd: number;
}

const { port, pid } = workerData as WatchData;
const EVERY_MS = 100;
const PATIENCE_MS = 10_000;

let asked = 0;
let failed = 0;
let slowestMs = 0;
const mebibytesBefore = residentMebibytes();
let mebibytesAtMost = mebibytesBefore;

const timer = setInterval(() => {
  void ask();
  mebibytesAtMost = Math.max(mebibytesAtMost, residentMebibytes());
}, EVERY_MS);

parentPort?.once('message', () => {
  clearInterval(timer);
  const mebibytesAtTheEnd = residentMebibytes();
  const report: WatchReport = { asked, failed, slowestMs, mebibytesBefore, mebibytesAtMost, mebibytesAtTheEnd };
  parentPort?.postMessage(report);
});

function ask(): Promise<void> {
  const start = performance.now();
  asked += 1;
  return new Promise((resolve) => {
    const done = (good: boolean): void => {
      if (!good) failed += 1;
      slowestMs = Math.max(slowestMs, performance.now() - start);
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

/** Linux tells; elsewhere 0. */
function residentMebibytes(): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
