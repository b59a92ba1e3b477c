/** One run: load, faults at random moments, everything up again, drained, compared. */
import { setTimeout as delay } from 'node:timers/promises';
import { openLedger } from '../../src/ledger/ledger.ts';
import { compareLedger, whatIsWrong } from './compare-ledger.ts';
import type { Comparison } from './compare-ledger.ts';
import type { Control } from './controls.ts';
import { FAULTS } from './faults.ts';
import type { Fault } from './faults.ts';
import type { RecordSeries } from './known-records.ts';
import type { LoaderReport } from './loader.ts';
import { startWorld } from './world.ts';
import type { World } from './world.ts';

export interface FaultRun {
  readonly comparison: Comparison;
  readonly loader: LoaderReport;
  /** How often each fault was done. */
  readonly applied: ReadonlyMap<string, number>;
  /** Faults that could not be done here. */
  readonly skipped: readonly string[];
  /** Sinks that ended though nobody killed them. */
  readonly sinkCrashes: readonly string[];
  readonly collectorCrashes: readonly string[];
  readonly sinkExitCodes: readonly (number | null)[];
  /** Stated by the sinks and the proxies: that faults did reach what they are for. */
  readonly answersCut: number;
}

export interface FaultRunOptions {
  readonly count: number;
  readonly random: () => number;
  readonly control: Control | null;
  readonly say: (line: string) => void;
}

const RECORDS_PER_SECOND = 250;
const GAP_MS = [200, 3000] as const;
/** The ledger has all, or nothing has changed for so long with nothing on its way. */
const QUIET_MS = 15_000;
const DRAIN_WITHIN_MS = 180_000;

export async function faultRun(options: FaultRunOptions): Promise<FaultRun> {
  const { count, random, control, say } = options;
  const series: RecordSeries = {
    startUnixMicros: Date.now() * 1000,
    stepMicros: Math.floor(1e6 / RECORDS_PER_SECOND),
  };
  const world = await startWorld({
    random,
    series,
    recordsPerSecond: RECORDS_PER_SECOND,
    // About 2 MB of rows and log a fault, beside what an empty cluster takes.
    diskMegabytes: 512 + 3 * count,
    ...control?.world,
  });
  const keepLogs = (): void => say(`the logs of the parts are kept in ${world.keepLogs()}`);
  try {
    await control?.prepare?.(world);
    const possible = FAULTS.filter(({ needsDisk }) => needsDisk !== true || world.disk !== null);
    const applied = await applyFaults(world, control?.faults ?? possible, count, random, say);

    const loader = await world.stopLoader();
    say(`the collector has acknowledged ${loader.made} records; waiting until the ledger has them`);
    const exitCodes = await restart(world);
    await drained(world, loader.made);
    exitCodes.push(...(await world.stopParts()));
    const ledger = await openLedger({ dataDir: world.dataDir });
    try {
      const comparison = await compareLedger(ledger, series, loader.made);
      if (control === null && whatIsWrong(comparison) !== null)
        say(`the logs of the parts are kept in ${world.keepLogs()}`);
      return {
        comparison,
        loader,
        applied,
        skipped: FAULTS.filter((fault) => !possible.includes(fault)).map(({ name }) => name),
        sinkCrashes: world.sinks.flatMap((sink) => sink.crashes),
        collectorCrashes: world.collector.crashes,
        sinkExitCodes: exitCodes,
        answersCut: Object.values(world.proxies).reduce((sum, proxy) => sum + proxy.answersCut, 0),
      };
    } finally {
      await ledger.close();
    }
  } catch (error) {
    keepLogs();
    throw error;
  } finally {
    await world.remove();
  }
}

/** Each kind before any comes again; the next one does not wait until the last one is over. */
async function applyFaults(
  world: World,
  faults: readonly Fault[],
  count: number,
  random: () => number,
  say: (line: string) => void,
): Promise<Map<string, number>> {
  const applied = new Map<string, number>();
  const under: Promise<void>[] = [];
  const startedAt = performance.now();
  let deck: Fault[] = [];
  for (let done = 0; done < count; done += 1) {
    await delay(GAP_MS[0] + random() * (GAP_MS[1] - GAP_MS[0]));
    if (deck.length === 0) deck = shuffled(faults, random);
    const fault = deck.pop()!;
    applied.set(fault.name, (applied.get(fault.name) ?? 0) + 1);
    say(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${done + 1}: ${fault.name}`);
    const running = fault.apply(world, random);
    // Its failure is reported when all are awaited.
    running.catch(() => undefined);
    under.push(running);
  }
  await Promise.all(under);
  return applied;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

/** Ends every part as an operator does and starts it again, so that no back-off of an hour ago delays the end. */
async function restart(world: World): Promise<(number | null)[]> {
  const parts = [world.collector, ...world.sinks];
  await Promise.all(parts.map((part) => part.ready()));
  const exitCodes = [...(await world.stopParts())];
  for (const sink of world.sinks) await sink.start();
  await world.collector.start();
  return exitCodes;
}

async function drained(world: World, sent: number): Promise<void> {
  const deadline = performance.now() + DRAIN_WITHIN_MS;
  let rows = -1;
  let changedAt = performance.now();
  while (performance.now() < deadline) {
    const now = await countRows(world);
    if (now.distinct === sent && (await world.collectorQueue()) === 0) return;
    if (now.rows !== rows) {
      rows = now.rows;
      changedAt = performance.now();
    }
    if (performance.now() - changedAt > QUIET_MS && (await world.collectorQueue()) === 0) return;
    await delay(500);
  }
}

async function countRows(world: World): Promise<{ rows: number; distinct: number }> {
  const [counted] = await world.query(
    'select count(*)::int as rows, count(distinct id)::int as distinct from wiretally_private.calls',
  );
  return { rows: Number(counted?.['rows']), distinct: Number(counted?.['distinct']) };
}
