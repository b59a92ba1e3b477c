/** Waits until the ledger has what was served, then says whether the two agree. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Served } from '../simulator/served.ts';
import { compare, totalsOf } from './compare.ts';
import type { Difference } from './compare.ts';
import type { LedgerModel } from './ledger-totals.ts';

export interface SelfCheck {
  readonly agrees: boolean;
  /** For people. */
  readonly lines: readonly string[];
}

export interface SelfCheckOptions {
  readonly served: () => Served;
  /** May reject while the ledger is away. */
  readonly ledger: () => Promise<readonly LedgerModel[]>;
  readonly patienceMs: number;
  /** Takes what is there now. */
  readonly force: AbortSignal;
}

export async function selfCheck(options: SelfCheckOptions): Promise<SelfCheck> {
  const deadline = Date.now() + options.patienceMs;
  for (;;) {
    const late = Date.now() > deadline || options.force.aborted;
    try {
      const served = options.served();
      const rows = await options.ledger();
      const differences = compare(served.models, rows);
      if (differences.length === 0 || late)
        return { agrees: differences.length === 0, lines: say(served, rows, differences) };
    } catch (error) {
      if (late) return { agrees: false, lines: [`Self-check failed: ${String(error)}`] };
    }
    await pause(250);
  }
}

function say(served: Served, rows: readonly LedgerModel[], differences: readonly Difference[]): string[] {
  const inLedger = totalsOf(rows);
  const wasServed = totalsOf(served.models);
  const lines = [
    'Self-check of this run       served by the simulator   in the ledger',
    line('calls', String(wasServed.calls), String(inLedger.calls)),
    line('tokens', String(wasServed.tokens), String(inLedger.tokens)),
    line('cost in USD', wasServed.costUsd, inLedger.costUsd),
  ];
  if (differences.length === 0) {
    return [...lines, `They agree, model by model, to the token and to 1e-9 USD (${served.models.length} models).`];
  }
  return [
    ...lines,
    'They do NOT agree:',
    ...differences.map(
      ({ provider, model, what, served: expected, ledger }) =>
        `  ${provider} ${model}: ${what}: served ${expected}, in the ledger ${ledger}`,
    ),
  ];
}

function line(what: string, served: string, ledger: string): string {
  return `  ${what.padEnd(27)}${served.padEnd(26)}${ledger}`;
}
