/** Tokens and cost of this process since its start. */
import type { UsageRecord } from '@wiretally/usage';
import { processWide } from './process-wide.ts';

export interface SessionTokenUsage {
  /** Calls, failed ones included. */
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  /** USD, of the calls whose cost is known; binary floating point, the ledger has the exact decimal. */
  readonly estimatedCost: number;
  /** Calls of which the sums above lack the tokens. */
  readonly requestsWithoutUsage: number;
  /** Calls of which the sum above lacks the cost. */
  readonly requestsWithoutCost: number;
  /** When this process was started, ISO 8601. */
  readonly startedAt: string;
}

type Totals = { -readonly [Field in Exclude<keyof SessionTokenUsage, 'startedAt'>]: number };

const totals = processWide('session-usage', (): Totals => ({
  requests: 0,
  inputTokens: 0,
  outputTokens: 0,
  totalTokens: 0,
  estimatedCost: 0,
  requestsWithoutUsage: 0,
  requestsWithoutCost: 0,
}));

export function addToSession(record: UsageRecord): void {
  if (record.kind !== 'call') return;
  const { input, output, total } = record.tokens;
  totals.requests += 1;
  totals.inputTokens += input ?? 0;
  totals.outputTokens += output ?? 0;
  totals.totalTokens += total ?? (input ?? 0) + (output ?? 0);
  totals.estimatedCost += Number(record.costUsd ?? 0);
  if (record.usageSource === 'missing') totals.requestsWithoutUsage += 1;
  if (record.costUsd === null) totals.requestsWithoutCost += 1;
}

/** What the calls of this process used, since its start. */
export function getSessionTokenUsage(): SessionTokenUsage {
  return { ...totals, startedAt: new Date(Date.now() - process.uptime() * 1000).toISOString() };
}
