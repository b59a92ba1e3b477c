/** `wiretally top`: what is called now and what it costs an hour, by model, until somebody quits. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import { addConnectionOptions, remoteLedger, REMOTE_ZONE, withLedger } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { explain } from './failure.ts';
import { openLiveScreen } from './live-screen.ts';
import { print, terminalOptions } from './output.ts';
import { addFilterOptions } from './selection-flags.ts';
import type { SelectionFlags } from './selection-flags.ts';
import { ratesJson, readRates, renderRates } from './top-rates.ts';
import type { Snapshot } from './top-rates.ts';
import { sumsOfLedger, sumsOfRemote } from './usage-sums.ts';
import type { ReadModelSums } from './usage-sums.ts';

interface TopFlags extends ConnectionFlags, Omit<SelectionFlags, 'days' | 'from' | 'to'> {
  readonly once?: true;
  readonly json?: true;
  readonly interval: number;
  readonly window: number;
}

export function addTopCommand(program: Command): void {
  const command = program
    .command('top')
    .description('what is called now, and what it costs an hour, by model')
    .option('--once', 'say it once and end')
    .option('--interval <seconds>', 'how often it is said', between(0.2, 3600), 2)
    .option('--window <minutes>', 'over which calls the rates are taken', between(1, 1440), 1)
    .option('--json', 'an object a line, for programs')
    .addHelpText(
      'after',
      `
q or Ctrl-C ends it. In a pipe, it is said again and again below each other, without colours.

Examples:
  wiretally top
  wiretally top --window 15 --provider gemini
  wiretally top --once --json`,
    );
  addConnectionOptions(addFilterOptions(command), 'remote').action(async (flags: TopFlags) => {
    const remote = remoteLedger(flags);
    if (remote !== null) await top(sumsOfRemote(remote, flags), REMOTE_ZONE, flags);
    else await withLedger(flags, (ledger) => top(sumsOfLedger(ledger, flags), ledger.timeZone, flags));
  });
}

async function top(sums: ReadModelSums, timeZone: string, flags: TopFlags): Promise<void> {
  const read = (): Promise<Snapshot> => readRates(sums, new Date(), flags.window);
  const say = (snapshot: Snapshot): Promise<void> =>
    print(
      flags.json === true
        ? `${ratesJson(snapshot)}\n`
        : `${renderRates(snapshot, timeZone, terminalOptions()).join('\n')}\n${flags.once === true ? '' : '\n'}`,
    );
  if (flags.once === true) return say(await read());
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  try {
    if (process.stdout.isTTY && flags.json !== true) await live(timeZone, flags, read, stop);
    else await repeat(flags.interval, stop.signal, async () => say(await read()));
  } finally {
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
  }
}

async function live(
  timeZone: string,
  flags: TopFlags,
  read: () => Promise<Snapshot>,
  stop: AbortController,
): Promise<void> {
  let last: Snapshot | null = null;
  let trouble: string | null = null;
  const draw = (): void => {
    const lines = last === null ? [] : renderRates(last, timeZone, terminalOptions());
    screen.draw([...lines, ...(trouble === null ? [] : ['', trouble]), '', 'q quits']);
  };
  const screen = openLiveScreen(
    { output: process.stdout, input: process.stdin },
    { quit: () => stop.abort(), resize: draw },
  );
  try {
    await repeat(flags.interval, stop.signal, async () => {
      try {
        last = await read();
        trouble = null;
      } catch (error) {
        // The database may come back; the last numbers stay, with the time that they are of.
        trouble = explain(error);
      }
      draw();
    });
  } finally {
    screen.close();
  }
}

async function repeat(seconds: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work();
    await delay(seconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}

const between =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d{1,5}(\.\d+)?$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
  };
