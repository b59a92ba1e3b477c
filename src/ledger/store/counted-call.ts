import type { UsageRecord } from '@wiretally/usage';

/** What a call adds to a rollup row. */
export interface CountedCall {
  readonly record: UsageRecord;
  readonly timeUnixMicros: number;
  readonly hourMicros: number;
  readonly rollupKey: string;
  readonly success: boolean;
  /** In 1e-18 USD. */
  readonly cost: bigint | null;
}
