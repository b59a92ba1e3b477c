/**
 * Fills a ledger with many calls in little time: a few go in the way that services send them, the server makes the others
 * of these, and the totals are made as a sink counts them and as `wiretally audit --repair` makes them.
 */
import type { Ledger } from 'wiretally';
import { usageRecord } from '../test/ledger/usage-record.ts';

/** Of the calls that the server makes: they are counted like those of a sink. */
const MADE = 4711;
/** How many calls one that was sent becomes. */
const EACH = 50;
const BATCH = 5000;
const DAY_MS = 86_400_000;
const TEAMS = ['search', 'support', 'billing', 'growth'];
const PROVIDERS = ['openai', 'anthropic', 'gcp.gemini', 'groq', 'cohere'];

export interface Load {
  readonly rows: number;
  readonly days: number;
  /** The time of the last one. */
  readonly now: number;
}

/** 30 models, a user for 200 calls, a session for 10, one in 50 failed. */
export async function loadCalls(ledger: Ledger, { rows, days, now }: Load): Promise<void> {
  const sent = Math.ceil(rows / EACH);
  const apartMs = (days * DAY_MS) / sent;
  for (let start = 0; start < sent; start += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, sent - start) }, (_, offset) =>
      callOf(start + offset, now - days * DAY_MS + Math.floor((start + offset) * apartMs)),
    );
    const { rejected, reasons } = await ledger.ingestLogs(batch.map((record) => ({ record, unknown: {} })));
    if (rejected > 0) throw new Error(`the ledger refused ${rejected} calls: ${reasons.join('; ')}`);
  }
  await ledger.count();
  await ledger.pool.query(await multiplySql(ledger), [EACH - 1, apartMs / EACH, Math.ceil(rows / 200)]);
  await ledger.pool.query(
    `INSERT INTO wiretally_private.uncounted (batch, since, until, calls)
     SELECT $1, min(created_at), max(created_at) + interval '1 microsecond', count(*) FROM wiretally_private.calls
     WHERE batch = $1 GROUP BY date_trunc('hour', created_at, 'UTC')`,
    [MADE],
  );
  await ledger.pool.query('ANALYZE');
  await ledger.count();
  await ledger.repair();
  await ledger.pool.query('VACUUM ANALYZE');
}

function callOf(index: number, atMs: number): ReturnType<typeof usageRecord> {
  const model = index % 30;
  const failed = index % 50 === 0;
  return usageRecord({
    timeUnixMicros: atMs * 1000,
    provider: PROVIDERS[model % PROVIDERS.length] ?? 'openai',
    requestModel: `model-${model}`,
    responseModel: `model-${model}`,
    userId: 'u-0',
    sessionId: `s-${index * (EACH / 10)}`,
    // The number of the call, of which the server makes the others.
    requestId: String(index),
    serviceName: `service-${index % 12}`,
    tags: { team: TEAMS[index % TEAMS.length] ?? 'search' },
    tokens: failed
      ? {}
      : { input: 100 + (index % 900), output: 10 + (index % 90), total: 110 + (index % 900) + (index % 90) },
    costUsd: failed ? null : `0.000${1 + (index % 9)}`,
    ...(failed
      ? { status: 429, errorType: 'rate_limit', usageSource: 'missing', usageMissingReason: 'error-response' }
      : {}),
  });
}

/** $1 how many of each, $2 milliseconds apart, $3 how many users there are. */
async function multiplySql({ pool }: Ledger): Promise<string> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = 'wiretally_private.calls'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
  );
  const other: Readonly<Record<string, string>> = {
    id: 'gen_random_uuid()',
    created_at: "created_at + k * $2::float8 * interval '1 millisecond'",
    user_id: `'u-' || ((request_id::bigint * ${EACH} + k) * 7919 % $3::bigint)`,
    session_id: `'s-' || (request_id::bigint * ${EACH / 10} + k / 10)`,
    batch: String(MADE),
  };
  const names = rows.map(({ name }) => name);
  return `INSERT INTO wiretally_private.calls (${names.join(', ')})
    SELECT ${names.map((name) => other[name] ?? name).join(', ')}
    FROM wiretally_private.calls, generate_series(1, $1::int) AS k`;
}
