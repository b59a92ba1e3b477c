/** Calls, tokens and cost by provider and model, as each part of the stack has them. */
import type { Client } from 'pg';
import { queryNow } from './prometheus.ts';

export interface ModelTotal {
  /** Short name, as reports write it. */
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  readonly failed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

/** The name under which reports show a model that nobody stated. */
const NO_MODEL = 'unknown';

export async function ledgerTotals(ledger: Client): Promise<ModelTotal[]> {
  const { rows } = await ledger.query<Record<keyof ModelTotal, string>>(
    `select provider_short_name as provider, coalesce(model, '${NO_MODEL}') as model, count(*) as calls,
       count(*) filter (where not success) as failed, coalesce(sum(input_tokens), 0) as "inputTokens",
       coalesce(sum(output_tokens), 0) as "outputTokens", coalesce(sum(cost_usd), 0) as "costUsd"
     from wiretally_calls where kind = 'call' group by 1, 2`,
  );
  return rows.map((row) => ({
    provider: row.provider,
    model: row.model,
    calls: Number(row.calls),
    failed: Number(row.failed),
    inputTokens: Number(row.inputTokens),
    outputTokens: Number(row.outputTokens),
    costUsd: Number(row.costUsd),
  }));
}

/**
 * The last value of every series, summed: `increase()` would leave out what a process counted before its first sample. A process
 * that was started again is a series of its own, since its `instance` is another.
 */
export async function prometheusTotals(prometheus: string, ledger: Client): Promise<ModelTotal[]> {
  const names = await ledger.query<{ provider: string; short: string }>(
    'select distinct provider, provider_short_name as short from wiretally_calls',
  );
  const shortNames = new Map(names.rows.map(({ provider, short }) => [provider, short]));
  const totals = new Map<string, { -readonly [Key in keyof ModelTotal]: ModelTotal[Key] }>();
  const add = async (
    field: 'calls' | 'failed' | 'inputTokens' | 'outputTokens' | 'costUsd',
    metric: string,
  ): Promise<void> => {
    for (const { labels, values } of await queryNow(prometheus, `last_over_time(${metric}[1h])`)) {
      const otelName = labels['gen_ai_provider_name'] ?? '';
      const provider = shortNames.get(otelName) ?? otelName;
      const model = labels['gen_ai_request_model'] ?? labels['gen_ai_response_model'] ?? NO_MODEL;
      const key = `${provider} ${model}`;
      const total = totals.get(key) ?? {
        provider,
        model,
        calls: 0,
        failed: 0,
        inputTokens: 0,
        outputTokens: 0,
        costUsd: 0,
      };
      total[field] += values.at(-1) ?? 0;
      totals.set(key, total);
    }
  };
  await add('calls', 'wiretally_calls_total');
  await add('failed', 'wiretally_calls_total{error_type!=""}');
  await add('inputTokens', 'wiretally_tokens_total{wiretally_token_type="input"}');
  await add('outputTokens', 'wiretally_tokens_total{wiretally_token_type="output"}');
  await add('costUsd', 'wiretally_cost_usd_total');
  return [...totals.values()];
}

/** @throws Error with every difference; dollars may differ by 1e-9 */
export function expectEqual(what: string, expected: readonly ModelTotal[], found: readonly ModelTotal[]): void {
  const byModel = (totals: readonly ModelTotal[]): Map<string, ModelTotal> =>
    new Map(totals.map((total) => [`${total.provider} ${total.model}`, total]));
  const [left, right] = [byModel(expected), byModel(found)];
  const differences: string[] = [];
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const [wanted, got] = [left.get(key), right.get(key)];
    for (const field of ['calls', 'failed', 'inputTokens', 'outputTokens', 'costUsd'] as const) {
      const [a, b] = [wanted?.[field] ?? 0, got?.[field] ?? 0];
      if (Math.abs(a - b) > 1e-9) differences.push(`${key}: ${field} served ${a}, ${what} ${b}`);
    }
  }
  if (differences.length > 0) throw new Error(differences.join('\n'));
}
