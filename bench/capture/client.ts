/** The process that is measured: one case, one variant; a round each time it is told to. */
import { createRequire } from 'node:module';
import type { OpenAI } from 'openai';
import { VARIANTS } from './variants.ts';
import type { Client } from './workloads.ts';

export interface Task {
  readonly variant: string;
  readonly case: string;
  readonly provider: string;
  readonly other: string;
  readonly sink: string;
  /** A `package.json`, beside which the SDKs and the peers are installed. */
  readonly peers: string;
}

export interface Round {
  /** Of this process since the round before: what is sent between rounds belongs to the calls before. */
  readonly cpuMicros: number;
  /** Of each run. */
  readonly wallMs: readonly number[];
  /** After a full collection, at the very end; null in the rounds before. */
  readonly heapMb: number | null;
  readonly rssMb: number;
}

const MIB = 1024 * 1024;
const task = JSON.parse(process.argv[2] ?? '{}') as Task;
const variant = VARIANTS.find(({ name }) => name === task.variant);
if (variant === undefined) throw new Error(`there is no variant "${task.variant}"`);

const load = createRequire(task.peers);
const watching = await variant.setUp(load, { providerHost: new URL(task.provider).host, sink: task.sink });
// After the watcher, which may patch what is loaded from now on.
const { WORKLOADS } = await import('./workloads.ts');
const workload = WORKLOADS.find(({ name }) => name === task.case);
if (workload === undefined) throw new Error(`there is no case "${task.case}"`);
const client = clientFor(workload.sdk, workload.other === true ? task.other : task.provider);
const run = workload.run;
const { runs } = workload;

let counted = process.cpuUsage();

async function round(last: boolean): Promise<Round> {
  const wallMs: number[] = [];
  for (let index = 0; index < runs; index += 1) {
    const start = performance.now();
    await run(client);
    wallMs.push(performance.now() - start);
  }
  await watching.flush?.();
  const { user, system } = process.cpuUsage(counted);
  counted = process.cpuUsage();
  const rssMb = process.memoryUsage.rss() / MIB;
  if (last) globalThis.gc?.();
  return { cpuMicros: user + system, wallMs, rssMb, heapMb: last ? process.memoryUsage().heapUsed / MIB : null };
}

function clientFor(sdk: string | null, origin: string): Client {
  if (sdk === null) return { origin, openai: null };
  const { OpenAI: Constructor } = load(sdk) as { OpenAI: typeof OpenAI };
  const openai = new Constructor({ apiKey: 'sk-bench', baseURL: `${origin}/v1`, maxRetries: 0 });
  return { origin, openai: watching.wrap?.(openai) ?? openai };
}

process.on('message', ({ last }: { last: boolean }) => {
  void round(last).then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
