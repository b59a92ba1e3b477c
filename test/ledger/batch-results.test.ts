/** A batch's results: each line is a call of its own, once, whoever fetches them. */
import { randomUUID } from 'node:crypto';
import { NO_MODIFIERS, NO_TOKENS } from '@wiretally/usage';
import type { UsagePart, UsageRecord } from '@wiretally/usage';
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

const TWO_HOURS = 7_200_000_000;

const unpriced = { costUsd: null, costCalculatedUsd: null, costSource: null, priceCard: null } as const;
const batchCall = (responseId: string): UsageRecord =>
  usageRecord({
    ...unpriced,
    operation: 'batch',
    responseId,
    requestModel: null,
    responseModel: null,
    userId: 'ada',
    usageSource: 'missing',
    usageMissingReason: 'pending',
    tokens: { input: null, output: null, total: null },
    unpricedReason: 'usage-missing',
  });

const restated = (overrides: Partial<UsageRecord>): UsageRecord => ({
  ...batchCall(''),
  userId: null,
  serviceName: 'reports',
  kind: 'restated',
  timeUnixMicros: NOON + TWO_HOURS,
  unpricedReason: 'not-billed-here',
  ...overrides,
});

/** A poll that finds the batch done. */
const poll = (responseId: string, resultsId: string, input: number | null): UsageRecord =>
  restated({
    responseId,
    resultsId,
    ...(input === null
      ? {}
      : {
          responseModel: 'gpt-4o-mini-2024-07-18',
          tokens: { ...NO_TOKENS, input, output: 30, total: input + 30 },
          usageSource: 'body',
          usageMissingReason: null,
          modifiers: { ...NO_MODIFIERS, serviceTier: 'batch' },
        }),
  });

const line = (id: string, input: number, output: number): UsagePart => ({
  kind: 'batch_line',
  id,
  responseId: `chatcmpl-${id}`,
  model: 'gpt-4o-mini-2024-07-18',
  tokens: { ...NO_TOKENS, input, output, total: input + output },
  units: {},
});
const A = line('a', 1000, 10);
const B = line('b', 3000, 20);

/** Some of the lines of one download. */
const download = (responseId: string, ...parts: UsagePart[]): UsageRecord =>
  restated({
    id: randomUUID(),
    responseId,
    parts,
    usageSource: 'stream-final',
    usageMissingReason: null,
    modifiers: { ...NO_MODIFIERS, serviceTier: 'batch' },
  });

/** Half of 0.15 and 0.6 a million. */
const COST_OF_A_AND_B = '0.000309';

const totals = async (ledger: Ledger): Promise<unknown> => {
  const { rows } = await ledger.pool.query<Record<string, unknown>>(
    `select sum(requests)::int as requests, sum(total_tokens)::int as tokens, sum(total_unknown)::int as unknown,
       sum(cost_usd)::text as cost from wiretally_private.rollup_hour where kind = 'call'`,
  );
  return rows[0];
};
const calls = async (ledger: Ledger, columns: string): Promise<unknown[]> => {
  const { rows } = await ledger.pool.query<Record<string, unknown>>(
    `select ${columns} from wiretally_private.calls where kind = 'call' order by created_at, response_id`,
  );
  return rows;
};

