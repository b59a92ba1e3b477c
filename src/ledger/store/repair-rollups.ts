/** Makes every rollup say what its rows say, in one transaction; a rollup without rows goes, one that lacks comes. */
import type { Pool, PoolClient } from 'pg';
import { COMPARED_COLUMNS, differencesOf, differing, listed, sumsOfCalls } from './audit.ts';
import type { AuditDifference } from './audit.ts';
import { repairParts } from './later-totals/repair-parts.ts';
import { createRollupGroups } from './rollup-key.ts';
import type { RollupGroup } from './rollup-key.ts';
import { MICROS_SQL, rowToRecord } from './row-to-record.ts';
import { inTransaction } from './transaction.ts';

export interface RepairResult {
  /** Hourly rollup rows that were changed, made or removed. */
  readonly rollups: number;
  /** Totals by user, application, session and quarter of an hour that were. */
  readonly laterTotals: number;
  /** What they said before, beside what they say now; of the first MAX_LISTED of each kind only. */
  readonly repaired: readonly AuditDifference[];
}

const REPAIR_WITHIN_MS = 30 * 60_000;

/** All rows are read, nobody waits. */
const FIND = `with kept as (select wiretally_private.details_from() as since),
  rows as (${sumsOfCalls('wiretally_private.calls where created_at >= (select * from kept)')}),
  different as (${differing('select * from wiretally_private.rollup_hour where hour >= (select * from kept)')})
  select distinct hour from different order by hour`;

/** Only the hours of $1. What differs stays in the database, whatever its number. */
const DIFFERENT = `create temp table different_hours on commit drop as
  with rows as (${sumsOfCalls(
    `unnest($1::timestamptz[]) as h join wiretally_private.calls on created_at >= h and created_at < h + interval '1 hour'`,
  )})
  ${differing('select * from wiretally_private.rollup_hour where hour = any($1)')}`;

const VALUES = COMPARED_COLUMNS.join(', ');
const ROWS = COMPARED_COLUMNS.map((column) => `d."rows ${column}"`).join(', ');
const SET = `update wiretally_private.rollup_hour as r set (${VALUES}) = row(${ROWS})
  from different_hours as d where not d.missing and not d.unfounded and (r.hour, r.key) = (d.hour, d.key)`;

const REMOVE = `delete from wiretally_private.rollup_hour as r using different_hours as d
  where d.unfounded and (r.hour, r.key) = (d.hour, d.key)`;

const NAMES = ['provider', 'model', 'request_model', 'response_model', 'operation', 'service_type', 'kind', 'tags'];
const MAKE = `insert into wiretally_private.rollup_hour (hour, key, ${NAMES.join(', ')}, ${VALUES})
  select d.hour, d.key, ${NAMES.map((name) => `made.${name}`).join(', ')}, ${ROWS}
  from different_hours as d join json_populate_recordset(null::wiretally_private.rollup_hour, $1::json) as made
    using (hour, key)`;

const MADE_AT_ONCE = 500;
/** The next missing rollups after $1 and $2, each with one of its first calls, which the key of calls finds. */
const NEXT_MISSING = `select distinct on (d.hour, d.key) d.hour, c.*, ${MICROS_SQL} as micros
  from (
    select hour, key, "rows first_used" as first_used from different_hours
    where missing and (hour, key) > ($1, $2) order by hour, key limit ${MADE_AT_ONCE}
  ) as d join wiretally_private.calls c on c.created_at = d.first_used and c.rollup_key = d.key
  order by d.hour, d.key, c.id`;

/** @param promotedTags those that the sinks keep apart */
export async function repairRollups(pool: Pool, promotedTags: readonly string[]): Promise<RepairResult> {
  const hours = await repairAllHours(pool, promotedTags);
  const { parts, repaired } = await repairParts(pool);
  return { ...hours, laterTotals: parts, repaired: [...hours.repaired, ...repaired] };
}

type RepairedHours = Omit<RepairResult, 'laterTotals'>;

async function repairAllHours(pool: Pool, promotedTags: readonly string[]): Promise<RepairedHours> {
  const { rows } = await pool.query<{ hour: Date }>(FIND);
  const hours = rows.map(({ hour }) => hour);
  if (hours.length === 0) return { rollups: 0, repaired: [] };
  return inTransaction(pool, (client) => repairHours(client, hours, promotedTags), REPAIR_WITHIN_MS);
}

async function repairHours(
  client: PoolClient,
  hours: readonly Date[],
  promotedTags: readonly string[],
): Promise<RepairedHours> {
  await client.query("set local lock_timeout = '1min'");
  // Sinks add to rollups after they stored the rows: who has the lock sees both of a transaction, or neither.
  await client.query('lock table wiretally_private.rollup_hour in share row exclusive mode');
  await client.query(DIFFERENT, [hours]);
  await client.query('analyze different_hours');
  const { rows: first } = await client.query<Record<string, unknown>>(listed('different_hours'));
  const { rows: counted } = await client.query<{ n: string }>('select count(*) as n from different_hours');
  await client.query(SET);
  await client.query(REMOVE);
  await makeMissing(client, promotedTags);
  return { rollups: Number(counted[0]?.n), repaired: first.flatMap(differencesOf) };
}

/** What a key is about is told by its calls, and read here: so many at a time. */
async function makeMissing(client: PoolClient, promotedTags: readonly string[]): Promise<void> {
  let after: [unknown, unknown] = ['-infinity', '00000000-0000-0000-0000-000000000000'];
  for (;;) {
    const { rows } = await client.query<Record<string, unknown>>(NEXT_MISSING, after);
    const last = rows.at(-1);
    if (last === undefined) return;
    const made = rows.map((row) => ({ hour: row['hour'], ...namesOf(row, promotedTags) }));
    await client.query(MAKE, [JSON.stringify(made)]);
    after = [last['hour'], last['rollup_key']];
  }
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
