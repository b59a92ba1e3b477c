/** What is wrong with a ledger, in plain words, and what to do about it. */
import type { Ledger } from '../ledger.ts';
import { apartCalls, retention } from './diagnose-days.ts';
import { costsWithoutCards, userPrices } from './diagnose-prices.ts';
import { counted, ok } from './finding.ts';
import type { Finding } from './finding.ts';
import { formatDateTime } from './numbers.ts';
import { shortProviderName } from './provider-names.ts';
import type { Queryable } from './queryable.ts';
import { printable } from './render/printable.ts';

const DAY_MS = 86_400_000;

export async function diagnose(
  ledger: Pick<Ledger, 'pool' | 'database' | 'timeZone' | 'retentionDays' | 'prices'>,
  now: Date,
): Promise<Finding[]> {
  const { pool, database, timeZone, retentionDays, prices } = ledger;
  const weekAgo = new Date(now.getTime() - 7 * DAY_MS);
  return [
    await server(pool, database.description),
    await arrivals(pool, now, timeZone),
    await deadLetters(pool, timeZone),
    await clocks(pool, now),
    await retention(pool, retentionDays, now),
    ...(await apartCalls(pool)),
    ...(await unstatedUsage(pool, weekAgo)),
    ...(await unpricedModels(pool, weekAgo)),
    ...userPrices(prices),
    ...(await costsWithoutCards(pool, weekAgo)),
  ];
}

async function server(db: Queryable, description: string): Promise<Finding> {
  const { rows } = await db.query<{ version: string; size: string; fsync: string }>(
    `SELECT current_setting('server_version') AS version, pg_size_pretty(pg_database_size(current_database())) AS size,
       current_setting('fsync') AS fsync`,
  );
  const { version = '?', size = '?', fsync = '?' } = rows[0] ?? {};
  if (fsync === 'off') {
    return {
      state: 'wrong',
      text: `PostgreSQL ${version} runs with fsync off: a power loss can destroy the ledger`,
      advice: 'Set fsync = on in postgresql.conf and reload.',
    };
  }
  return ok(`PostgreSQL ${version.split(' ')[0] ?? version} (${description}), ${size}`);
}

async function arrivals(db: Queryable, now: Date, timeZone: string): Promise<Finding> {
  const { rows } = await db.query<{ calls: string; last: Date | null }>(
    "SELECT coalesce(sum(requests), 0) AS calls, max(last_used) AS last FROM wiretally_private.rollup_hour WHERE kind = 'call'",
  );
  const { calls = '0', last = null } = rows[0] ?? {};
  if (last === null) {
    return {
      state: 'note',
      text: 'No call has arrived yet',
      advice: 'Start a service with: node --import @wiretally/instrumentation/register app.js',
    };
  }
  const text = `${counted(calls, 'call')}, the last at ${formatDateTime(last, timeZone)}`;
  if (now.getTime() - last.getTime() < DAY_MS) return ok(text);
  return {
    state: 'note',
    text: `${text}: more than a day ago`,
    advice: 'If services made calls since, look at their log for "wiretally".',
  };
}

async function deadLetters(db: Queryable, timeZone: string): Promise<Finding> {
  const { rows } = await db.query<{ kept: string; reason: string; last: Date }>(
    `SELECT sum(times) OVER () AS kept, reason, last_seen AS last FROM wiretally_private.dead_letters
     ORDER BY last_seen DESC LIMIT 1`,
  );
  const [letter] = rows;
  if (letter === undefined) return ok('No record was refused');
  return {
    state: 'wrong',
    text: `Refused: ${counted(letter.kept, 'record')}, the last at ${formatDateTime(letter.last, timeZone)}: ${printable(letter.reason)}`,
    advice:
      'They are in wiretally_private.dead_letters. A newer @wiretally/instrumentation than this ledger is the usual cause: update wiretally.',
  };
}

/** Calls of the future come from a machine whose clock is wrong, and stand outside of every report. */
async function clocks(db: Queryable, now: Date): Promise<Finding> {
  const soon = new Date(now.getTime() + 10 * 60_000);
  const { rows } = await db.query<{ calls: string; applications: string | null }>(
    `SELECT count(*) AS calls, string_agg(DISTINCT service_name, ', ') AS applications
     FROM wiretally_private.calls WHERE created_at > $1`,
    [soon],
  );
  const { calls = '0', applications = null } = rows[0] ?? {};
  if (calls === '0') return ok('No call is of the future');
  return {
    state: 'wrong',
    text: `Of the future: ${counted(calls, 'call')}, from ${printable(applications ?? 'an unnamed application')}`,
    advice: 'Set the clocks of the machines that these run on.',
  };
}

const ADVICE: Readonly<Record<string, string>> = {
  'not-requested': 'Send stream_options: { include_usage: true } with streamed requests.',
  'body-not-seen': 'The client has a transport of its own; see what is not captured in the README.',
  overload: 'More calls at once than the instrumentation reads; raise its limit or add processes.',
  'reader-failed': 'Update @wiretally/instrumentation; the provider may have changed its answers.',
  'not-parsable': 'Update @wiretally/instrumentation; the provider may have changed its answers.',
};

async function unstatedUsage(db: Queryable, since: Date): Promise<Finding[]> {
  const { rows } = await db.query<{ provider: string; reason: string; calls: string }>(
    `SELECT provider, usage_missing_reason AS reason, count(*) AS calls FROM wiretally_private.calls
     WHERE kind = 'call' AND success AND usage_source = 'missing' AND created_at >= $1
     GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 10`,
    [since],
  );
  if (rows.length === 0) return [ok('Every successful call of the last week stated its usage')];
  return rows.map(({ provider, reason, calls }) => ({
    state: 'note',
    text: `No usage (${reason}): ${counted(calls, 'successful call')} to ${shortProviderName(provider)}`,
    advice: ADVICE[reason] ?? null,
  }));
}

async function unpricedModels(db: Queryable, since: Date): Promise<Finding[]> {
  const { rows } = await db.query<{ provider: string; model: string | null; reason: string; calls: string }>(
    `SELECT provider, model, unpriced_reason AS reason, count(*) AS calls FROM wiretally_private.calls
     WHERE kind = 'call' AND cost_usd IS NULL AND usage_source <> 'missing' AND created_at >= $1
     GROUP BY 1, 2, 3 ORDER BY count(*) DESC LIMIT 10`,
    [since],
  );
  if (rows.length === 0) return [ok('Every call of the last week that states usage has a cost')];
  return rows.map(({ provider, model, reason, calls }) => ({
    state: 'note',
    text: `No cost (${reason}): ${counted(calls, 'call')} to ${shortProviderName(provider)} ${printable(model ?? '(no model)')}`,
    advice: 'Add the model to a price table of yours.',
  }));
}
