/**
 * npm run matrix -- [--full | --all] [--node 22,24,26] [--client NAME] [--scenario NAME] [--jobs N] [--verbose]
 *
 * Plays scenarios with client libraries on several versions of Node, without us and with us, and compares what the
 * application and the server saw, and the records. Without flags a sample that covers each row and each column.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createAuthority } from '../conformance/authority.ts';
import { bundledApp } from './bundle.ts';
import { runCell } from './cell.ts';
import type { Cell, Surroundings } from './cell.ts';
import { CLIENTS } from './clients.ts';
import { installed, NODES, ROOT } from './install.ts';
import { sampled } from './sample.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { startBusyLedger } from './wire/records.ts';

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    node: { type: 'string' },
    client: { type: 'string' },
    scenario: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(availableParallelism() + 1) },
  },
});

const wanted = (filter: string | undefined, name: string): boolean =>
  filter === undefined ||
  filter
    .split(',')
    .some((part) => new RegExp(`^${part.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')}$`).test(name));

const nodes = NODES.filter((node) => wanted(values.node, node));
const clients = CLIENTS.filter(({ name }) => wanted(values.client, name));
const scenarios = SCENARIOS.filter(({ name }) => wanted(values.scenario, name));
if (nodes.length * clients.length * scenarios.length === 0) {
  throw new Error(
    `Nothing matches. Nodes: ${NODES.join(' ')}. Clients: ${CLIENTS.map(({ name }) => name).join(' ')}. ` +
      `Scenarios: ${SCENARIOS.map(({ name }) => name).join(' ')}. A * stands for anything.`,
  );
}

const all = nodes.flatMap((node) =>
  clients.flatMap((client) =>
    scenarios
      .filter(({ socket = false }) => socket === client.socket)
      .map((scenario): Cell => ({ node, client, scenario })),
  ),
);
const filtered = values.node ?? values.client ?? values.scenario;
const cells = values.full || values.all || filtered !== undefined ? all : sampled(all);

const packages = installed('clients');
const authority = await createAuthority(['127.0.0.1']);
const directory = join(ROOT, '.cache/matrix');
mkdirSync(directory, { recursive: true });
const caFile = join(directory, 'authority.pem');
writeFileSync(caFile, authority.ca);
const ledger = await startBusyLedger();
const around: Surroundings = {
  app: await bundledApp(directory),
  packages,
  ledgerUrl: ledger.url,
  caFile,
  ...authority,
};

const startedAt = performance.now();
const counts = { passed: 0, failed: 0, skipped: 0 };
const skips = new Map<string, number>();
const queue = [...cells];
await Promise.all(Array.from({ length: Number(values.jobs) }, work));
ledger.close();

for (const [reason, count] of skips) console.log(`skipped ${count}: ${reason}`);
const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
console.log(
  `${cells.length} of ${all.length} cells: ${nodes.length} Node versions, ${clients.length} clients, ` +
    `${scenarios.length} scenarios, ${minutes} minutes`,
);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;

async function work(): Promise<void> {
  for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
    const { node, client, scenario } = cell;
    const reason = scenario.skip?.(client) ?? null;
    if (reason !== null) {
      counts.skipped += 1;
      skips.set(`${scenario.name}: ${reason}`, (skips.get(`${scenario.name}: ${reason}`) ?? 0) + 1);
      continue;
    }
    const first = await runCell(cell, around);
    // What differs by chance alone does not differ twice; it is told all the same, since chance has no place here.
    const { wrong, transcript } = first.wrong.length === 0 ? first : await runCell(cell, around);
    if (values.verbose) console.log(`node ${node}, ${client.name}, ${scenario.name}\n${transcript}`);
    if (wrong.length === 0) counts.passed += 1;
    else counts.failed += 1;
    if (first.wrong.length === 0) continue;
    console.log(`${wrong.length === 0 ? 'flaky ' : 'FAILED'} node ${node}, ${client.name}, ${scenario.name}`);
    for (const line of first.wrong) console.log(`  ${line}`);
  }
}
