/** Calls whose usage is stated later, by another answer. */
import { priceReading } from '@wiretally/usage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { NOON, parsed, usageRecord } from './usage-record.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const pendingCall = (responseId: string): ReturnType<typeof usageRecord> =>
  usageRecord({
    responseId,
    usageSource: 'missing',
    usageMissingReason: 'pending',
    tokens: { input: null, output: null, total: null },
    costUsd: null,
    costCalculatedUsd: null,
    costSource: null,
    priceCard: null,
    unpricedReason: 'usage-missing',
    finishReasons: [],
  });
/** A poll, an hour and a half later. */
const poll = (responseId: string, output = 50): ReturnType<typeof usageRecord> =>
  usageRecord({
    timeUnixMicros: NOON + 5_400_000_000,
    kind: 'restated',
    operation: 'retrieve',
    responseId,
    requestModel: null,
    tokens: { input: 100, output, total: 100 + output },
    costUsd: null,
    costCalculatedUsd: null,
    costSource: null,
    priceCard: null,
    unpricedReason: 'not-billed-here',
  });
const callOf = async (ledger: Ledger, responseId: string): Promise<Record<string, unknown>> => {
  const { rows } = await ledger.pool.query<Record<string, unknown>>(
    `select input_tokens, output_tokens, usage_source, usage_missing_reason, cost_usd, cost_source, finish_reasons
     from wiretally_private.calls where kind = 'call' and response_id = $1`,
    [responseId],
  );
  expect(rows).toHaveLength(1);
  return rows[0]!;
};
const totals = async (ledger: Ledger): Promise<unknown> =>
  (
    await ledger.pool.query(
      `select hour, requests::int, total_tokens::int, total_unknown::int, unpriced::int, cost_usd
       from wiretally_private.rollup_hour where kind = 'call'`,
    )
  ).rows;

/** Gives up when the test's connections are closed. */
async function lockIsWaitedFor(ledger: Ledger): Promise<'waiting'> {
  for (;;) {
    const { rowCount } = await ledger.pool.query(
      `select from pg_locks join pg_database d on d.oid = database
       where locktype = 'advisory' and not granted and datname = current_database()`,
    );
    if (rowCount === 1) return 'waiting';
  }
}

/** What the answer's tokens cost at the time of the call. */
const expectedCost = (output: number): string | null =>
  priceReading(
    usageRecord({ tokens: { input: 100, output, total: 100 + output }, responseModel: 'gpt-4o-mini-2024-07-18' }),
    { atMs: NOON / 1000 },
  ).costUsd;

describe('a call whose usage is stated later', () => {
  it('is completed by the first answer that states it, at its own time, once', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(pendingCall('resp_1')));
    expect(await totals(ledger)).toEqual([
      {
        hour: new Date('2026-11-20T10:00:00Z'),
        requests: 1,
        total_tokens: 0,
        total_unknown: 1,
        unpriced: 1,
        cost_usd: '0',
      },
    ]);
    await ledger.ingestLogs(parsed(poll('resp_1')));
    const cost = expectedCost(50);
    expect(cost).not.toBeNull();
    const completed = {
      input_tokens: '100',
      output_tokens: '50',
      usage_source: 'body',
      usage_missing_reason: null,
      cost_usd: cost,
      cost_source: 'calculated',
      finish_reasons: ['stop'],
    };
    expect(await callOf(ledger, 'resp_1')).toEqual(completed);
    const once = [
      {
        hour: new Date('2026-11-20T10:00:00Z'),
        requests: 1,
        total_tokens: 150,
        total_unknown: 0,
        unpriced: 0,
        cost_usd: cost,
      },
    ];
    expect(await totals(ledger)).toEqual(once);
    await ledger.ingestLogs(parsed(poll('resp_1', 70), poll('resp_1', 50)));
    expect(await callOf(ledger, 'resp_1')).toEqual(completed);
    expect(await totals(ledger)).toEqual(once);
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('is completed whichever of the two arrives first, and when both come in one batch', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(poll('resp_2')));
    await ledger.ingestLogs(parsed(pendingCall('resp_2')));
    await ledger.ingestLogs(parsed(poll('resp_3'), pendingCall('resp_3')));
    for (const id of ['resp_2', 'resp_3']) {
      expect(await callOf(ledger, id)).toMatchObject({ output_tokens: '50', cost_usd: expectedCost(50) });
    }
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('is completed once when several sinks get the call and its answers at the same moment', async () => {
    const databaseUrl = await server.newDatabase();
    const sinks = await Promise.all([1, 2, 3].map(() => server.open({ databaseUrl })));
    const ids = Array.from({ length: 30 }, (_, index) => `resp_${index}`);
    await Promise.all(
      ids.flatMap((id, index) => [
        sinks[index % 3]!.ingestLogs(parsed(pendingCall(id))),
        sinks[(index + 1) % 3]!.ingestLogs(parsed(poll(id))),
        sinks[(index + 2) % 3]!.ingestLogs(parsed(poll(id))),
      ]),
    );
    for (const id of ids) expect(await callOf(sinks[0]!, id)).toMatchObject({ output_tokens: '50' });
    expect(await totals(sinks[0]!)).toMatchObject([{ requests: 30, total_tokens: 4500, total_unknown: 0 }]);
    const { rows } = await sinks[0]!.pool.query('select count(*)::int as n from wiretally_private.completions');
    expect(rows).toEqual([{ n: 30 }]);
    expect((await sinks[0]!.audit()).differences).toEqual([]);
  });

  it('waits for another sink that is storing the call at this moment, and then sees it', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(pendingCall('resp_9')));
    const other = await ledger.pool.connect();
    // The other sink's transaction, held open.
    await other.query('begin');
    await other.query("select pg_advisory_xact_lock(hashtextextended('openai resp_9', 77004))");
    const storing = ledger.ingestLogs(parsed(poll('resp_9')));
    const first = await Promise.race([storing.then(() => 'stored'), lockIsWaitedFor(ledger)]);
    expect(first).toBe('waiting');
    await other.query('commit');
    other.release();
    await storing;
    expect(await callOf(ledger, 'resp_9')).toMatchObject({ output_tokens: '50' });
  });

  it('stays as it is when the answer repeats a call that knew its usage, or belongs to none', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(usageRecord({ responseId: 'resp_4' }), poll('resp_4'), poll('resp_of_nobody')));
    expect(await callOf(ledger, 'resp_4')).toMatchObject({ input_tokens: '10', cost_usd: '0.0000045' });
    expect(await totals(ledger)).toMatchObject([{ requests: 1, total_tokens: 15 }]);
    expect((await ledger.audit()).differences).toEqual([]);
  });
});
