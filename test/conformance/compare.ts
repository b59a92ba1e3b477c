/** Holds the records to the naive truth; known-differences.ts has the differences that are right. */
import type { OutputRecord } from './output.ts';
import type { RecordedExchange } from './corpus.ts';
import { statedAnswer } from './truth/answer.ts';
import { statedCost } from './truth/cost.ts';
import { statedLimits } from './truth/limits.ts';
import { statedUsage } from './truth/usage.ts';
import type { Truth } from './truth/usage.ts';

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
  const differences: Difference[] = [];
  const expectEqual = (field: string, expected: unknown, actual: unknown): void => {
    if (JSON.stringify(expected) === JSON.stringify(actual)) return;
    differences.push({ id, provider, operation, field, expected, actual });
  };
  if (record === null) {
    if (truth !== null) expectEqual('record', 'a record', null);
    return { states: truth !== null, differences };
  }
  // Numbers where the answer states none are as wrong as missing ones.
  for (const field of FIELDS) expectEqual(field, truth?.[field] ?? null, record[field]);
  const answer = statedAnswer(exchange);
  expectEqual('status', exchange.status, record.status);
  if (truth !== null) {
    expectEqual('response_model', answer.response_model, record.response_model);
    expectEqual('response_id', answer.response_id, record.response_id);
    if (answer.finish_reasons !== null) expectEqual('finish_reasons', answer.finish_reasons, record.finish_reasons);
  }
  if (answer.error_type !== null) expectEqual('error_type', answer.error_type, record.error_type);
  const cost = statedCost(exchange);
  if (cost !== null && !isClose(record.cost_calculated_usd, cost)) {
    expectEqual('cost_calculated_usd', cost, amount(record.cost_calculated_usd));
  }
  for (const stated of statedLimits(exchange)) {
    const same = record.rate_limits.some(
      ({ limit, remaining, reset_seconds: seconds }) =>
        limit === stated.limit &&
        remaining === stated.remaining &&
        (stated.reset_seconds === null || Math.abs((seconds ?? -1) - stated.reset_seconds) < 0.001),
    );
    if (!same) expectEqual('rate_limits', stated, record.rate_limits);
  }
  return { states: truth !== null, differences };
}

/** Routers round, and floats have dust. */
const CLOSE = 0.001;

function isClose(calculated: unknown, stated: number): boolean {
  const value = amount(calculated);
  return value !== null && Math.abs(value - stated) <= CLOSE * stated;
}

/** Exact digits in the record's JSON; a float is enough here. */
function amount(value: unknown): number | null {
  return value === null ? null : Number(JSON.stringify(value));
}
