/**
 * npm run faults -- [--count N] [--seed N] [--control NAME | all]
 * npm run faults -- --sinks 3 [--records N] [--seed N]
 *
 * The first: real processes (loader, Collector with its queue on disk, two sinks, PostgreSQL) are killed, paused, cut
 * off and left without disk N times at random moments; then every record that was sent is there once, and every sum is
 * exact. With a control, one safeguard is taken away, and the run holds only when that shows.
 * The second: several sinks get the same records twice, all at once, in different orders.
 */
import { parseArgs } from 'node:util';
import { stackCache } from '../../scripts/stack/cache.ts';
import { installParts } from '../../scripts/stack/install.ts';
import { parts } from '../../scripts/stack/parts.ts';
import { seededRandom } from '../random.ts';
import { startChecks } from '../stack/checks.ts';
import { costText } from './known-records.ts';
import { whatIsWrong } from './compare-ledger.ts';
import { CONTROLS } from './controls.ts';
import type { Control } from './controls.ts';
import { faultRun } from './fault-run.ts';
import type { FaultRun } from './fault-run.ts';
import { manySinks } from './many-sinks.ts';

const { values: flags } = parseArgs({
  options: {
    count: { type: 'string' },
    seed: { type: 'string' },
    control: { type: 'string' },
    sinks: { type: 'string' },
    records: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const seed = Number(flags.seed ?? Math.floor(Math.random() * 2 ** 31));
const say = (line: string): void => console.log(line);
const checks = startChecks(say);
console.log(`faults: seed ${seed}`);

if (flags.sinks !== undefined) {
  const sinks = Number(flags.sinks);
  const records = Number(flags.records ?? 50_000);
  await checks.check(`${records} records, sent twice by each of ${sinks} sinks at once, are there once`, async () => {
    const { comparison, seconds, requests } = await manySinks({ sinks, records, random: seededRandom(seed), say });
    say(`${requests} requests, ${records * sinks * 2} deliveries in ${seconds.toFixed(1)} s; ${sums(comparison)}`);
    const wrong = whatIsWrong(comparison);
    if (wrong !== null) throw new Error(wrong);
  });
} else if (await collectorIsThere()) {
  if (flags.control === undefined) await withFaults(Number(flags.count ?? 30));
  else for (const control of controlsNamed(flags.control)) await withControl(control, Number(flags.count ?? 2));
}
process.exitCode = checks.close() ? 0 : 1;

async function collectorIsThere(): Promise<boolean> {
  const collector = parts.filter(({ name }) => name === 'collector');
  const { skipped } = installParts(collector, stackCache(), say);
  if (skipped.length === 0) return true;
  const why = 'there is no Collector, and no Go to build it with (node scripts/install-stack.ts collector)';
  if (process.env['CI'] === 'true') {
    await checks.check('the Collector is there', () => {
      throw new Error(why);
    });
  } else checks.skip('faults', why);
  return false;
}

async function withFaults(count: number): Promise<void> {
  let run: FaultRun | null = null;
  await checks.check(`the parts come back after each of ${count} faults`, async () => {
    run = await faultRun({ count, random: seededRandom(seed), control: null, say });
    tell(run);
  });
  if (run === null) return;
  const { comparison, loader, sinkCrashes, sinkExitCodes, skipped } = run as FaultRun;
  await checks.check('the Collector acknowledged every record, and none was given up before', () => {
    if (!loader.delivered || Object.keys(loader.dropped).length > 0) throw new Error(JSON.stringify(loader));
  });
  await checks.check('every record is there once, every rollup equals its rows, every sum is exact', () => {
    const wrong = whatIsWrong(comparison);
    if (wrong !== null) throw new Error(wrong);
  });
  await checks.check('no sink ended by itself, and each ended well when it was asked to', () => {
    const problems = [...sinkCrashes, ...sinkExitCodes.filter((code) => code !== 0).map((code) => `exit code ${code}`)];
    if (problems.length > 0) throw new Error(problems.join('\n'));
  });
  for (const name of skipped) checks.skip(name, 'this user may not mount a small disk');
}

async function withControl(control: Control, count: number): Promise<void> {
  await checks.check(`negative control ${control.name}: ${control.what} is found out`, async () => {
    const run = await faultRun({ count, random: seededRandom(seed), control, say });
    tell(run);
    if (run.comparison[control.shows] === 0) {
      throw new Error(`no record is ${control.shows}: the run would not notice that this safeguard is missing`);
    }
  });
}

function controlsNamed(name: string): readonly Control[] {
  const found = CONTROLS.filter((control) => name === 'all' || control.name === name);
  if (found.length > 0) return found;
  console.error(`--control ${name} is none of: ${CONTROLS.map((control) => control.name).join(', ')}, all`);
  process.exit(2);
}

function tell(run: FaultRun): void {
  say([...run.applied].map(([name, times]) => `${times} × ${name}`).join(', '));
  say(`${run.answersCut} answers cut${run.collectorCrashes.length > 0 ? `; ${run.collectorCrashes.join(', ')}` : ''}`);
  say(sums(run.comparison));
}

function sums(comparison: FaultRun['comparison']): string {
  const { sent, rows, lost, repeated, costSent, costInRollups } = comparison;
  return `sent ${sent}, rows ${rows}, lost ${lost}, repeated ${repeated}; USD sent ${costText(costSent)}, in rollups ${costText(costInRollups)}`;
}
