/**
 * What the demo services share: they make their calls in turn, round after round, until they have made as many rounds
 * as they should or are asked to stop. Nothing here knows that the calls are observed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { scenarioNamed } from '../scenarios/index.ts';
import { asCaller, nextCaller } from './callers.ts';
import type { Caller } from './callers.ts';

/** Where the simulated providers are, without a slash at the end. */
export const simulatorUrl = process.env['DEMO_SIMULATOR_URL'] ?? 'http://127.0.0.1:4390';

/** Of no value: the simulator asks for none. */
export const API_KEY = 'demo-key';

export interface DemoCall {
  /** A name of src/demo/scenarios. */
  readonly scenario: string;
  /**
   * @param headers tell the simulator which scenario is wanted; to be sent with the request
   * @returns what the client made of the answer: text, a number of vectors or images; never empty
   */
  readonly call: (headers: Record<string, string>, caller: Caller) => Promise<string | number | undefined>;
}

/** Runs until done; the process then ends by itself. Exit code 1 where a client did not do what its scenario says. */
export async function serve(calls: readonly DemoCall[], run: RunAs = asCaller): Promise<void> {
  const rounds = Number(process.env['DEMO_ROUNDS'] ?? Number.POSITIVE_INFINITY);
  const pauseMs = Number(process.env['DEMO_PAUSE_MS'] ?? 500);
  const stopping = new AbortController();
  process.once('SIGTERM', () => stopping.abort());
  process.once('SIGINT', () => stopping.abort());

  for (let round = 0; round < rounds; round++) {
    for (const call of calls) {
      if (stopping.signal.aborted) return;
      await once(call, run);
      await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
}

/** How a call is made in somebody's name. */
export type RunAs = <T>(caller: Caller, work: () => Promise<T>) => Promise<T>;

async function once({ scenario, call }: DemoCall, run: RunAs): Promise<void> {
  const { fails = false } = scenarioNamed(scenario);
  const caller = nextCaller();
  try {
    const result = await run(caller, () => call({ 'x-demo-scenario': scenario }, caller));
    if (fails) complain(scenario, 'was expected to fail and did not');
    else if (result === undefined || result === '' || result === 0) complain(scenario, 'got an empty answer');
  } catch (error) {
    if (!fails) complain(scenario, `failed: ${String(error)}`);
  }
}

function complain(scenario: string, what: string): void {
  console.error(`demo service: ${scenario} ${what}`);
  process.exitCode = 1;
}
