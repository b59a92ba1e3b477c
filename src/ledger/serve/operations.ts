/** Single calls, as sessions and the list of recent activity show them. */
import { shortProviderName } from '../report/provider-names.ts';
import type { Queryable } from '../report/queryable.ts';
import { callConditions, StatementValues } from '../report/call-conditions.ts';
import type { UsageFilter } from '../report/call-conditions.ts';
import type { Period } from '../report/period.ts';

export interface OperationRow {
  readonly recordId: string;
  readonly at: Date;
  readonly provider: string;
  readonly model: string | null;
  readonly responseModel: string | null;
  readonly service: string;
  readonly operation: string;
  readonly session: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly totalTokens: number | null;
  readonly units: Readonly<Record<string, number>>;
  readonly costUsd: string | null;
  readonly unpricedReason: string | null;
  readonly priceCard: string | null;
  readonly success: boolean;
  readonly status: number | null;
  readonly errorType: string | null;
  readonly durationMs: number | null;
}

interface Row {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly created_at: Date;
  readonly provider: string;
  readonly model: string | null;
  readonly response_model: string | null;
  readonly service_type: string;
  readonly operation_name: string;
  readonly session_id: string | null;
  readonly input_tokens: string | null;
  readonly output_tokens: string | null;
  readonly total_tokens: string | null;
  readonly units: Record<string, number> | null;
  readonly cost_usd: string | null;
  readonly unpriced_reason: string | null;
  readonly price_card: string | null;
  readonly success: boolean;
  readonly status: number | null;
  readonly error_type: string | null;
  readonly duration_us: string | null;
}

export interface OperationQuery {
  readonly period: Period;
  readonly filter: UsageFilter;
  readonly order: 'newest' | 'oldest';
  readonly limit: number;
  readonly offset?: number;
  /** One call only. */
  readonly id?: string;
}

/** The calls that count in sums, one row each. */
export async function listOperations(db: Queryable, query: OperationQuery): Promise<OperationRow[]> {
  const values = new StatementValues();
  const found = callConditions(query.period, query.filter, values);
  if (query.id !== undefined) found.push(`id = ${values.add(query.id)}`);
  const where = found.join(' AND ');
  const direction = query.order === 'newest' ? 'DESC' : 'ASC';
  const { rows } = await db.query<Row>(
    `SELECT id, created_at, provider, model, response_model, service_type,
       coalesce(tags ->> 'operation_type', operation) AS operation_name, session_id,
       input_tokens, output_tokens, total_tokens, units, cost_usd, unpriced_reason, price_card,
       success, status, error_type, duration_us
     FROM wiretally_private.calls
     WHERE ${where}
     ORDER BY created_at ${direction}, id ${direction}
     LIMIT ${values.add(query.limit)} OFFSET ${values.add(query.offset ?? 0)}`,
    values.list,
  );
  const count = (value: string | null): number | null => (value === null ? null : Number(value));
  return rows.map((row) => ({
    recordId: row.id,
    at: row.created_at,
    provider: shortProviderName(row.provider),
    model: row.model,
    responseModel: row.response_model,
    service: row.service_type,
    operation: row.operation_name,
    session: row.session_id,
    inputTokens: count(row.input_tokens),
    outputTokens: count(row.output_tokens),
    totalTokens: count(row.total_tokens),
    units: row.units ?? {},
    costUsd: row.cost_usd,
    unpricedReason: row.unpriced_reason,
    priceCard: row.price_card,
    success: row.success,
    status: row.status,
    errorType: row.error_type,
    durationMs: row.duration_us === null ? null : Number(row.duration_us) / 1000,
  }));
}
