/** What the ledger says over its API, a row a provider and model. */
import { fromAtto, toAtto } from '../decimal.ts';

export interface LedgerModel {
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  readonly failed: number;
  /** Calls whose cost the ledger does not know. */
  readonly withoutCost: number;
  /** Sums of what is known; 0 where no call stated any. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  readonly costUsd: string;
}

interface ByModelRow {
  readonly provider: string;
  readonly model: string | null;
  readonly request_count: number;
  readonly fail_count: number;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly total_tokens: number | null;
  readonly cache_read_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly reasoning_tokens: number | null;
  readonly estimated_cost_exact: string | null;
  readonly requests_without_cost: number;
}

/**
 * The calls of these services since a moment.
 * @throws Error where the ledger does not answer.
 */
export async function ledgerTotals(
  ledgerUrl: string,
  since: Date,
  applications: readonly string[],
): Promise<readonly LedgerModel[]> {
  const answers = await Promise.all(
    applications.map(async (application) => {
      const query = new URLSearchParams({ from: since.toISOString(), application });
      const answer = await fetch(`${ledgerUrl}/api/admin/ai-usage/by-model?${query.toString()}`, {
        signal: AbortSignal.timeout(10_000),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`The ledger answered ${answer.status}: ${text}`);
      return (JSON.parse(text) as { data: readonly ByModelRow[] }).data;
    }),
  );
  return merge(answers.flat().map(modelOf));
}

function modelOf(row: ByModelRow): LedgerModel {
  return {
    provider: row.provider,
    model: row.model ?? 'unknown',
    calls: row.request_count,
    failed: row.fail_count,
    withoutCost: row.requests_without_cost,
    inputTokens: row.input_tokens ?? 0,
    outputTokens: row.output_tokens ?? 0,
    totalTokens: row.total_tokens ?? 0,
    cacheReadTokens: row.cache_read_tokens ?? 0,
    cacheWriteTokens: row.cache_write_tokens ?? 0,
    reasoningTokens: row.reasoning_tokens ?? 0,
    costUsd: row.estimated_cost_exact ?? '0',
  };
}

/** Two services may use the same model. */
function merge(rows: readonly LedgerModel[]): LedgerModel[] {
  const models = new Map<string, LedgerModel>();
  for (const row of rows) {
    const key = `${row.provider} ${row.model}`;
    const other = models.get(key);
    models.set(key, other === undefined ? row : add(other, row));
  }
  return [...models.values()];
}

function add(left: LedgerModel, right: LedgerModel): LedgerModel {
  return {
    ...left,
    calls: left.calls + right.calls,
    failed: left.failed + right.failed,
    withoutCost: left.withoutCost + right.withoutCost,
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    totalTokens: left.totalTokens + right.totalTokens,
    cacheReadTokens: left.cacheReadTokens + right.cacheReadTokens,
    cacheWriteTokens: left.cacheWriteTokens + right.cacheWriteTokens,
    reasoningTokens: left.reasoningTokens + right.reasoningTokens,
    costUsd: fromAtto(toAtto(left.costUsd) + toAtto(right.costUsd)),
  };
}
