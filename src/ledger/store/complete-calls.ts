/**
 * A call that could not know its usage (a background answer, a video, a batch) is completed by the first answer that
 * states it, once, whoever asks and in whatever order the two arrive. The cost belongs to the time of the call.
 */
import { priceReading } from '@wiretally/usage';
import type { PriceBook, PriceModifiers, UsageRecord } from '@wiretally/usage';
import type { PoolClient } from 'pg';
import { changeCalls } from './change-calls.ts';
import type { Change } from './change-calls.ts';
import type { Keepers } from './keepers.ts';
import type { PreparedCall } from './prepare-call.ts';
import { MICROS_SQL, rowToRecord } from './row-to-record.ts';
import type { CallRow } from './row-to-record.ts';

const COMPLETIONS_LOCK = 77_004;

/** An answer's id at its provider. */
export type ResponseKey = readonly [provider: string, responseId: string];

/** What of a batch can complete or be completed: usually nothing, and then nothing more is done. */
export function responseKeys(calls: readonly PreparedCall[]): ResponseKey[] {
  const keys = new Map<string, ResponseKey>();
  for (const { record } of calls) {
    if (record.responseId === null || record.responseId === '') continue;
    const { provider, responseId, resultsId } = record;
    const pending = record.kind === 'call' && record.usageMissingReason === 'pending';
    const states = record.kind === 'restated' && (record.usageSource !== 'missing' || resultsId !== undefined);
    if (!pending && !states) continue;
    keys.set(`${provider} ${responseId}`, [provider, responseId]);
    if (resultsId !== undefined) keys.set(`${provider} ${resultsId}`, [provider, resultsId]);
  }
  return inOrder(keys);
}

/** The order in which all sinks take the locks. */
function inOrder(keys: ReadonlyMap<string, ResponseKey>): ResponseKey[] {
  return [...keys].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
}

const OTHER_NAMES = `select provider, results_id, response_id
  from wiretally_private.batch_results join unnest($1::text[], $2::text[]) as key (provider, id) using (provider)
  where key.id in (results_id, response_id)`;

/**
 * First thing in the transaction that stores them: when one sink stores the call and another one the answer at the same
 * moment, the second waits, and then sees what the first stored.
 *
 * @returns the keys, and the other names of those that are a batch's or its results'
 */
export async function lockResponses(client: PoolClient, stated: readonly ResponseKey[]): Promise<ResponseKey[]> {
  const { rows } = await client.query<{ provider: string; results_id: string; response_id: string }>(
    OTHER_NAMES,
    columns(stated),
  );
  const all = new Map(
    [
      ...stated,
      ...rows.flatMap((row): ResponseKey[] => [
        [row.provider, row.results_id],
        [row.provider, row.response_id],
      ]),
    ].map((key) => [key.join(' '), key]),
  );
  const keys = inOrder(all);
  for (const [provider, responseId] of keys) {
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, $2))', [
      `${provider} ${responseId}`,
      COMPLETIONS_LOCK,
    ]);
  }
  return keys;
}

function columns(keys: readonly ResponseKey[]): [providers: string[], responseIds: string[]] {
  return [keys.map(([provider]) => provider), keys.map(([, responseId]) => responseId)];
}

const KEYS = 'unnest($1::text[], $2::text[]) as key (provider, response_id)';

const PENDING = `select distinct on (c.provider, c.response_id) c.*, ${MICROS_SQL} as micros
  from wiretally_private.calls c join ${KEYS} using (provider, response_id)
  where c.kind = 'call' and c.usage_missing_reason = 'pending'
  order by c.provider, c.response_id, c.created_at, c.id`;

const STATED = `select distinct on (c.provider, c.response_id) c.*, ${MICROS_SQL} as micros
  from wiretally_private.calls c join ${KEYS} using (provider, response_id)
  where c.kind = 'restated' and c.usage_source <> 'missing'
    and not coalesce(c.parts @> '[{"kind": "batch_line"}]', false)
  order by c.provider, c.response_id, c.created_at, c.id`;

const CLAIM = `insert into wiretally_private.completions
    (provider, response_id, stated_by, stated_at, call_created_at, call_id)
  values ($1, $2, $3, $4, $5, $6) on conflict do nothing`;

/** A batch that was counted as a whole is not counted by its lines again. */
const CLAIM_RESULTS = `insert into wiretally_private.completions
    (provider, response_id, stated_by, stated_at, call_created_at, call_id)
  select provider, results_id, stated_by, c.stated_at, call_created_at, call_id
  from wiretally_private.completions c join wiretally_private.batch_results using (provider, response_id)
  where provider = $1 and response_id = $2 and line = ''
  on conflict do nothing`;

/** @returns what to call after COMMIT */
export async function completeCalls(
  client: PoolClient,
  keys: readonly ResponseKey[],
  { cards, prices }: Keepers,
): Promise<() => void> {
  const parameters = columns(keys);
  const pending = await client.query<Record<string, unknown>>(PENDING, parameters);
  if (pending.rows.length === 0) return () => undefined;
  const stated = await client.query<Record<string, unknown>>(STATED, parameters);
  const statedBy = new Map(stated.rows.map((row) => [keyOf(row), row]));
  const changes: Change[] = [];
  for (const row of pending.rows) {
    const answer = statedBy.get(keyOf(row));
    if (answer === undefined) continue;
    const claimed = await client.query(CLAIM, [
      row['provider'],
      row['response_id'],
      answer['id'],
      answer['created_at'],
      row['created_at'],
      row['id'],
    ]);
    if (claimed.rowCount !== 1) continue;
    await client.query(CLAIM_RESULTS, [row['provider'], row['response_id']]);
    changes.push({ row, after: complete(rowToRecord(row), rowToRecord(answer), prices.book) });
  }
  if (changes.length === 0) return () => undefined;
  await changeCalls(client, changes);
  return cards.keep(
    client,
    changes.map(({ after }) => ({ record: after, cardDefinition: null })),
  );
}

function keyOf(row: CallRow): string {
  return `${String(row['provider'])} ${String(row['response_id'])}`;
}

/** The call with the usage of the answer. What the request said (size, seconds ordered) holds where the answer is silent. */
function complete(call: UsageRecord, answer: UsageRecord, book: PriceBook): UsageRecord {
  const completed: UsageRecord = {
    ...call,
    responseModel: call.responseModel ?? answer.responseModel,
    tokens: answer.tokens,
    units: { ...call.units, ...answer.units },
    parts: answer.parts.length > 0 ? answer.parts : call.parts,
    modifiers: mergeModifiers(call.modifiers, answer.modifiers),
    usageSource: answer.usageSource,
    usageMissingReason: null,
    finishReasons: answer.finishReasons.length > 0 ? answer.finishReasons : call.finishReasons,
    costReportedUsd: answer.costReportedUsd,
    costUpstreamUsd: answer.costUpstreamUsd,
  };
  return { ...completed, ...priceReading(completed, { atMs: Math.floor(call.timeUnixMicros / 1000), book }) };
}

function mergeModifiers(call: PriceModifiers, answer: PriceModifiers): PriceModifiers {
  const stated = Object.entries(answer).filter(([, value]) => value !== null);
  return { ...call, ...(Object.fromEntries(stated) as Partial<PriceModifiers>) };
}
