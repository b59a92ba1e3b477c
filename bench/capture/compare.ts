/** One case: all its variants side by side, round by round. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Round, Task } from './client.ts';
import { startProcess } from './process.ts';
import type { BenchProcess } from './process.ts';
import type { Addresses } from './server.ts';
import { estimate } from './statistics.ts';
import type { Estimate } from './statistics.ts';
import type { Workload } from './workloads.ts';

export interface Comparison {
  readonly workload: Workload;
  /** The first is the one that the others are compared with. */
  readonly names: readonly string[];
  readonly rounds: number;
  readonly addresses: Addresses;
  readonly peers: string;
  readonly server: BenchProcess;
}

export interface CaseResult {
  readonly variant: string;
  readonly cpuRatio: Estimate;
  /** CPU microseconds a call beyond those of nothing. */
  readonly addedMicros: Estimate;
  readonly wallMs: readonly number[];
  readonly rssMb: readonly number[];
  readonly heapMb: readonly number[];
  /** Whether the sink saw the tokens of the calls; null where they are nobody's to see. */
  readonly usage: boolean | null;
}

const WARM_UP = 3;
/** Then all processes begin anew. */
const ROUNDS_A_GENERATION = 6;

export async function compareCase(comparison: Comparison): Promise<CaseResult[]> {
  const { names, rounds, workload } = comparison;
  const generations: Map<string, Round[]>[] = [];
  for (let done = 0; done < rounds; done += ROUNDS_A_GENERATION)
    generations.push(await runGeneration(comparison, Math.min(ROUNDS_A_GENERATION, rounds - done)));
  const calls = workload.runs * workload.callsPerRun;
  const cpu = (name: string): number[][] => generations.map((each) => cpuOf(each, name));
  const nothing = cpu(names[0] ?? '');
  const against = (name: string, of: (cpu: number, nothing: number) => number): Estimate =>
    estimate(
      cpu(name).map((values, generation) =>
        values.map((value, round) => of(value, nothing[generation]?.[round] ?? Number.NaN)),
      ),
    );
  const results: CaseResult[] = [];
  for (const name of names) {
    const all = generations.flatMap((each) => each.get(name) ?? []);
    results.push({
      variant: name,
      cpuRatio: against(name, (value, base) => value / base),
      addedMicros: against(name, (value, base) => (value - base) / calls),
      wallMs: all.flatMap(({ wallMs }) => wallMs),
      rssMb: all.filter(({ heapMb }) => heapMb !== null).map(({ rssMb }) => rssMb),
      heapMb: all.flatMap(({ heapMb }) => heapMb ?? []),
      usage: watches(name) && workload.other !== true ? await sawUsage(comparison, name) : null,
    });
  }
  return results;
}

function watches(name: string): boolean {
  return name !== 'none' && name !== 'capture alone';
}

function cpuOf(generation: Map<string, Round[]>, name: string): number[] {
  return (generation.get(name) ?? []).map(({ cpuMicros }) => cpuMicros);
}

async function sawUsage({ server, workload }: Comparison, name: string): Promise<boolean> {
  server.tell(senderOf(workload, name));
  const saw = await server.told<boolean>();
  if (!saw && name.startsWith('wiretally')) throw new Error(`${workload.name}: ${name} emitted no usage`);
  return saw;
}

async function runGeneration(comparison: Comparison, rounds: number): Promise<Map<string, Round[]>> {
  const { names, workload } = comparison;
  const folder = mkdtempSync(join(tmpdir(), 'wiretally-bench-'));
  const clients = names.map((name) => ({ name, client: startClient(comparison, name, folder), rounds: [] as Round[] }));
  try {
    for (const { client } of clients) await client.told();
    for (let round = -WARM_UP; round < rounds; round += 1) {
      for (const { client, rounds: kept } of round % 2 === 0 ? clients : clients.toReversed()) {
        client.tell({ last: round === rounds - 1 });
        const measured = await client.told<Round>();
        if (round >= 0) kept.push(measured);
      }
    }
  } catch (error) {
    throw new Error(`${workload.name}: a variant failed`, { cause: error });
  } finally {
    for (const { client } of clients) client.end();
    rmSync(folder, { recursive: true, force: true });
  }
  return new Map(clients.map(({ name, rounds: kept }) => [name, kept]));
}

function startClient({ workload, addresses, peers }: Comparison, variant: string, folder: string): BenchProcess {
  const { provider, other } = addresses;
  const sink = `${addresses.sink}/${senderOf(workload, variant)}`;
  const task: Task = { variant, case: workload.name, provider, other, sink, peers };
  return startProcess('client.ts', [JSON.stringify(task)], {
    OTEL_EXPORTER_OTLP_ENDPOINT: sink,
    OTEL_SERVICE_NAME: 'bench',
    WIRETALLY_HOSTS: `${new URL(provider).host}=openai`,
    WIRETALLY_SPOOL_DIR: join(folder, senderOf(workload, variant)),
    WIRETALLY_QUIET: '1',
  });
}

function senderOf(workload: Workload, variant: string): string {
  return encodeURIComponent(`${workload.name}-${variant}`.replaceAll(/[^\w-]+/g, '-'));
}
