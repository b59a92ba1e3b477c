import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { failedRecord, NOON, parsed, usageRecord } from './usage-record.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const countCalls = async (ledger: Ledger): Promise<number> => {
  const { rows } = await ledger.pool.query<{ n: number }>('select count(*)::int as n from wiretally_private.calls');
  return rows[0]!.n;
};

const manyRecords = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    index % 10 === 0
      ? failedRecord({ timeUnixMicros: NOON + index * 1_000_003 })
      : usageRecord({
          timeUnixMicros: NOON + index * 1_000_003,
          requestModel: `model-${index % 7}`,
          costUsd: `0.${String(index).padStart(12, '0')}`,
          tokens: { input: index, reasoning: index % 3 === 0 ? index : null },
        }),
  );

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const result = [...items];
  let state = seed;
  for (let index = result.length - 1; index > 0; index -= 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const other = state % (index + 1);
    [result[index], result[other]] = [result[other]!, result[index]!];
  }
  return result;
}

describe('the ledger, exactly once', () => {
  it('counts a record that is twice in one batch once', async () => {
    const ledger = await server.open();
    const record = usageRecord();
    const result = await ledger.ingestLogs(parsed(record, usageRecord(), record));
    expect(result).toEqual({ stored: 2, duplicates: 1, rejected: 0, reasons: [] });
    expect(await countCalls(ledger)).toBe(2);
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('stores what is new of a batch that overlaps an earlier one, and adds only that to the rollups', async () => {
    const ledger = await server.open();
    const records = manyRecords(60);
    await ledger.ingestLogs(parsed(...records.slice(0, 40)));
    const result = await ledger.ingestLogs(parsed(...shuffled(records.slice(20), 7)));
    expect(result).toMatchObject({ stored: 20, duplicates: 20 });
    expect(await countCalls(ledger)).toBe(60);
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('tells each of the requests that shared a transaction what of it was new', async () => {
    const ledger = await server.open();
    const record = usageRecord();
    const results = await Promise.all(
      Array.from({ length: 8 }, () => ledger.ingestLogs(parsed(record, usageRecord()))),
    );
    expect(results.reduce((sum, result) => sum + result.stored, 0)).toBe(9);
    expect(results.reduce((sum, result) => sum + result.duplicates, 0)).toBe(7);
    expect(ledger.stats).toMatchObject({ received: 16, stored: 9, duplicate: 7, queuedRecords: 0 });
  });

  it('survives three sinks that send the same records at once in different orders and batches', async () => {
    const databaseUrl = await server.newDatabase();
    const sinks = await Promise.all([1, 2, 3].map(() => server.open({ databaseUrl })));
    const records = manyRecords(3000);
    await Promise.all(
      sinks.map(async (sink, index) => {
        const mine = shuffled(records, index + 1);
        const size = 100 + index * 70;
        const batches = Array.from({ length: Math.ceil(mine.length / size) }, (_, batch) =>
          mine.slice(batch * size, (batch + 1) * size),
        );
        for (let batch = 0; batch < batches.length; batch += 4) {
          await Promise.all(batches.slice(batch, batch + 4).map((some) => sink.ingestLogs(parsed(...some))));
        }
      }),
    );
    const [ledger] = sinks;
    expect(await countCalls(ledger!)).toBe(3000);
    expect(sinks.reduce((sum, sink) => sum + sink.stats.stored, 0)).toBe(3000);
    expect(sinks.reduce((sum, sink) => sum + sink.stats.duplicate, 0)).toBe(6000);
    expect((await ledger!.audit()).differences).toEqual([]);
  });

  it('keeps money exact to the last digit', async () => {
    const ledger = await server.open();
    const costs = ['0.1', '0.2', '0.000000000000000001', '123456789.000000000001', '1e-7', '0'];
    await ledger.ingestLogs(parsed(...costs.map((costUsd) => usageRecord({ costUsd }))));
    const { rows } = await ledger.pool.query('select sum(cost_usd) as cost from wiretally_private.rollup_hour');
    expect(rows).toEqual([{ cost: '123456789.300000100001000001' }]);
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('answers busy when too much waits, and takes records again afterwards', async () => {
    const ledger = await server.open({ maxQueuedRecords: 5 });
    const attempts = await Promise.allSettled(
      Array.from({ length: 6 }, () => ledger.ingestLogs(parsed(usageRecord(), usageRecord()))),
    );
    const refused = attempts.filter((attempt) => attempt.status === 'rejected');
    expect(refused.map(({ reason }) => (reason as { code: string }).code)).toEqual(['busy', 'busy', 'busy', 'busy']);
    await expect(ledger.ingestLogs(parsed(usageRecord()))).resolves.toMatchObject({ stored: 1 });
    expect(await countCalls(ledger)).toBe(5);
  });

  it('finds a rollup that does not say what its rows say', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(usageRecord()));
    await ledger.pool.query('update wiretally_private.rollup_hour set input_tokens = 11');
    expect((await ledger.audit()).differences).toEqual([
      {
        hour: '2026-11-20T10:00:00.000Z',
        provider: 'openai',
        model: 'gpt-4o-mini',
        measure: 'input_tokens',
        rollup: '11',
        rows: '10',
      },
    ]);
    await ledger.pool.query('delete from wiretally_private.rollup_hour');
    expect((await ledger.audit()).differences).toContainEqual(
      expect.objectContaining({ measure: 'requests', rollup: 'missing', rows: '1' }),
    );
  });
});

describe('records that cannot be stored', () => {
  it('go to the dead letters with a reason, and the rest of the batch is stored', async () => {
    const ledger = await server.open();
    const result = await ledger.ingestLogs(
      parsed(
        usageRecord(),
        usageRecord({ id: 'not-a-uuid' }),
        usageRecord({ timeUnixMicros: 0 }),
        usageRecord({ costUsd: 'free' }),
        usageRecord({ port: 4_000_000_000 }),
        usageRecord({ tags: { long: 'x'.repeat(70_000) } }),
        usageRecord({ units: { images: Number.POSITIVE_INFINITY } }),
      ),
    );
    expect(result).toMatchObject({ stored: 1, rejected: 6 });
    expect(result.reasons).toHaveLength(6);
    const { rows } = await ledger.pool.query(
      'select reason, length(payload) < 8001 as bounded from wiretally_private.dead_letters order by reason',
    );
    expect(rows).toHaveLength(6);
    expect(rows.every((row: { bounded: boolean }) => row.bounded)).toBe(true);
  });

  it('are counted, not kept again, when the sender repeats them', async () => {
    const ledger = await server.open();
    const bad = usageRecord({ id: '' });
    await ledger.ingestLogs(parsed(bad, bad));
    await ledger.ingestLogs(parsed(bad));
    const { rows } = await ledger.pool.query('select times::int from wiretally_private.dead_letters');
    expect(rows).toEqual([{ times: 3 }]);
  });

  it('are found one by one when only the database knows', async () => {
    const ledger = await server.open();
    await ledger.pool.query(
      "alter table wiretally_private.calls add constraint odd check (request_model <> 'unlucky')",
    );
    const records = Array.from({ length: 20 }, (_, index) =>
      usageRecord({ requestModel: index % 9 === 4 ? 'unlucky' : 'lucky' }),
    );
    const result = await ledger.ingestLogs(parsed(...records));
    expect(result).toEqual({ stored: 18, duplicates: 0, rejected: 2, reasons: ['PostgreSQL refused it (23514)'] });
    expect((await ledger.audit()).differences).toEqual([]);
  });
});

describe('odd values', () => {
  it('are kept: NUL, lone surrogates, tabs, backslashes, right-to-left text, long names', async () => {
    const ledger = await server.open();
    const odd = 'a\0b\ud800c\td\\N\ne\r"\u202Eدرخواست\\';
    await ledger.ingestLogs([
      {
        record: usageRecord({
          requestModel: odd,
          userId: odd,
          tags: { team: odd, [odd]: 'x' },
          errorType: 'm'.repeat(5000),
        }),
        unknown: { 'later.attribute': [odd, { [odd]: 1 }] },
      },
    ]);
    const clean = odd.replace('\0', '\uFFFD').replace('\ud800', '\uFFFD');
    const { rows } = await ledger.pool.query(
      'select request_model, user_id, tags, attributes, length(error_type) as length from wiretally_private.calls',
    );
    expect(rows).toEqual([
      {
        request_model: clean,
        user_id: clean,
        tags: { team: clean, [clean]: 'x' },
        attributes: { 'later.attribute': [clean, { [clean]: 1 }] },
        length: 1000,
      },
    ]);
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('in time: records of last month, next year and 2003 are stored, each in its day', async () => {
    const ledger = await server.open({ now: () => NOON / 1000 });
    const times = [Date.UTC(2026, 9, 21), Date.UTC(2027, 5, 1), Date.UTC(2003, 0, 1), NOON / 1000];
    await ledger.ingestLogs(parsed(...times.map((time) => usageRecord({ timeUnixMicros: time * 1000 + 999 }))));
    const { rows } = await ledger.pool.query(
      'select tableoid::regclass::text as place from wiretally_private.calls order by created_at',
    );
    expect(rows.map((row: { place: string }) => row.place)).toEqual([
      'wiretally_private.calls_default',
      'wiretally_private.calls_20261021',
      'wiretally_private.calls_20261120',
      'wiretally_private.calls_default',
    ]);
    // When its day comes, what came early moves into the day's partition.
    await ledger.pool.query("select wiretally_private.ensure_partition('2027-06-01')");
    const moved = await ledger.pool.query('select count(*)::int as n from wiretally_private.calls_20270601');
    expect(moved.rows).toEqual([{ n: 1 }]);
    expect((await ledger.audit()).differences).toEqual([]);
  });
});
