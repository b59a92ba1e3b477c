/** The rate limits that answers stated last, a row each provider, model and limit. */
import { displayProviderName, shortProviderName } from '../provider-names.ts';
import type { Period } from '../period.ts';
import type { Queryable } from '../queryable.ts';

export interface LiveLimit {
  readonly provider: string;
  readonly displayName: string;
  readonly model: string | null;
  /** `requests`, `tokens`, … */
  readonly name: string;
  readonly window: string | null;
  readonly limit: number;
  readonly remaining: number;
  readonly percentLeft: number;
  /** When the limit is full again, as stated; null where the answer did not say. */
  readonly resetAt: Date | null;
  readonly observedAt: Date;
}

interface Row {
  readonly [column: string]: unknown;
  readonly provider: string;
  readonly model: string | null;
  readonly name: string;
  readonly window: string | null;
  readonly limit: number;
  readonly remaining: number;
  readonly reset_at_ms: number | null;
  readonly observed_at: Date;
}

const LIVE_LIMITS = `
  SELECT DISTINCT ON (provider, model, stated ->> 'name', stated ->> 'window')
    provider,
    model,
    stated ->> 'name' AS name,
    stated ->> 'window' AS window,
    (stated ->> 'limit')::float8 AS limit,
    (stated ->> 'remaining')::float8 AS remaining,
    (stated ->> 'resetAtMs')::float8 AS reset_at_ms,
    created_at AS observed_at
  FROM wiretally_private.calls, jsonb_array_elements(rate_limits) AS stated
  WHERE kind = 'call' AND created_at >= $1 AND ($2::timestamptz IS NULL OR created_at < $2)
    AND jsonb_typeof(rate_limits) = 'array'
    AND jsonb_typeof(stated -> 'limit') = 'number' AND jsonb_typeof(stated -> 'remaining') = 'number'
  ORDER BY provider, model, stated ->> 'name', stated ->> 'window', created_at DESC`;

/** A limit stated longer ago says little about now. */
const FRESH_MS = 24 * 3_600_000;

export async function liveLimits(db: Queryable, period: Period, now: Date): Promise<LiveLimit[]> {
  const end = period.to ?? now;
  const earliest = new Date(Math.max(end.getTime() - FRESH_MS, period.from?.getTime() ?? 0));
  const { rows } = await db.query<Row>(LIVE_LIMITS, [earliest, period.to]);
  return rows.map((row) => ({
    provider: shortProviderName(row.provider),
    displayName: displayProviderName(row.provider),
    model: row.model,
    name: row.name,
    window: row.window,
    limit: row.limit,
    remaining: row.remaining,
    percentLeft: row.limit === 0 ? 0 : (row.remaining / row.limit) * 100,
    resetAt: row.reset_at_ms === null ? null : new Date(row.reset_at_ms),
    observedAt: row.observed_at,
  }));
}

/** Below a tenth, unless the limit has been refilled since. */
export function isNear(limit: LiveLimit, now: Date): boolean {
  return limit.percentLeft < 10 && (limit.resetAt === null || limit.resetAt > now);
}
