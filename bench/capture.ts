/**
 * What capture costs: CPU of a client with the hook over that of one without. One process a variant and one for the
 * server; rounds alternate, so that what else the machine does meets all alike. The reader and emission are left out:
 * they have benchmarks of their own.
 *
 * `npm run bench -- capture [--rounds N] [--json FILE]`
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Capture } from '../src/instrumentation/capture/capture.ts';
import { enableTransports } from '../src/instrumentation/capture/transports.ts';
import type { HostMap, Provider } from '@wiretally/usage';
import { writeRows } from './rows.ts';
import type { BenchRow } from './rows.ts';

interface Workload {
  readonly name: string;
  readonly callsPerRound: number;
  run(address: string): Promise<void>;
}

const JSON_ANSWER = JSON.stringify({
  id: 'chatcmpl-1',
  model: 'gpt-4o-mini',
  choices: [{ message: { role: 'assistant', content: 'word '.repeat(200) }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 100, completion_tokens: 200, total_tokens: 300 },
});
const EVENT = `data: ${JSON.stringify({ id: 'chatcmpl-1', choices: [{ delta: { content: 'word' } }] })}\n\n`;
const EVENTS = 1000;
const WARM_UP = 5;
const ASK = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'question '.repeat(50) }] });

const WORKLOADS: readonly Workload[] = [
  {
    name: 'fetch JSON',
    callsPerRound: 400,
    async run(address) {
      const answer = await fetch(`${address}/json`, {
        method: 'POST',
        body: ASK,
        headers: { 'content-type': 'application/json' },
      });
      if ((await answer.text()).length !== JSON_ANSWER.length) throw new Error('wrong answer');
    },
  },
  {
    name: `fetch SSE × ${EVENTS}`,
    callsPerRound: 40,
    async run(address) {
      const answer = await fetch(`${address}/sse`, { method: 'POST', body: ASK });
      let length = 0;
      for await (const chunk of answer.body ?? []) length += (chunk as Uint8Array).length;
      if (length !== EVENT.length * EVENTS) throw new Error('wrong answer');
    },
  },
];

const VARIANTS = ['none', 'hook', 'hook, not an AI host'] as const;
type Variant = (typeof VARIANTS)[number];

const [role, origin, caseName, variant] = process.argv.slice(2);
if (role === 'server') serve();
else if (role === 'client') client(origin ?? '', caseName ?? '', variant as Variant);
else await main();

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '40' }, json: { type: 'string' } } });
  const rounds = Number(values.rounds);
  const server = start('server');
  const rows: BenchRow[] = [];
  try {
    const address = (await told(server)) as string;
    for (const workload of WORKLOADS) {
      const cpu = await measure(workload, address, rounds);
      for (const name of VARIANTS.slice(1)) {
        const ratios = cpu[name].map((value, round) => value / (cpu.none[round] ?? Number.NaN));
        const [low, value, high] = interval(ratios);
        rows.push({ case: workload.name, variant: name, metric: 'cpu_ratio', value, low, high });
        console.log(
          `${workload.name.padEnd(18)} ${name.padEnd(22)} cpu × ${value.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`,
        );
      }
    }
  } finally {
    server.kill();
  }
  writeRows(rows, values.json);
}

/** @returns microseconds of CPU a round. */
async function measure(workload: Workload, address: string, rounds: number): Promise<Record<Variant, number[]>> {
  const cpu: Record<Variant, number[]> = { none: [], hook: [], 'hook, not an AI host': [] };
  const clients = VARIANTS.map((name) => [name, start('client', address, workload.name, name)] as const);
  try {
    for (let round = -WARM_UP; round < rounds; round += 1) {
      for (const [name, child] of round % 2 === 0 ? clients : clients.toReversed()) {
        child.send('round');
        const used = (await told(child)) as number;
        if (round >= 0) cpu[name].push(used);
      }
    }
  } finally {
    for (const [, child] of clients) child.kill();
  }
  return cpu;
}

function client(address: string, name: string, which: Variant): void {
  const workload = WORKLOADS.find((one) => one.name === name);
  if (workload === undefined) throw new Error(`there is no case "${name}"`);
  let ended = 0;
  if (which !== 'none') {
    const capture = new Capture({
      hosts: hostMap(which === 'hook' ? new URL(address).host : 'api.example.com'),
      observer: { start: ({ context }) => ({ context, end: () => void (ended += 1), discard: () => {} }) },
    });
    enableTransports(capture);
  }
  const round = async (): Promise<void> => {
    const endedBefore = ended;
    const before = process.cpuUsage();
    for (let i = 0; i < workload.callsPerRound; i += 1) await workload.run(address);
    const { user, system } = process.cpuUsage(before);
    const expected = which === 'hook' ? workload.callsPerRound : 0;
    if (ended - endedBefore !== expected)
      throw new Error(`${which}: saw ${ended - endedBefore} calls, not ${expected}`);
    process.send?.(user + system);
  };
  process.on('message', () => void round());
}

function start(...args: string[]): ChildProcess {
  return fork(fileURLToPath(import.meta.url), args);
}

function told(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('a process of the benchmark ended'));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}

function hostMap(host: string): HostMap {
  const provider = { name: 'bench' } as unknown as Provider;
  return { lookup: (asked) => (asked === host ? { provider: () => provider } : undefined) };
}

/** Median with the 95 % interval of the median, by ranks. */
function interval(values: readonly number[]): [low: number, median: number, high: number] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(share)))] ?? Number.NaN;
  const spread = 0.98 * Math.sqrt(sorted.length);
  return [at(sorted.length / 2 - spread), at((sorted.length - 1) / 2), at(sorted.length / 2 + spread)];
}

function serve(): void {
  const server = http.createServer((req, res) => {
    req.resume().on('end', () => {
      if (req.url === '/json') {
        res.writeHead(200, { 'content-type': 'application/json' }).end(JSON_ANSWER);
        return;
      }
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      let left = EVENTS;
      // A few events a turn: chunks arrive as from a model that is fast, not as one block.
      const write = (): void => {
        for (let i = 0; i < 4 && left > 0; i += 1, left -= 1) res.write(EVENT);
        if (left > 0) setImmediate(write);
        else res.end();
      };
      write();
    });
  });
  server.listen(0, '127.0.0.1', () => {
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
}
