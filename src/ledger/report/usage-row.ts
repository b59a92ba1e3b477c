/** What a report counts, whatever it is grouped by. */

/** The names that calls can be grouped by. A promoted or other tag is `tag:KEY`. */
export const DIMENSIONS = [
  'provider',
  'model',
  'request_model',
  'response_model',
  'service',
  'operation',
  'user',
  'chat',
  'session',
  'application',
  'environment',
  'error',
  'day',
  'hour',
] as const;
export type Dimension = (typeof DIMENSIONS)[number] | `tag:${string}`;

export function isDimension(value: string): value is Dimension {
  return (DIMENSIONS as readonly string[]).includes(value) || /^tag:[\w.-]{1,64}$/.test(value);
}

/** Sums over calls. A sum of tokens or money is null where no call of the group stated it, never 0 instead. */
export interface UsageRow {
  /** One value a dimension; null where the calls do not have it. */
  readonly group: Readonly<Record<string, string | null>>;
  readonly requests: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly totalTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly reasoningTokens: number | null;
  /** What was bought that is not tokens; null where no call stated it. */
  readonly images: number | null;
  readonly videoSeconds: number | null;
  readonly audioSeconds: number | null;
  readonly characters: number | null;
  /** Exact decimal USD over the calls whose cost is known. */
  readonly costUsd: string | null;
  /** Calls whose usage nobody stated. */
  readonly withoutUsage: number;
  /** Calls whose cost is not known. */
  readonly unpriced: number;
  readonly meanDurationMs: number | null;
  /** UTC. */
  readonly firstUsedAt: Date | null;
  readonly lastUsedAt: Date | null;
}
