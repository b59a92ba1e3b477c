/** Starts the demo as `npm start` does, on a folder and ports of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const START = fileURLToPath(new URL('../../src/demo/start.ts', import.meta.url));

export interface DemoRun {
  readonly process: ChildProcess;
  readonly simulatorUrl: string;
  readonly ledgerUrl: string;
  output(): string;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

export async function startDemo(dataDirectory: string, ...flags: string[]): Promise<DemoRun> {
  const [ledgerPort, simulatorPort] = await freePorts(2);
  const child = spawn(process.execPath, [START, ...flags], {
    env: {
      ...process.env,
      WIRETALLY_DATA: dataDirectory,
      WIRETALLY_PORT: String(ledgerPort),
      WIRETALLY_OTLP_PORT: 'none',
      WIRETALLY_SIMULATOR_PORT: String(simulatorPort),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return {
    process: child,
    simulatorUrl: `http://127.0.0.1:${simulatorPort}`,
    ledgerUrl: `http://127.0.0.1:${ledgerPort}`,
    output: () => output,
    ended: once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals),
  };
}

/** How many calls the simulator of a run has answered; 0 while it is not there yet. */
export async function servedCalls(run: DemoRun): Promise<number> {
  try {
    const answer = await fetch(`${run.simulatorUrl}/served`);
    return ((await answer.json()) as { calls: number }).calls;
  } catch {
    return 0;
  }
}

/** Calls that the whole ledger of a run has, or those that a query such as `user_id=42` asks for. */
export async function storedCalls(run: DemoRun, query = ''): Promise<number> {
  const answer = await fetch(`${run.ledgerUrl}/api/admin/ai-usage/stats?${query}`);
  return ((await answer.json()) as { data: { total_requests: number } }).data.total_requests;
}

/** Asks until it holds; the test's own time limit ends it. Other processes have no clock of ours. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Command lines of living processes that have this text in their arguments or environment (Linux). */
export async function processesWith(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) continue;
    const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    const command = await read('cmdline');
    if (`${command}\0${await read('environ')}`.includes(text)) found.push(`${pid} ${command.replaceAll('\0', ' ')}`);
  }
  return found;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return ports;
}
