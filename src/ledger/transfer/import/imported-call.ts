/** A row that was understood: what it says of a call, before ids and prices. Null: the row does not say. */
import type { Operation, ServiceType, Units } from '@wiretally/usage';

export interface ImportedCall {
  /** Names the row within its source for good; the same row imported again has the same. */
  readonly key: string;
  /** Microseconds since the epoch. */
  readonly timeUnixMicros: number;
  readonly provider: string | null;
  readonly model: string | null;
  readonly service: ServiceType;
  readonly operation: Operation;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly totalTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly units: Units;
  /** What the source says it cost, decimal USD. */
  readonly statedCostUsd: string | null;
  readonly user: string | null;
  readonly chat: string | null;
  readonly session: string | null;
  readonly application: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly success: boolean;
  readonly status: number | null;
  readonly errorType: string | null;
  readonly errorMessage: string | null;
  readonly durationMs: number | null;
  readonly timeToFirstChunkMs: number | null;
}

export type CallFacts = Partial<ImportedCall> & Pick<ImportedCall, 'key' | 'timeUnixMicros'>;

export const importedCall = (facts: CallFacts): ImportedCall => ({
  provider: null,
  model: null,
  service: 'text',
  operation: 'chat',
  inputTokens: null,
  outputTokens: null,
  totalTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  units: {},
  statedCostUsd: null,
  user: null,
  chat: null,
  session: null,
  application: null,
  tags: {},
  success: true,
  status: null,
  errorType: null,
  errorMessage: null,
  durationMs: null,
  timeToFirstChunkMs: null,
  ...facts,
});