describe('a batch’s results', () => {
  it('become one call a line, at the batch’s price and at the time they were seen, where nobody saw the batch begin', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(download('file-1', A, B)));
    expect(
      await calls(ledger, 'response_id, model, total_tokens::int as tokens, cost_usd, created_at, service_name'),
    ).toEqual([
      {
        response_id: 'chatcmpl-a',
        model: 'gpt-4o-mini-2024-07-18',
        tokens: 1010,
        cost_usd: '0.000078',
        created_at: new Date('2026-11-20T12:15:00Z'),
        service_name: 'reports',
      },
      {
        response_id: 'chatcmpl-b',
        model: 'gpt-4o-mini-2024-07-18',
        tokens: 3020,
        cost_usd: '0.000231',
        created_at: new Date('2026-11-20T12:15:00Z'),
        service_name: 'reports',
      },
    ]);
    const { rows } = await ledger.pool.query(
      'select sum(cost_estimate)::text as cost, count(*)::int as n from public.ai_usage_tracking',
    );
    expect(rows).toEqual([{ cost: COST_OF_A_AND_B, n: 2 }]);
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('are counted once, however often they are fetched, in whatever pieces, and delivered again', async () => {
    const ledger = await server.open();
    const first = download('file-1', A);
    await ledger.ingestLogs(parsed(first));
    await ledger.ingestLogs(parsed(first, download('file-1', A, B), download('file-1', B, B)));
    await ledger.ingestLogs(parsed(download('file-1', B, A)));
    expect(await totals(ledger)).toEqual({ requests: 2, tokens: 4030, unknown: 0, cost: COST_OF_A_AND_B });
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('are counted once when several processes fetch them and several sinks store them at the same moment', async () => {
    const databaseUrl = await server.newDatabase();
    const sinks = await Promise.all([1, 2, 3].map(() => server.open({ databaseUrl })));
    const lines = Array.from({ length: 60 }, (_, index) => line(`l${index}`, 100, 1));
    await Promise.all(
      sinks.flatMap((sink, index) => [
        sink.ingestLogs(parsed(download('msgbatch_1', ...lines.slice(0, 30)))),
        sink.ingestLogs(parsed(download('msgbatch_1', ...lines.toReversed().slice(index, 40)))),
        sink.ingestLogs(parsed(batchCall('msgbatch_1'))),
      ]),
    );
    expect(await totals(sinks[0]!)).toMatchObject({ tokens: 6060 });
    const { rows } = await sinks[0]!.pool.query('select count(*)::int as n from wiretally_private.completions');
    expect(rows).toEqual([{ n: 60 }]);
    expect((await sinks[0]!.audit()).differences).toEqual([]);
  });

  it.each([
    ['after', (): UsageRecord[] => [batchCall('msgbatch_1'), download('msgbatch_1', A), download('msgbatch_1', B)]],
    ['in one go with', (): UsageRecord[] => [download('msgbatch_1', A, B), batchCall('msgbatch_1')]],
  ])('belong to the batch’s call, its time and its user, %s it', async (when, records) => {
    const ledger = await server.open();
    if (when === 'after') for (const record of records()) await ledger.ingestLogs(parsed(record));
    else await ledger.ingestLogs(parsed(...records()));
    const began = { user_id: 'ada', created_at: new Date('2026-11-20T10:15:00Z'), usage_missing_reason: null };
    expect(
      await calls(ledger, 'response_id, user_id, created_at, cost_usd, zero_reason, usage_missing_reason'),
    ).toEqual([
      { ...began, response_id: 'chatcmpl-a', cost_usd: '0.000078', zero_reason: null },
      { ...began, response_id: 'chatcmpl-b', cost_usd: '0.000231', zero_reason: null },
      { ...began, response_id: 'msgbatch_1', cost_usd: '0', zero_reason: 'in-lines' },
    ]);
    expect(await totals(ledger)).toEqual({ requests: 3, tokens: 4030, unknown: 0, cost: COST_OF_A_AND_B });
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('settle the batch’s call also when it arrives after them', async () => {
    const ledger = await server.open();
    for (const record of [download('msgbatch_1', A, B), batchCall('msgbatch_1')])
      await ledger.ingestLogs(parsed(record));
    expect(await totals(ledger)).toEqual({ requests: 3, tokens: 4030, unknown: 0, cost: COST_OF_A_AND_B });
  });

  it('are not counted where the batch’s own object stated the whole before', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(batchCall('batch_1'), poll('batch_1', 'file-1', 4000)));
    expect(await totals(ledger)).toEqual({ requests: 1, tokens: 4030, unknown: 0, cost: COST_OF_A_AND_B });
    await ledger.ingestLogs(parsed(download('file-1', A, B)));
    expect(await totals(ledger)).toEqual({ requests: 1, tokens: 4030, unknown: 0, cost: COST_OF_A_AND_B });
  });

  it('are what counts where they came before the batch’s own object stated the whole', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(batchCall('batch_1')));
    await ledger.ingestLogs(parsed(download('file-1', A, B)));
    await ledger.ingestLogs(parsed(poll('batch_1', 'file-1', 4000)));
    expect(await totals(ledger)).toEqual({ requests: 3, tokens: 4030, unknown: 0, cost: COST_OF_A_AND_B });
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('find their batch by what a poll said of their file', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(batchCall('batch_1')));
    await ledger.ingestLogs(parsed(poll('batch_1', 'file-1', null)));
    await ledger.ingestLogs(parsed(download('file-1', A, B)));
    expect(await calls(ledger, 'response_id, user_id, zero_reason')).toEqual([
      { response_id: 'batch_1', user_id: 'ada', zero_reason: 'in-lines' },
      { response_id: 'chatcmpl-a', user_id: 'ada', zero_reason: null },
      { response_id: 'chatcmpl-b', user_id: 'ada', zero_reason: null },
    ]);
  });

  it('that are hostile are left out, and the others stored', async () => {
    const ledger = await server.open();
    const parts = [
      { ...line('a', 1, 1), tokens: { ...NO_TOKENS, input: -5 } },
      { kind: 'batch_line', id: 'b' },
      { ...line('c\0', 1, 1), units: { images: 1e300 } },
      null,
      { ...line('d', 1, 1), tokens: { input: '7', __proto__: 3 } },
      A,
    ] as unknown as UsagePart[];
    await ledger.ingestLogs(parsed(download('file-1', ...parts)));
    expect(await calls(ledger, 'response_id, total_tokens::int as tokens')).toEqual([
      { response_id: 'chatcmpl-a', tokens: 1010 },
    ]);
    expect((await ledger.audit()).differences).toEqual([]);
  });
});
