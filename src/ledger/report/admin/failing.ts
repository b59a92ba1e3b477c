/** Which providers fail now: by their latest calls, not by anybody's status page. */
import { shortProviderName } from '../provider-names.ts';
import type { Queryable } from '../queryable.ts';
import type { Failing } from './admin-report.ts';

/**
 * Looks at up to ten calls of the last hour. A provider fails when the latest one failed, and at least half of them. Calls
 * that the caller got wrong or stopped say nothing about the provider and are left out.
 */
const LATEST = `
  SELECT provider, success, error_type
  FROM (
    SELECT provider, success, error_type, created_at,
      row_number() OVER (PARTITION BY provider ORDER BY created_at DESC, id DESC) AS place
    FROM wiretally_private.calls
    WHERE kind = 'call' AND created_at >= $1 AND created_at <= $2
      AND coalesce(error_class, '') NOT IN ('invalid_request', 'not_found', 'content_filter', 'aborted')
  ) AS latest
  WHERE place <= 10
  ORDER BY provider, place`;

const HOUR_MS = 3_600_000;

interface Row {
  readonly [column: string]: unknown;
  readonly provider: string;
  readonly success: boolean;
  readonly error_type: string | null;
}

/** @returns by the provider's short name. */
export async function failingProviders(db: Queryable, now: Date): Promise<Map<string, Failing>> {
  const { rows } = await db.query<Row>(LATEST, [new Date(now.getTime() - HOUR_MS), now]);
  const failing = new Map<string, Failing>();
  for (const [provider, latest] of Map.groupBy(rows, (row) => row.provider)) {
    const failed = latest.filter((row) => !row.success).length;
    const [first] = latest;
    if (first === undefined || first.success || failed * 2 < latest.length) continue;
    failing.set(shortProviderName(provider), {
      failed,
      calls: latest.length,
      errorType: first.error_type ?? 'unknown',
    });
  }
  return failing;
}
