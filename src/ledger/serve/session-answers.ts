/** Sessions and operations in the shapes that clients know. */
import type { z } from '@hono/zod-openapi';
import type { Queryable } from '../report/queryable.ts';
import type { OperationRow } from './operations.ts';
import { SESSION_PARTS_SQL } from './sessions.ts';
import type { SessionRow } from './sessions.ts';
import { cost } from './usage-schemas.ts';
import type { Breakdown, ListedSession, Operation, SessionSummary, UsageStats } from './usage-schemas.ts';

export async function servicesBreakdown(db: Queryable, sessionId: string): Promise<z.infer<typeof Breakdown>> {
  const { rows } = await db.query<{ service: string; operations: string; cost_usd: string | null; models: string[] }>(
    `SELECT service_type AS service, sum(requests) AS operations, trim_scale(sum(cost_usd)) AS cost_usd,
       coalesce(array_agg(DISTINCT model ORDER BY model) FILTER (WHERE model IS NOT NULL), '{}') AS models
     FROM (${SESSION_PARTS_SQL}) AS part GROUP BY service_type ORDER BY service_type`,
    [[sessionId]],
  );
  return Object.fromEntries(
    rows.map(({ service, operations, cost_usd: usd, models }) => [
      service,
      { operations: Number(operations), ...cost('cost', usd, Number(operations)), models },
    ]),
  );
}

export async function usageStats(db: Queryable, session: SessionRow): Promise<z.infer<typeof UsageStats>> {
  return {
    session_active: session.active,
    session_id: session.sessionId,
    ...cost('total_cost', session.costUsd, session.operations),
    total_operations: session.operations,
    operations_without_cost: session.withoutCost,
    services_breakdown: await servicesBreakdown(db, session.sessionId),
    input_tokens: session.inputTokens,
    output_tokens: session.outputTokens,
    total_tokens: session.totalTokens,
    video_seconds: session.videoSeconds,
    start_time: session.startedAt.toISOString(),
    last_update: session.lastUpdateAt.toISOString(),
  };
}

export function sessionSummary(session: SessionRow): z.infer<typeof SessionSummary> {
  return {
    session_id: session.sessionId,
    start_time: session.startedAt.toISOString(),
    // A session that nobody ended has ended with its last call, once it is no longer active.
    end_time: (session.endedAt ?? (session.active ? null : session.lastUpdateAt))?.toISOString() ?? null,
    total_operations: session.operations,
    ...cost('total_cost_usd', session.costUsd, session.operations),
    operations_without_cost: session.withoutCost,
    services_used: [...session.services],
    models_used: [...session.models],
  };
}

export function listedSession(session: SessionRow): z.infer<typeof ListedSession> {
  return {
    ...sessionSummary(session),
    session_active: session.active,
    last_update: session.lastUpdateAt.toISOString(),
    total_tokens: session.operations === 0 ? 0 : session.totalTokens,
  };
}

export function operationAnswer(row: OperationRow): Operation {
  return {
    record_id: row.recordId,
    time: row.at.toISOString(),
    provider: row.provider,
    model_name: row.model,
    service_type: row.service,
    operation_type: row.operation,
    session_id: row.session,
    input_tokens: row.inputTokens,
    output_tokens: row.outputTokens,
    total_tokens: row.totalTokens,
    units: { ...row.units },
    ...cost('cost', row.costUsd, 1),
    unpriced_reason: row.unpricedReason,
    price_card: row.priceCard,
    success: row.success,
    error_type: row.errorType,
    response_time_ms: row.durationMs,
  };
}
