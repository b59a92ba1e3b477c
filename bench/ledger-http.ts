/**
 * The sink in a process of its own under full load over HTTP, until the end: records a second, its CPU and that of
 * PostgreSQL a record, where its CPU goes, and its memory.
 *
 * npm run bench -- ledger-http [--seconds 20] [--senders 4] [--default-heap] [--json FILE]
 *
 * With --seconds 600 the memory tells: the medians of the first and last fifth are to be alike, the highest below 250 MB.
 * Up to 60 seconds are profiled, which takes memory of its own. The sink runs as in the image; with --default-heap its
 * young objects have the room that Node gives them on this machine.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { usageRecord } from '../test/ledger/usage-record.ts';
import { encodeOnce, send } from './ledger-http/load.ts';
import { profileParts } from './ledger-http/profile.ts';
import { writeRows } from './rows.ts';
import type { BenchRow } from './rows.ts';

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    senders: { type: 'string', default: '4' },
    'default-heap': { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const SECONDS = Number(flags.seconds);
const senders = Number(flags.senders);
const WARM_UP_SECONDS = 3;
const RECORDS = 500;

const folder = mkdtempSync(join(tmpdir(), 'wiretally-bench-'));
chmodSync(folder, 0o711);
const profiles = join(folder, 'profiles');
mkdirSync(profiles);
const profiling = SECONDS <= 60;
const sink = fork(new URL('./ledger-http/sink.ts', import.meta.url), [join(folder, 'data')], {
  execArgv: [
    '--conditions=wiretally-source',
    ...(flags['default-heap'] ? [] : ['--max-semi-space-size=16']),
    ...(profiling ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : []),
  ],
});
const [{ url }] = (await once(sink, 'message')) as [{ url: string }];

const now = Date.now() * 1000;
const request = encodeOnce(
  Array.from({ length: RECORDS }, (_, index) =>
    usageRecord({
      id: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
      timeUnixMicros: now + index * 1009,
      provider: ['openai', 'anthropic', 'gcp.gemini'][index % 3] ?? 'openai',
      requestModel: `model-${index % 10}`,
      responseModel: `model-${index % 10}-2026-01-01`,
      userId: `user-${index % 50}`,
      sessionId: `session-${index % 200}`,
      responseId: `chatcmpl-${index}`,
      requestId: `req_${index}`,
      tags: { team: `team-${index % 4}` },
      tokens: { input: index * 7, output: index, total: index * 8, cacheRead: 0 },
      costUsd: `0.${String(index * 199).padStart(9, '0')}`,
    }),
  ),
);
const warm = await send(url, request, { senders, seconds: WARM_UP_SECONDS });
const memory: number[] = [];
const watching = setInterval(() => memory.push(residentMegabytes(sink.pid)), 1000);
const cpuBefore = cpuMicros();
const load = await send(url, request, { senders, seconds: SECONDS, firstNumber: 1_000_000 });
const cpuAfter = cpuMicros();
clearInterval(watching);
const counted = await storedCalls();
if (counted !== warm.calls + load.calls) {
  throw new Error(`${warm.calls + load.calls} calls were acknowledged, ${counted} are counted`);
}
sink.kill('SIGTERM');
await once(sink, 'exit');

const fifth = Math.max(1, Math.floor(memory.length / 5));
const rows: BenchRow[] = [
  single('rows_per_second', load.calls / load.seconds),
  single('node_us_per_row', (cpuAfter.node - cpuBefore.node) / load.calls),
  single('postgres_us_per_row', (cpuAfter.postgres - cpuBefore.postgres) / load.calls),
  single('memory_mb_first_fifth', median(memory.slice(0, fifth))),
  single('memory_mb_last_fifth', median(memory.slice(-fifth))),
  single('memory_mb_highest', Math.max(...memory)),
];
console.log(`${load.calls} calls in ${load.seconds.toFixed(1)} s, ${load.refused} requests told to come back`);
for (const { metric, value } of rows) console.log(metric.padEnd(26), value.toFixed(1));
if (profiling) {
  console.log('\nwhere the CPU of the sink goes');
  for (const [part, share] of profileParts(profiles)) {
    if (share >= 0.01) console.log(part.padEnd(26), `${(share * 100).toFixed(0)} %`);
    rows.push(single(`cpu_share ${part}`, share));
  }
}
writeRows(rows, flags.json);
rmSync(folder, { recursive: true });

function single(metric: string, value: number): BenchRow {
  return { case: 'ledger', variant: 'over HTTP, protobuf', metric, value, low: value, high: value };
}

/** By the hourly totals, which the transaction made that stored the calls. */
async function storedCalls(): Promise<number> {
  const answer = await fetch(`${url}/api/admin/ai-usage/stats`);
  const { data } = (await answer.json()) as { data: { total_requests: number } };
  return data.total_requests;
}

function residentMegabytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** Of the sink and of all processes of its PostgreSQL; Linux only. */
function cpuMicros(): { node: number; postgres: number } {
  const pidFile = readFileSync(join(folder, 'data', '18', 'postmaster.pid'), 'utf8');
  const postmaster = Number(pidFile.split('\n')[0]);
  let postgres = ticksOf(postmaster, true);
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ');
  for (const child of children) postgres += ticksOf(Number(child), false);
  return { node: ticksOf(Number(sink.pid), false) * 10_000, postgres: postgres * 10_000 };
}

function ticksOf(pid: number, withEnded: boolean): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const own = (fields[11] ?? 0) + (fields[12] ?? 0);
    return withEnded ? own + (fields[13] ?? 0) + (fields[14] ?? 0) : own;
  } catch {
    // It ended in between.
    return 0;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
