/** What can happen to a part at any moment. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RestartingProcess } from './restarting-process.ts';
import type { SmallDisk } from './small-disk.ts';
import {
  between,
  eventually,
  fillCollectorQueue,
  killCollector,
  killCollectorWithQueue,
  killSinksBeforeCommit,
} from './steered-faults.ts';
import type { World } from './world.ts';

export interface Fault {
  readonly name: string;
  /** Only where this user may mount a small disk. */
  readonly needsDisk?: true;
  /** Waits until there is something to hurt; resolves when it has been, not when that has recovered. */
  apply(world: World, random: () => number): Promise<void>;
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'kill a sink',
    apply: async (world, random) => {
      await (await somebody(world.sinks, random)).kill(between(0, 1500, random));
    },
  },
  {
    name: 'kill both sinks',
    apply: async (world, random) => {
      await somebody(world.sinks, random);
      await Promise.all(world.sinks.map((sink) => sink.kill(between(0, 1500, random))));
    },
  },
  {
    name: 'kill both sinks in the middle of a transaction',
    apply: killSinksBeforeCommit,
  },
  {
    name: 'kill a backend of PostgreSQL',
    apply: async (world, random) => signal(await backend(world, random), 'SIGKILL'),
  },
  {
    name: 'kill the postmaster',
    apply: async (world) => signal(await postmaster(world), 'SIGKILL'),
  },
  {
    name: 'kill the collector',
    apply: killCollector,
  },
  {
    name: 'kill the collector while the sinks cannot store',
    apply: killCollectorWithQueue,
  },
  {
    name: 'kill everything at once',
    apply: async (world, random) => {
      const pid = await postmaster(world);
      await world.collector.ready();
      signal(pid, 'SIGKILL');
      await Promise.all([
        killCollector(world, random),
        ...world.sinks.map((sink) => sink.kill(between(0, 1500, random))),
      ]);
    },
  },
  {
    name: 'pause a sink',
    apply: async (world, random) => {
      await (await somebody(world.sinks, random)).pause(between(300, 3000, random));
    },
  },
  {
    name: 'pause the collector',
    apply: async ({ collector }, random) => {
      await collector.ready();
      await collector.pause(between(300, 3000, random));
    },
  },
  {
    name: 'pause a backend of PostgreSQL',
    apply: async (world, random) => {
      const pid = await backend(world, random);
      signal(pid, 'SIGSTOP');
      await delay(between(300, 3000, random));
      signal(pid, 'SIGCONT');
    },
  },
  {
    name: 'terminate the backends of the sinks',
    apply: async (world) => {
      await postmaster(world);
      await eventually(() =>
        world.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'wiretally' and pid <> pg_backend_pid()",
        ),
      );
    },
  },
  {
    name: 'reset the connections of a sink and its database',
    apply: ({ proxies }) => eventually(async () => required(proxies.toDatabase.reset())),
  },
  {
    name: 'reset the connections of collector and sinks',
    apply: ({ proxies }) => eventually(async () => required(proxies.toSinks.reset())),
  },
  {
    name: 'reset the connections of service and collector',
    apply: ({ proxies }) => eventually(async () => required(proxies.toCollector.reset())),
  },
  {
    name: 'lose answers of the sinks',
    apply: async ({ proxies }, random) => proxies.toSinks.cutAnswers(1 + Math.floor(random() * 3)),
  },
  {
    name: 'lose answers of the collector',
    apply: async ({ proxies }, random) => proxies.toCollector.cutAnswers(1 + Math.floor(random() * 3)),
  },
  {
    name: 'lose answers of the database',
    apply: async ({ proxies }, random) => proxies.toDatabase.cutAnswers(1 + Math.floor(random() * 3)),
  },
  {
    name: 'fill the disk of the database',
    needsDisk: true,
    apply: ({ disk }, random) => fill(disk, random),
  },
  {
    // Not its disk: version 0.158 drops what it takes out of its queue while that cannot be written
    // (exporterhelper, persistent_queue.go, getNextItem), which is why agent.yaml limits the queue to less than the disk.
    name: 'fill the queue of the collector',
    apply: fillCollectorQueue,
  },
];

async function fill(disk: SmallDisk | null, random: () => number): Promise<void> {
  if (disk === null) throw new Error('there is no small disk to fill');
  disk.fill();
  await delay(between(500, 3000, random));
  disk.free();
}

/** One that is ready, chosen by chance. */
async function somebody(parts: readonly RestartingProcess[], random: () => number): Promise<RestartingProcess> {
  let found: RestartingProcess | undefined;
  await eventually(async () => {
    const ready = parts.filter((part) => part.isReady);
    found = ready[Math.floor(random() * ready.length)];
    required(found);
  });
  return found!;
}

async function postmaster(world: World): Promise<number> {
  let pid: number | null = null;
  await eventually(async () => {
    pid = await world.postmasterPid();
    // One that still replays its log is hurt by others; here it is to have accepted work.
    await world.query('select 1');
    required(pid);
  });
  return pid!;
}

async function backend(world: World, random: () => number): Promise<number> {
  let pid = 0;
  await eventually(async () => {
    const rows = await world.query("select pid from pg_stat_activity where application_name = 'wiretally'");
    pid = Number(rows[Math.floor(random() * rows.length)]?.['pid'] ?? 0);
    required(pid);
  });
  return pid;
}

function required(found: unknown): void {
  if (found === undefined || found === null || found === 0) throw new Error('nothing is there to be hurt');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone since.
  }
}
