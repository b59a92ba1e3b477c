/**
 * Negative controls: the same run with one safeguard taken away, which must show, or the run could not fail. Each steers
 * its faults to the moment that the safeguard is for, so that it shows every time.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAULTS } from './faults.ts';
import type { Fault } from './faults.ts';
import { holdingCalls, killCollector, killSinks, transactionWaits, within } from './steered-faults.ts';
import type { World, WorldOptions } from './world.ts';

export interface Control {
  readonly name: string;
  readonly what: string;
  /** What the difference is to be. */
  readonly shows: 'lost' | 'repeated';
  readonly faults: readonly Fault[];
  readonly world: Pick<WorldOptions, 'sinkProgram' | 'memoryQueue'>;
  /** Once the parts run. */
  prepare?(world: World): Promise<void>;
}

export const CONTROLS: readonly Control[] = [
  {
    name: 'ack-before-commit',
    what: 'a sink that answers 200 before COMMIT',
    shows: 'lost',
    faults: [
      {
        name: 'kill both sinks between answer and COMMIT',
        apply: killSinksThatAcknowledged,
      },
    ],
    world: { sinkProgram: [join(fileURLToPath(new URL('.', import.meta.url)), 'early-sink.ts')] },
  },
  {
    name: 'no-unique-key',
    what: 'a ledger without its unique key',
    shows: 'repeated',
    faults: [{ name: 'lose an answer of the sinks, and wait for the repetition', apply: loseAnswer }],
    world: {},
    async prepare(world) {
      await world.query('drop index wiretally_private.calls_key');
    },
  },
  {
    name: 'memory-queue',
    what: 'a collector that keeps its queue in memory',
    shows: 'lost',
    faults: [{ name: 'kill the collector while it has a queue', apply: killCollectorThatAcknowledged }],
    world: { memoryQueue: true },
  },
];

const WITHIN_MS = 60_000;

/** The sinks cannot store anything, and yet the Collector hears that they have. */
async function killSinksThatAcknowledged(world: World, random: () => number): Promise<void> {
  await holdingCalls(world, async () => {
    const before = (await world.collectorSent()) ?? 0;
    await required('a transaction waits', () => transactionWaits(world));
    await required('the sinks acknowledge', async () => ((await world.collectorSent()) ?? 0) > before);
    await killSinks(world, random);
  });
}

async function killCollectorThatAcknowledged(world: World, random: () => number): Promise<void> {
  await holdingCalls(world, async () => {
    await required('the Collector has a queue', async () => ((await world.collectorQueue()) ?? 0) > 0);
    await killCollector(world, random);
  });
}

async function loseAnswer(world: World, random: () => number): Promise<void> {
  const before = await repeatedRows(world);
  await FAULTS.find(({ name }) => name === 'lose answers of the sinks')!.apply(world, random);
  await required('what was not answered comes again', async () => (await repeatedRows(world)) > before);
}

/** @throws Error when it does not come true: then the control shows nothing */
async function required(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  if (!(await within(WITHIN_MS, isTrue))) throw new Error(`not within ${WITHIN_MS / 1000} s: ${what}`);
}

async function repeatedRows(world: World): Promise<number> {
  const [row] = await world.query('select count(*) - count(distinct id) as repeated from wiretally_private.calls');
  return Number(row?.['repeated']);
}
