/**
 * A batch's results have one line a request. Each line becomes a call of its own, at the batch's price, whoever fetches
 * the results and however often: the key of `completions` is the "once". It belongs to the time of the batch's call where
 * that is known, else to the time at which its results were first seen.
 */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { NO_MODIFIERS, NO_TOKENS, priceReading } from '@wiretally/usage';
import type { PriceBook, TokenCounts, UsagePart, UsageRecord } from '@wiretally/usage';
import type { PoolClient } from 'pg';
import { changeCalls } from './change-calls.ts';
import { cleanText } from './clean-text.ts';
import { copyCalls } from './copy-calls.ts';
import type { Keepers } from './keepers.ts';
import type { PreparedCall } from './prepare-call.ts';
import { MICROS_SQL, rowToRecord } from './row-to-record.ts';
import type { CallRow } from './row-to-record.ts';
import { formatMicros } from './timestamp.ts';

const MAX_LINE_ID = 600;
const PRICED_IN_A_ROW = 500;

/** What a transaction does with what it found out: call after COMMIT. */
type OnCommitted = () => void;

interface Line {
  readonly id: string;
  readonly part: UsagePart;
  /** The answer that had it. */
  readonly statedBy: UsageRecord;
}

/** The lines of a batch's results that a record carries. */
function linesOf(record: UsageRecord): Line[] {
  if (record.kind !== 'restated' || record.responseId === null || !Array.isArray(record.parts)) return [];
  return (record.parts as readonly (UsagePart | null)[]).flatMap((part): Line[] =>
    part?.kind === 'batch_line' && typeof part.id === 'string' && states(part)
      ? [{ id: cleanText(part.id, MAX_LINE_ID), part, statedBy: record }]
      : [],
  );
}

function states({ tokens, units }: UsagePart): boolean {
  return Object.values(tokens ?? {}).some(Number.isSafeInteger) || Object.keys(units ?? {}).length > 0;
}

const COUNTED = `select line, call_created_at::text as created_at, call_id as id from wiretally_private.completions
  where provider = $1 and response_id = $2 order by line limit 1`;

const ROW = `select c.*, ${MICROS_SQL} as micros from wiretally_private.calls c where c.created_at = $1 and c.id = $2`;

const PENDING = `select c.*, ${MICROS_SQL} as micros from wiretally_private.calls c
  where c.kind = 'call' and c.usage_missing_reason = 'pending' and c.provider = $1
    and c.response_id in (select $2 union all select response_id from wiretally_private.batch_results
      where provider = $1 and results_id = $2)
  order by c.created_at, c.id limit 1`;

const CLAIM = `insert into wiretally_private.completions
    (provider, response_id, line, stated_by, stated_at, call_created_at, call_id)
  select $1, $2, claim.* from unnest($3::text[], $4::uuid[], $5::timestamptz[], $6::timestamptz[], $7::uuid[]) as claim
  order by 3
  on conflict do nothing returning line`;

/**
 * Within the transaction that stores the answers, under the locks of their ids.
 *
 * @returns the calls that the lines became: not stored yet
 */
export async function callsOfLines(
  client: PoolClient,
  stored: readonly PreparedCall[],
  { prepare, prices }: Keepers,
): Promise<PreparedCall[]> {
  const groups = Map.groupBy(
    stored.flatMap(({ record }) => linesOf(record)),
    ({ statedBy }) => `${statedBy.provider} ${statedBy.responseId}`,
  );
  const calls: PreparedCall[] = [];
  for (const lines of groups.values()) {
    const [first] = lines;
    if (first === undefined) continue;
    const batch = await batchOf(client, first.statedBy);
    if (batch === null) continue;
    for (const record of await claim(client, batch, lines, prices.book)) {
      const prepared = prepare({ record, unknown: {} });
      if (!('refused' in prepared)) calls.push(prepared);
    }
  }
  return calls;
}

/**
 * Whose call the lines belong to: the batch's own where it waits for them, else that of the lines that were counted
 * before, else the answer that has them. Null where the batch was counted as a whole.
 */
async function batchOf(client: PoolClient, answer: UsageRecord): Promise<UsageRecord | null> {
  const key = [answer.provider, answer.responseId];
  const [counted] = (await client.query<Record<string, unknown>>(COUNTED, key)).rows;
  if (counted?.['line'] === '') return null;
  const found =
    counted === undefined
      ? await client.query<Record<string, unknown>>(PENDING, key)
      : await client.query<Record<string, unknown>>(ROW, [counted['created_at'], counted['id']]);
  const [row] = found.rows;
  return row === undefined ? answer : rowToRecord(row);
}

