/** Negative controls: the same run with one safeguard taken away, which must show, or the run could not fail. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { World, WorldOptions } from './world.ts';

export interface Control {
  readonly name: string;
  readonly what: string;
  /** What the difference is to be. */
  readonly shows: 'lost' | 'repeated';
  /** Faults that such a set-up does not survive; the others would only take time. */
  readonly faults: readonly string[];
  readonly world: Pick<WorldOptions, 'sinkProgram' | 'memoryQueue'>;
  /** Once the parts run. */
  prepare?(world: World): Promise<void>;
}

export const CONTROLS: readonly Control[] = [
  {
    name: 'ack-before-commit',
    what: 'a sink that answers 200 before COMMIT',
    shows: 'lost',
    faults: ['kill the postmaster', 'kill both sinks', 'kill a backend of PostgreSQL'],
    world: { sinkProgram: [join(fileURLToPath(new URL('.', import.meta.url)), 'early-sink.ts')] },
  },
  {
    name: 'no-unique-key',
    what: 'a ledger without its unique key',
    shows: 'repeated',
    faults: ['lose answers of the sinks', 'lose answers of the collector', 'kill the collector'],
    world: {},
    async prepare(world) {
      await world.query('drop index wiretally_private.calls_key');
    },
  },
  {
    name: 'memory-queue',
    what: 'a collector that keeps its queue in memory',
    shows: 'lost',
    faults: ['kill the collector', 'kill everything at once'],
    world: { memoryQueue: true },
  },
];
