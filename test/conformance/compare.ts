/** Holds the records to the naive truth, and knows the differences that are right. */
import type { OutputRecord } from './output.ts';
import { statedUsage } from './truth.ts';
import type { Truth } from './truth.ts';
import type { RecordedExchange } from './corpus.ts';

export interface KnownDifference {
  readonly id: string;
  readonly reason: string;
  /** The provider's document that says so. */
  readonly document: string;
}

/** At most ten rows; a row that is no longer needed fails the check. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [];

export interface Difference {
  readonly id: string;
  readonly provider: string;
  readonly operation: string;
  readonly field: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

export interface Comparison {
  readonly states: boolean;
  readonly differences: readonly Difference[];
}

const FIELDS = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
] as const satisfies readonly (keyof Truth)[];

export function compare(exchange: RecordedExchange, record: OutputRecord | null): Comparison {
  const truth = statedUsage(exchange);
  const { id, provider, operation } = exchange;
  const differs = (field: string, expected: unknown, actual: unknown): Difference => ({
    id,
    provider,
    operation,
    field,
    expected,
    actual,
  });
  if (truth === null) {
    // Numbers where the answer states none are as wrong as missing ones.
    const invented = record !== null && (record.input_tokens !== null || record.output_tokens !== null);
    return { states: false, differences: invented ? [differs('usage', null, record.input_tokens)] : [] };
  }
  if (record === null) return { states: true, differences: [differs('record', 'a record', null)] };
  const differences = FIELDS.filter((field) => truth[field] !== record[field]).map((field) =>
    differs(field, truth[field], record[field]),
  );
  return { states: true, differences };
}
