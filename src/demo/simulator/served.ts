/** What the simulator served, counted an attempt, and what a ledger must therefore say. */
import { fromAtto, toAtto } from '../decimal.ts';
import type { Attempt, DemoProvider, Scenario } from '../scenarios/scenario.ts';

/** One provider and model: the unit in which served and ledger are compared. */
export interface ServedModel {
  readonly provider: DemoProvider;
  readonly model: string;
  readonly calls: number;
  readonly failed: number;
  /** Calls whose cost nobody can know: it must be missing in the ledger, not 0. */
  readonly withoutCost: number;
  /** Sums of what was stated; calls that state nothing add nothing. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  readonly costUsd: string;
}

export interface Served {
  /** Answers a scenario, all attempts. */
  readonly scenarios: readonly {
    readonly scenario: string;
    readonly provider: DemoProvider;
    readonly attempts: number;
  }[];
  readonly models: readonly ServedModel[];
  readonly calls: number;
  readonly costUsd: string;
  /** Requests that are no AI call and must not be in any ledger. */
  readonly notAi: number;
}

export interface ServedLog {
  count(scenario: Scenario, attempt: Attempt): void;
  countNotAi(): void;
  served(): Served;
}

export function createServedLog(): ServedLog {
  const counts = new Map<Scenario, Map<Attempt, number>>();
  let notAi = 0;
  return {
    count(scenario, attempt) {
      const attempts = counts.get(scenario) ?? new Map<Attempt, number>();
      counts.set(scenario, attempts.set(attempt, (attempts.get(attempt) ?? 0) + 1));
    },
    countNotAi() {
      notAi += 1;
    },
    served: () => summarize(counts, notAi),
  };
}

const TOKENS = [
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
] as const;

interface Sums {
  calls: number;
  failed: number;
  withoutCost: number;
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  reasoningTokens: number;
  cost: bigint;
}

function summarize(counts: ReadonlyMap<Scenario, ReadonlyMap<Attempt, number>>, notAi: number): Served {
  const models = new Map<string, { provider: DemoProvider; model: string; sums: Sums }>();
  for (const [scenario, attempts] of counts) {
    for (const [{ expected }, count] of attempts) {
      const key = `${scenario.provider} ${scenario.model}`;
      const entry = models.get(key) ?? { provider: scenario.provider, model: scenario.model, sums: nothing() };
      entry.sums.calls += count;
      entry.sums.failed += expected.succeeded ? 0 : count;
      entry.sums.withoutCost += expected.costUsd === null ? count : 0;
      for (const field of TOKENS) entry.sums[field] += (expected[field] ?? 0) * count;
      entry.sums.cost += toAtto(expected.costUsd ?? '0') * BigInt(count);
      models.set(key, entry);
    }
  }
  const rows = [...models.values()];
  return {
    scenarios: [...counts].map(([scenario, attempts]) => ({
      scenario: scenario.name,
      provider: scenario.provider,
      attempts: [...attempts.values()].reduce((sum, count) => sum + count, 0),
    })),
    models: rows.map(({ provider, model, sums: { cost, ...numbers } }) => ({
      provider,
      model,
      ...numbers,
      costUsd: fromAtto(cost),
    })),
    calls: rows.reduce((sum, { sums }) => sum + sums.calls, 0),
    costUsd: fromAtto(rows.reduce((sum, { sums }) => sum + sums.cost, 0n)),
    notAi,
  };
}

function nothing(): Sums {
  return {
    calls: 0,
    failed: 0,
    withoutCost: 0,
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    cost: 0n,
  };
}
