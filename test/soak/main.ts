/**
 * npm run soak -- [--calls N]
 *
 * One process with `register` makes N calls (default 50,000) of every kind through fetch and node:http. It must give as
 * many records as calls, of each kind, and hold no more memory at the end than after a fifth of them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Memory } from './app.ts';
import { startCountingLedger } from './counting-ledger.ts';
import { startSoakServer } from './server.ts';
import { countKinds } from './traffic.ts';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '50000' } } });
const calls = Number(values.calls);
/** What a heap of this size changes by without growing. */
const NOISE_BYTES = 4 * 1024 * 1024;

const [server, ledger] = await Promise.all([startSoakServer(), startCountingLedger()]);
const closed = await closedPort();
const spool = mkdtempSync(join(tmpdir(), 'wiretally-soak-'));
const startedAt = performance.now();
const child = spawn(
  process.execPath,
  ['--expose-gc', '--import', '@wiretally/instrumentation/register', fileURLToPath(new URL('app.ts', import.meta.url))],
  {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      SOAK_CALLS: String(calls),
      SOAK_ORIGIN: `http://127.0.0.1:${server.port}`,
      SOAK_CLOSED_ORIGIN: `http://127.0.0.1:${closed}`,
      WIRETALLY_HOSTS: `127.0.0.1:${server.port}=openai,127.0.0.1:${closed}=openai`,
      WIRETALLY_SPOOL_DIR: spool,
      WIRETALLY_QUIET: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: ledger.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    },
  },
);
const memories: Memory[] = [];
child.on('message', (message) => {
  const memory = message as Memory;
  memories.push(memory);
  console.log(
    `${String(memory.calls).padStart(9)} calls  heap ${mib(memory.heapBytes)}  outside ${mib(memory.outsideBytes)}  ` +
      `${ledger.counts().total} records`,
  );
});
const [code] = (await once(child, 'close')) as [number | null];
const seconds = (performance.now() - startedAt) / 1000;
server.close();
ledger.close();
rmSync(spool, { recursive: true, force: true });

const counts = ledger.counts();
const kinds = countKinds(calls);
const early = memories[1];
const last = memories.at(-1);
const checks: readonly (readonly [name: string, holds: boolean, found: string])[] = [
  ['the service ended by itself', code === 0, `exit code ${code}`],
  ['as many records as calls', counts.total === calls, `${counts.total} of ${calls}`],
  [
    'each good answer has its tokens',
    counts.withTokens === kinds.json + kinds.sse,
    `${counts.withTokens} of ${kinds.json + kinds.sse}`,
  ],
  ['each refusal is one', counts.refused === kinds.error, `${counts.refused} of ${kinds.error}`],
  [
    'each call that broke off says so',
    counts.brokenOff === kinds.abort + kinds.reset + kinds['unknown-host'],
    `${counts.brokenOff} of ${kinds.abort + kinds.reset + kinds['unknown-host']}`,
  ],
  grewBy('the heap', 'heapBytes'),
  grewBy('memory outside the heap', 'outsideBytes'),
];
for (const [name, holds, found] of checks) console.log(`${holds ? 'ok    ' : 'FAILED'} ${name}: ${found}`);
const failed = checks.filter(([, holds]) => !holds).length;
console.log(`${Math.round(calls / seconds)} calls a second`);
console.log(`${checks.length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed === 0 ? 0 : 1;

/** From 20 % of the calls to all of them. */
function grewBy(what: string, field: 'heapBytes' | 'outsideBytes'): readonly [string, boolean, string] {
  const before = early?.[field] ?? 0;
  const after = last?.[field] ?? Number.POSITIVE_INFINITY;
  return [`${what} is flat`, after - before <= NOISE_BYTES, `${mib(before)} at 20 %, ${mib(after)} at the end`];
}

function mib(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

async function closedPort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}
