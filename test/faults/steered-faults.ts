/** Faults that wait for the moment at which most is at stake, instead of leaving that to chance. */
import { setTimeout as delay } from 'node:timers/promises';
import type { World } from './world.ts';

const PATIENCE_MS = 60_000;
/** Other faults may keep the moment from coming: then it is hurt as it is. */
const AT_BEST_MS = 8000;
/** Some seconds of load; the largest request of the exporter is half of it. */
export const COLLECTOR_QUEUE_BYTES = 1_500_000;
const FULL_QUEUE_BYTES = 0.8 * COLLECTOR_QUEUE_BYTES;

export function between(low: number, high: number, random: () => number): number {
  return low + Math.floor(random() * (high - low));
}

/** Another fault may just have taken away what this one is for: it comes back. @throws Error when it does not */
export async function eventually<T>(attempt: () => Promise<T>, withinMs = PATIENCE_MS): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      if (performance.now() > deadline) throw new Error('the parts did not recover from earlier faults', { cause });
      await delay(100);
    }
  }
}

/** Kills both sinks while a transaction of theirs is in the middle of storing. */
export async function killSinksBeforeCommit(world: World, random: () => number): Promise<void> {
  await holdingCalls(world, async () => {
    await within(AT_BEST_MS, () => transactionWaits(world));
    await killSinks(world, random);
  });
}

/** Keeps the sinks from storing until the Collector has a queue, and kills that. */
export async function killCollectorWithQueue(world: World, random: () => number): Promise<void> {
  await world.collector.ready();
  await holdingCalls(world, async () => {
    await within(AT_BEST_MS, async () => ((await world.collectorQueue()) ?? 0) > 0);
    await killCollector(world, random);
  });
}

/** Keeps the sinks from storing until the Collector takes no more. */
export async function fillCollectorQueue(world: World): Promise<void> {
  await world.collector.ready();
  await holdingCalls(world, async () => {
    await within(AT_BEST_MS, async () => ((await world.collectorQueue()) ?? 0) >= FULL_QUEUE_BYTES);
  });
}

export async function killSinks(world: World, random: () => number): Promise<void> {
  await Promise.all(world.sinks.map((sink) => sink.kill(between(0, 1500, random))));
}

/** A sink has a batch that it cannot store, since somebody else holds the calls. */
export async function transactionWaits(world: World): Promise<boolean> {
  const [row] = await world.query(`select count(*) as waiting from pg_locks
    where relation = 'wiretally_private.calls'::regclass and not granted and mode = 'RowExclusiveLock'`);
  return Number(row?.['waiting']) > 0;
}

/**
 * Not while it starts: version 0.158 first deletes what was on its way to the ledger from its queue and then puts it
 * back (exporterhelper, persistent_queue.go, enqueueNotDispatchedReqs), so that a kill within these milliseconds loses it.
 */
export async function killCollector({ collector }: World, random: () => number): Promise<void> {
  await eventually(async () => {
    if (!collector.isReady) throw new Error('the Collector is not ready');
  });
  await collector.kill(between(0, 1500, random));
}

/** Runs the work while no transaction can store any calls; as long as PostgreSQL lives, since others may kill it. */
export async function holdingCalls(world: World, work: () => Promise<void>): Promise<void> {
  const release = await eventually(() => world.hold('lock table wiretally_private.calls in access exclusive mode'));
  try {
    await work();
  } finally {
    await release();
  }
}

/** @returns false when it did not come true in time; what is asked may fail meanwhile */
export async function within(milliseconds: number, isTrue: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (performance.now() < deadline) {
    if (await isTrue().catch(() => false)) return true;
    await delay(100);
  }
  return false;
}
