/** Makes every rollup say what its rows say, in one transaction; a rollup without rows goes, one that lacks comes. */
import type { Pool, PoolClient } from 'pg';
import { COMPARED_COLUMNS, differencesOf, differing, sumsOfCalls } from './audit.ts';
import type { AuditDifference } from './audit.ts';
import { repairParts } from './later-totals/repair-parts.ts';
import { createRollupGroups } from './rollup-key.ts';
import type { RollupGroup } from './rollup-key.ts';
import { MICROS_SQL, rowToRecord } from './row-to-record.ts';
import { inTransaction } from './transaction.ts';

export interface RepairResult {
  /** Hourly rollup rows that were changed, made or removed. */
  readonly rollups: number;
  /** What they said before, beside what they say now. */
  readonly repaired: readonly AuditDifference[];
}

const REPAIR_WITHIN_MS = 30 * 60_000;

/** All rows are read, nobody waits. */
const FIND = `with kept as (select wiretally_private.details_from() as since),
  rows as (${sumsOfCalls('wiretally_private.calls where created_at >= (select * from kept)')}),
  different as (${differing('select * from wiretally_private.rollup_hour where hour >= (select * from kept)')})
  select distinct hour from different order by hour`;

/** Only the hours of $1. */
const ROWS = `rows as (${sumsOfCalls(
  `unnest($1::timestamptz[]) as h join wiretally_private.calls on created_at >= h and created_at < h + interval '1 hour'`,
)})`;
const DIFFERENT = `with ${ROWS} ${differing('select * from wiretally_private.rollup_hour where hour = any($1)')}
  order by hour, provider, model`;

const VALUES = COMPARED_COLUMNS.join(', ');
const SET = `with ${ROWS} update wiretally_private.rollup_hour as r
  set (${VALUES}) = row(${COMPARED_COLUMNS.map((column) => `rows.${column}`).join(', ')})
  from rows, unnest($2::timestamptz[], $3::uuid[]) as wrong (hour, key)
  where (rows.hour, rows.key) = (wrong.hour, wrong.key) and (r.hour, r.key) = (wrong.hour, wrong.key)`;

const REMOVE = `delete from wiretally_private.rollup_hour as r using unnest($1::timestamptz[], $2::uuid[]) as gone (hour, key)
  where (r.hour, r.key) = (gone.hour, gone.key)`;

const NAMES = ['provider', 'model', 'request_model', 'response_model', 'operation', 'service_type', 'kind', 'tags'];
const MAKE = `with ${ROWS} insert into wiretally_private.rollup_hour (hour, key, ${NAMES.join(', ')}, ${VALUES})
  select rows.hour, rows.key, ${NAMES.map((name) => `made.${name}`).join(', ')}, ${COMPARED_COLUMNS.map((column) => `rows.${column}`).join(', ')}
  from rows join json_populate_recordset(null::wiretally_private.rollup_hour, $2::json) as made using (hour, key)`;

const A_ROW_OF_EACH = `select distinct on (missing.hour, missing.key) missing.hour, c.*, ${MICROS_SQL} as micros
  from unnest($1::timestamptz[], $2::uuid[]) as missing (hour, key) join wiretally_private.calls c
    on c.created_at >= missing.hour and c.created_at < missing.hour + interval '1 hour' and c.rollup_key = missing.key
  order by missing.hour, missing.key`;

/** @param promotedTags those that the sinks keep apart */
export async function repairRollups(pool: Pool, promotedTags: readonly string[]): Promise<RepairResult> {
  const hours = await repairAllHours(pool, promotedTags);
  return { ...hours, repaired: [...hours.repaired, ...(await repairParts(pool))] };
}

async function repairAllHours(pool: Pool, promotedTags: readonly string[]): Promise<RepairResult> {
  const { rows } = await pool.query<{ hour: Date }>(FIND);
  const hours = rows.map(({ hour }) => hour);
  if (hours.length === 0) return { rollups: 0, repaired: [] };
  return inTransaction(pool, (client) => repairHours(client, hours, promotedTags), REPAIR_WITHIN_MS);
}

async function repairHours(
  client: PoolClient,
  hours: readonly Date[],
  promotedTags: readonly string[],
): Promise<RepairResult> {
  await client.query("set local lock_timeout = '1min'");
  // Sinks add to rollups after they stored the rows: who has the lock sees both of a transaction, or neither.
  await client.query('lock table wiretally_private.rollup_hour in share row exclusive mode');
  const { rows: different } = await client.query<Record<string, unknown>>(DIFFERENT, [hours]);
  const keysOf = (rows: readonly Record<string, unknown>[]): [unknown[], unknown[]] => [
    rows.map((row) => row['hour']),
    rows.map((row) => row['key']),
  ];
  const missing = different.filter((row) => row['missing'] === true);
  const unfounded = different.filter((row) => row['unfounded'] === true);
  const wrong = different.filter((row) => row['missing'] !== true && row['unfounded'] !== true);
  if (wrong.length > 0) await client.query(SET, [hours, ...keysOf(wrong)]);
  if (unfounded.length > 0) await client.query(REMOVE, keysOf(unfounded));
  if (missing.length > 0) {
    const found = await client.query<Record<string, unknown>>(A_ROW_OF_EACH, keysOf(missing));
    const made = found.rows.map((row) => ({ hour: row['hour'], ...namesOf(row, promotedTags) }));
    await client.query(MAKE, [hours, JSON.stringify(made)]);
  }
  return { rollups: different.length, repaired: different.flatMap(differencesOf) };
}

/** What a rollup is about, from one of its calls. The key tells which tags the sink that stored the call kept apart. */
function namesOf(row: Readonly<Record<string, unknown>>, promotedTags: readonly string[]): Record<string, unknown> {
  const record = rowToRecord(row);
  const key = String(row['rollup_key']);
  const groupBy = (tags: readonly string[]): RollupGroup => createRollupGroups(tags)(record);
  const groups = [promotedTags, Object.keys(record.tags)].map(groupBy);
  const group = groups.find((each) => each.key === key) ?? groupBy([]);
  return {
    key,
    provider: group.provider,
    model: group.model,
    request_model: group.requestModel,
    response_model: group.responseModel,
    operation: group.operation,
    service_type: group.serviceType,
    kind: group.kind,
    tags: Object.fromEntries(group.tags),
  };
}
