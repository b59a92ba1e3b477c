/** What a benchmark measured, in the one form that tools compare. */
import { writeFileSync } from 'node:fs';

export interface BenchRow {
  readonly case: string;
  readonly variant: string;
  /** `cpu_ratio`, `wall_ratio`, `us_per_call`, `rows_per_second_ratio`, … */
  readonly metric: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** @param file where to, as a JSON list; nothing is written where it is undefined. */
export function writeRows(rows: readonly BenchRow[], file: string | undefined): void {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
}
