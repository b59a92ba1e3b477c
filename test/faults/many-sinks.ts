/** Several sinks on one database get the same records at the same time, twice each, in different orders and batches. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../../scripts/stack/cache.ts';
import { encodeRecord, encodeRequest } from '../../src/instrumentation/emit/ledger-record.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import { answers } from '../stack/processes.ts';
import { compareLedger } from './compare-ledger.ts';
import type { Comparison } from './compare-ledger.ts';
import { knownRecord } from './known-records.ts';
import type { RecordSeries } from './known-records.ts';
import { lastingPorts } from './lasting-ports.ts';
import { restartingProcess } from './restarting-process.ts';
import type { RestartingProcess } from './restarting-process.ts';

export interface ManySinksRun {
  readonly comparison: Comparison;
  readonly requests: number;
  readonly seconds: number;
}

export interface ManySinksOptions {
  readonly sinks: number;
  readonly records: number;
  readonly random: () => number;
  readonly say: (line: string) => void;
}

/** 50,000 records make 50 minutes: some hours' rollups are written by all at once. */
const STEP_MICROS = 60_000;
const IN_FLIGHT = 2;

/** @throws Error when a sink does not start, or refuses a request for good */
export async function manySinks(options: ManySinksOptions): Promise<ManySinksRun> {
  const { random, records, say } = options;
  const series: RecordSeries = { startUnixMicros: Date.UTC(2026, 10, 20, 10, 15) * 1000, stepMicros: STEP_MICROS };
  const folder = mkdtempSync(join(tmpdir(), 'wiretally-sinks-'));
  // PostgreSQL may run as another user, and has to reach its folder in this one.
  chmodSync(folder, 0o711);
  const dataDir = join(folder, 'data');
  const ports = await lastingPorts(options.sinks, random);
  const sinks = ports.map((port) => sinkOn(port, dataDir, folder));
  try {
    for (const sink of sinks) await sink.start();
    say(`${sinks.length} sinks run`);
    const startedAt = performance.now();
    const senders = ports.flatMap((port) => [port, port]);
    const requests = await Promise.all(senders.map((port) => sendAll(port, records, series, random)));
    const seconds = (performance.now() - startedAt) / 1000;
    for (const sink of sinks) await sink.stop();
    const ledger = await openLedger({ dataDir });
    try {
      const comparison = await compareLedger(ledger, series, records);
      return { comparison, seconds, requests: requests.reduce((sum, count) => sum + count, 0) };
    } finally {
      await ledger.close();
    }
  } finally {
    for (const sink of sinks) await sink.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function sinkOn(port: number, dataDir: string, folder: string): RestartingProcess {
  const up = join(repositoryRoot, 'src/ledger/dist/cli/main.js');
  return restartingProcess(
    {
      name: `sink on ${port}`,
      command: process.execPath,
      args: [up, 'up', '--port', String(port), '--otlp-port', 'none', '--data', dataDir],
      env: { DATABASE_URL: undefined, WIRETALLY_TOKEN: undefined, WIRETALLY_HOST: undefined },
      cwd: folder,
      logFile: join(folder, `sink-${port}.log`),
    },
    () => answers(`http://127.0.0.1:${port}/readyz`),
  );
}

/** All records once, in an order and in batches of its own. @returns requests made */
async function sendAll(port: number, records: number, series: RecordSeries, random: () => number): Promise<number> {
  const order = walk(records, random);
  const batchSize = 150 + Math.floor(random() * 350);
  let requests = 0;
  const send = async (): Promise<void> => {
    for (;;) {
      const numbers = [...order.take(batchSize)];
      if (numbers.length === 0) return;
      const body = encodeRequest(numbers.map((number) => encodeRecord(knownRecord(series, number))));
      while (!(await accepted(port, body))) requests += 1;
      requests += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, send));
  return requests;
}

/** @throws Error where sending it again would not help */
async function accepted(port: number, body: string): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const text = await answer.text();
  if (answer.status === 503) return false;
  if (answer.status !== 200 || text !== '{}') throw new Error(`a sink answered ${answer.status}: ${text}`);
  return true;
}

/** Every number below `count` once: steps that share no divisor with it, from anywhere. Neighbours mostly stay near. */
function walk(count: number, random: () => number): { take(size: number): Generator<number> } {
  let step = 1 + 2 * Math.floor(random() * 50);
  while (greatestCommonDivisor(step, count) !== 1) step += 1;
  let position = Math.floor(random() * count);
  let left = count;
  return {
    *take(size) {
      for (let taken = 0; taken < size && left > 0; taken += 1) {
        left -= 1;
        yield position;
        position = (position + step) % count;
      }
    },
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
