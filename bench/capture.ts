/**
 * What watching costs: CPU, latency and memory of a client that is watched, over those of one that is not. Each variant
 * runs in a process of its own, the server in another; rounds alternate and reverse their order, so that what else the
 * machine does meets all alike, and every few rounds all processes begin anew. All signals are on and go to a sink
 * that only answers. Peers do the same work; what emits no usage is marked.
 *
 * npm run bench -- capture [--rounds 12] [--case TEXT] [--variant TEXT] [--parts] [--no-peers] [--json FILE]
 *
 * `--rounds 120` gives about ±1 %, in hours rather than minutes; `--case` and `--variant` choose (texts within names,
 * `|` between several), `--parts` adds what parts of us cost.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installPackages } from '../test/matrix/install.ts';
import { compareCase } from './capture/compare.ts';
import type { CaseResult } from './capture/compare.ts';
import { startProcess } from './capture/process.ts';
import { median, quantile } from './capture/statistics.ts';
import type { Addresses } from './capture/server.ts';
import { VARIANTS } from './capture/variants.ts';
import { WORKLOADS } from './capture/workloads.ts';
import type { Workload } from './capture/workloads.ts';
import { writeRows } from './rows.ts';
import type { BenchRow } from './rows.ts';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '12' },
    case: { type: 'string', default: '' },
    variant: { type: 'string', default: '' },
    parts: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: true },
    json: { type: 'string' },
  },
  allowNegative: true,
});
const rounds = Number(flags.rounds);

const root = fileURLToPath(new URL('..', import.meta.url));
const built = spawnSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);
const peers = installPackages('bench/peers', '.cache/bench/peers');

const server = startProcess('server.ts', []);
const rows: BenchRow[] = [];
try {
  const addresses = await server.told<Addresses>();
  for (const workload of WORKLOADS.filter(({ name }) => chosen(name, flags.case))) {
    const names = variantsFor(workload);
    console.log(`\n${workload.name}: ${rounds} rounds of ${workload.runs * workload.callsPerRun} calls`);
    for (const result of await compareCase({ workload, names, rounds, addresses, peers, server })) {
      rows.push(...rowsOf(workload, result));
      console.log(line(workload, result));
    }
  }
} finally {
  server.end();
}
writeRows(rows, flags.json);

function chosen(name: string, texts: string): boolean {
  return texts.split('|').some((text) => name.includes(text));
}

function variantsFor({ sdk }: Workload): string[] {
  return VARIANTS.filter(({ name, peer, part }) => {
    if (name === 'none') return true;
    if (!chosen(name, flags.variant)) return false;
    if (part === true) return flags.parts;
    // Peers patch what is loaded as `openai`.
    return peer !== true || (flags.peers && sdk === 'openai');
  }).map(({ name }) => name);
}

function rowsOf(workload: Workload, result: CaseResult): BenchRow[] {
  const { variant, cpuRatio, addedMicros, wallMs, rssMb, heapMb } = result;
  const { chunksPerCall } = workload;
  const sorted = wallMs.toSorted((a, b) => a - b);
  const row = (metric: string, estimate: { value: number; low: number; high: number }): BenchRow => ({
    case: workload.name,
    variant: result.usage === false ? `${variant} (no usage)` : variant,
    metric,
    ...estimate,
  });
  const single = (value: number) => ({ value, low: value, high: value });
  const perChunk = (value: number): number => value / (chunksPerCall ?? 1);
  return [
    row('cpu_ratio', cpuRatio),
    row('us_per_call', addedMicros),
    ...(chunksPerCall === null
      ? []
      : [
          row('us_per_chunk', {
            value: perChunk(addedMicros.value),
            low: perChunk(addedMicros.low),
            high: perChunk(addedMicros.high),
          }),
        ]),
    row('p50_ms', single(quantile(sorted, 0.5))),
    row('p99_ms', single(quantile(sorted, 0.99))),
    row('rss_mb', { value: median(rssMb), low: Math.min(...rssMb), high: Math.max(...rssMb) }),
    row('heap_mb', { value: median(heapMb), low: Math.min(...heapMb), high: Math.max(...heapMb) }),
  ];
}

function line(
  workload: Workload,
  { variant, cpuRatio, addedMicros, wallMs, rssMb, heapMb, usage }: CaseResult,
): string {
  const sorted = wallMs.toSorted((a, b) => a - b);
  const chunk = workload.chunksPerCall;
  const added =
    `${addedMicros.value.toFixed(0).padStart(5)} (${addedMicros.low.toFixed(0)}–${addedMicros.high.toFixed(0)}) µs a call` +
    (chunk === null ? '' : `, ${(addedMicros.value / chunk).toFixed(2)} a chunk`);
  return [
    variant.padEnd(20),
    `cpu × ${cpuRatio.value.toFixed(3)} (${cpuRatio.low.toFixed(3)}–${cpuRatio.high.toFixed(3)})`,
    added,
    `p50 ${quantile(sorted, 0.5).toFixed(2)} ms, p99 ${quantile(sorted, 0.99).toFixed(2)} ms`,
    `rss ${median(rssMb).toFixed(0)}, heap ${median(heapMb).toFixed(1)} MB`,
    usage === false ? 'NO USAGE: not compared' : '',
  ].join('  ');
}
