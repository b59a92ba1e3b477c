/** What can happen to a part at any moment. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RestartingProcess } from './restarting-process.ts';
import type { SmallDisk } from './small-disk.ts';
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
    name: 'kill a backend of PostgreSQL',
    apply: async (world, random) => signal(await backend(world, random), 'SIGKILL'),
  },
  {
    name: 'kill the postmaster',
    apply: async (world) => signal(await postmaster(world), 'SIGKILL'),
  },
  {
    name: 'kill the collector',
    apply: async ({ collector }, random) => {
      await collector.ready();
      await collector.kill(between(0, 1500, random));
    },
  },
  {
    name: 'kill everything at once',
    apply: async (world, random) => {
      const pid = await postmaster(world);
      await world.collector.ready();
      signal(pid, 'SIGKILL');
      await Promise.all([world.collector, ...world.sinks].map((part) => part.kill(between(0, 1500, random))));
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
      await untilDone(() =>
        world.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'wiretally' and pid <> pg_backend_pid()",
        ),
      );
    },
  },
  {
    name: 'reset the connections of a sink and its database',
    apply: ({ proxies }) => untilDone(async () => required(proxies.toDatabase.reset())),
  },
  {
    name: 'reset the connections of collector and sinks',
    apply: ({ proxies }) => untilDone(async () => required(proxies.toSinks.reset())),
  },
  {
    name: 'reset the connections of service and collector',
    apply: ({ proxies }) => untilDone(async () => required(proxies.toCollector.reset())),
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
    apply: ({ disks }, random) => fill(disks?.database, random),
  },
  {
    name: 'fill the disk of the collector',
    needsDisk: true,
    apply: ({ disks }, random) => fill(disks?.collector, random),
  },
];

const PATIENCE_MS = 60_000;

function between(low: number, high: number, random: () => number): number {
  return low + Math.floor(random() * (high - low));
}

async function fill(disk: SmallDisk | undefined, random: () => number): Promise<void> {
  if (disk === undefined) throw new Error('there is no small disk to fill');
  disk.fill();
  await delay(between(500, 3000, random));
  disk.free();
}

/** One that is ready, chosen by chance. */
async function somebody(parts: readonly RestartingProcess[], random: () => number): Promise<RestartingProcess> {
  let found: RestartingProcess | undefined;
  await untilDone(async () => {
    const ready = parts.filter((part) => part.isReady);
    found = ready[Math.floor(random() * ready.length)];
    required(found);
  });
  return found!;
}

async function postmaster(world: World): Promise<number> {
  let pid: number | null = null;
  await untilDone(async () => {
    pid = await world.postmasterPid();
    // One that still replays its log is hurt by others; here it is to have accepted work.
    await world.query('select 1');
    required(pid);
  });
  return pid!;
}

async function backend(world: World, random: () => number): Promise<number> {
  let pid = 0;
  await untilDone(async () => {
    const rows = await world.query("select pid from pg_stat_activity where application_name = 'wiretally'");
    pid = Number(rows[Math.floor(random() * rows.length)]?.['pid'] ?? 0);
    required(pid);
  });
  return pid;
}

function required(found: unknown): void {
  if (found === undefined || found === null || found === 0) throw new Error('nothing is there to be hurt');
}

/** Another fault may just have taken away what this one is for: it comes back. */
async function untilDone(attempt: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (cause) {
      if (performance.now() > deadline) throw new Error('the parts did not recover from earlier faults', { cause });
      await delay(100);
    }
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone since.
  }
}