async function claim(
  client: PoolClient,
  batch: UsageRecord,
  lines: readonly Line[],
  book: PriceBook,
): Promise<UsageRecord[]> {
  const unique = [...new Map(lines.map((line) => [line.id, line])).values()];
  const records: UsageRecord[] = [];
  for (const line of unique) {
    // Others have a turn after 10 ms.
    if (records.length % PRICED_IN_A_ROW === PRICED_IN_A_ROW - 1) await nextTurn();
    records.push(lineRecord(batch, line, book));
  }
  const time = formatMicros(batch.timeUnixMicros);
  const { rows } = await client.query<{ line: string }>(CLAIM, [
    unique[0]?.statedBy.provider,
    unique[0]?.statedBy.responseId,
    unique.map(({ id }) => id),
    unique.map(({ statedBy }) => statedBy.id),
    unique.map(({ statedBy }) => formatMicros(statedBy.timeUnixMicros)),
    unique.map(() => time),
    records.map(({ id }) => id),
  ]);
  const claimed = new Set(rows.map(({ line }) => line));
  return records.filter((_, index) => claimed.has(unique[index]?.id ?? ''));
}

/** Who asked, where and when is the batch's; what was used is the line's. */
function lineRecord(batch: UsageRecord, { id, part, statedBy }: Line, book: PriceBook): UsageRecord {
  const record: UsageRecord = {
    ...batch,
    id: lineCallId(statedBy, id),
    kind: 'call',
    operation: 'batch',
    streamed: false,
    responseModel: part.model ?? null,
    tokens: tokensOf(part.tokens),
    units: part.units ?? {},
    parts: [],
    modifiers: { ...NO_MODIFIERS, region: batch.modifiers.region, serviceTier: 'batch' },
    usageSource: 'body',
    usageMissingReason: null,
    finishReasons: [],
    status: null,
    errorType: null,
    errorClass: null,
    responseId: part.responseId ?? null,
    requestId: null,
    rateLimits: [],
    retryAfterSeconds: null,
    retryCount: null,
    attemptGroup: null,
    costReportedUsd: null,
    costUpstreamUsd: null,
    durationMs: null,
    timeToFirstChunkMs: null,
  };
  return { ...record, ...priceReading(record, { atMs: Math.floor(batch.timeUnixMicros / 1000), book }) };
}

/** It came over the network: only its numbers are taken. */
function tokensOf(stated: unknown): TokenCounts {
  const counts = Object.entries((stated ?? {}) as Record<string, unknown>).filter(
    ([name, value]) => name in NO_TOKENS && Number.isSafeInteger(value),
  );
  return { ...NO_TOKENS, ...(Object.fromEntries(counts) as Partial<TokenCounts>) };
}

/** The same for whoever computes it. RFC 9562, 5.8. */
function lineCallId({ provider, responseId }: UsageRecord, line: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([provider, responseId, line]))
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const LINK = `insert into wiretally_private.batch_results (provider, results_id, response_id, stated_at)
  values ($1, $2, $3, $4) on conflict do nothing`;

/** Answers about batches say where their results are. */
export async function keepResultFiles(client: PoolClient, stored: readonly PreparedCall[]): Promise<void> {
  for (const { record } of stored) {
    const { provider, responseId, resultsId } = record;
    if (resultsId === undefined || responseId === null) continue;
    await client.query(LINK, [provider, resultsId, responseId, formatMicros(record.timeUnixMicros)]);
  }
}

const COUNTED_BY_LINES = `select c.*, ${MICROS_SQL} as micros
  from wiretally_private.calls c join unnest($1::text[], $2::text[]) as key (provider, response_id) using (provider, response_id)
  where c.kind = 'call' and c.usage_missing_reason = 'pending' and exists (
    select from wiretally_private.completions d where d.provider = c.provider and d.line <> ''
      and d.response_id in (select c.response_id union all select b.results_id from wiretally_private.batch_results b
        where b.provider = c.provider and b.response_id = c.response_id))`;

/** The call that began a batch used nothing itself once its lines are calls. */
export async function settleBatches(
  client: PoolClient,
  keys: readonly (readonly [provider: string, responseId: string])[],
  { prices }: Keepers,
): Promise<void> {
  const { rows } = await client.query<Record<string, unknown>>(COUNTED_BY_LINES, [
    keys.map(([provider]) => provider),
    keys.map(([, responseId]) => responseId),
  ]);
  if (rows.length === 0) return;
  await changeCalls(
    client,
    rows.map((row) => ({ row, after: withoutOwnUsage(row, prices.book) })),
  );
}

function withoutOwnUsage(row: CallRow, book: PriceBook): UsageRecord {
  const call = rowToRecord(row);
  const settled: UsageRecord = {
    ...call,
    tokens: { ...NO_TOKENS, input: 0, output: 0, total: 0 },
    usageSource: 'body',
    usageMissingReason: null,
  };
  return { ...settled, ...priceReading(settled, { atMs: Math.floor(call.timeUnixMicros / 1000), book }) };
}

/** @returns what to call after COMMIT */
export async function storeCallsOfLines(
  client: PoolClient,
  batch: string,
  calls: readonly PreparedCall[],
  { cards, modelIds }: Keepers,
): Promise<OnCommitted> {
  await copyCalls(client, 'wiretally_private.calls', batch, calls);
  const remember = [
    await cards.keep(client, calls),
    await modelIds.keep(
      client,
      calls.map(({ group }) => group),
    ),
  ];
  return () => {
    for (const keep of remember) keep();
  };
}
