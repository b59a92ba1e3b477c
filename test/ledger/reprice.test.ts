/** Prices of stored calls change by an explicit act alone, which is recorded. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { explainCall } from '../../src/ledger/prices/explain-call.ts';
import { reprice } from '../../src/ledger/prices/reprice/reprice.ts';
import type { RepriceOptions } from '../../src/ledger/prices/reprice/reprice.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { silentLogger } from '../../src/ledger/logger.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { callsOfTheDemo, priced } from './priced-record.ts';
import { failedRecord, NOON, parsed, usageRecord } from './usage-record.ts';

const DAY = 86_400_000_000;
const DOUBLED =
  'name: acme\nprices:\n  - { model: gpt-4o-mini, usd_per_million_tokens: { input: 0.3, output: 1.2 } }\n';

let server: TestServer;
let folder: string;
let file: string;
let ledger: Ledger;
beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'wiretally-reprice-'));
  file = join(folder, 'prices.yaml');
});
beforeEach(async () => {
  // A table that prices nothing of what is stored.
  await writeFile(file, 'prices: []\n');
  ledger = await server.open({ prices: file });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const run = (options: Partial<RepriceOptions> = {}) =>
  reprice({
    pool: ledger.pool,
    prices: ledger.prices,
    logger: silentLogger,
    period: { from: null, to: null },
    filter: {},
    apply: null,
    ...options,
  });
const apply = { by: 'ann', reason: 'contract of November' };

async function usePrices(text: string): Promise<void> {
  await writeFile(file, text);
  await ledger.prices.reload();
}

async function costs(): Promise<Record<string, string | null>> {
  const { rows } = await ledger.pool.query<{ id: string; cost_usd: string | null }>(
    'select id, cost_usd from wiretally_calls',
  );
  return Object.fromEntries(rows.map(({ id, cost_usd: cost }) => [id, cost]));
}

async function rowsOf(sql: string): Promise<Record<string, unknown>[]> {
  return (await ledger.pool.query<Record<string, unknown>>(sql)).rows;
}

/** Three days of gpt-4o-mini, each call $0.0000045 by the list and $0.000009 by the doubled table. */
async function threeDays(): Promise<string[]> {
  const calls = [0, 0, 1, 2].map((day) => priced({ timeUnixMicros: NOON + day * DAY }));
  await ledger.ingestLogs(calls.map(({ arrived }) => arrived));
  return calls.map(({ record }) => record.id);
}

describe('a change of prices', () => {
  it('changes no stored call by itself', async () => {
    const ids = await threeDays();
    await usePrices(DOUBLED);
    await ledger.ingestLogs([priced().arrived]);
    const stored = await costs();
    expect(ids.map((id) => stored[id])).toEqual(Array(4).fill('0.0000045'));
  });
});

describe('a repricing', () => {
  it('says first what it would change, model by model, and changes nothing', async () => {
    await threeDays();
    await ledger.ingestLogs([priced({ requestModel: 'gpt-4o', responseModel: null }).arrived]);
    await usePrices(DOUBLED);
    const before = await costs();
    const { models, total, repricing } = await run();
    expect(models).toEqual([
      {
        provider: 'openai',
        model: 'gpt-4o-mini',
        calls: 4,
        changed: 4,
        notPriceable: 0,
        oldCostUsd: '0.000018',
        newCostUsd: '0.000036',
        differenceUsd: '0.000018',
      },
    ]);
    expect(total).toMatchObject({ calls: 5, changed: 4, differenceUsd: '0.000018' });
    expect(repricing).toBeNull();
    expect(await costs()).toEqual(before);
    expect(await rowsOf('select * from wiretally_repricings')).toEqual([]);
  });

  it('changes calls and totals, keeps what was before, and says who did it, when and why', async () => {
    const ids = await threeDays();
    await usePrices(DOUBLED);
    const { repricing } = await run({ apply, now: () => new Date('2026-11-25T08:00:00Z') });
    expect(Object.values(await costs())).toEqual(Array(4).fill('0.000009'));
    expect(await ledger.audit()).toMatchObject({ calls: 4, differences: [] });
    expect(await rowsOf('select trim_scale(sum(cost_usd)) as cost from wiretally_hourly')).toEqual([
      { cost: '0.000036' },
    ]);
    expect(await rowsOf('select * from wiretally_repricings')).toMatchObject([
      {
        id: repricing,
        made_by: 'ann',
        reason: 'contract of November',
        prices: file,
        calls: '4',
        old_cost_usd: '0.000018',
        new_cost_usd: '0.000036',
        finished_at: new Date('2026-11-25T08:00:00Z'),
      },
    ]);
    expect(await rowsOf('select distinct cost_usd, cost_source, made_by from wiretally_price_history')).toEqual([
      { cost_usd: '0.0000045', cost_source: 'calculated', made_by: 'ann' },
    ]);
    const explained = await explainCall(ledger.pool, ids[0] ?? '', ledger.prices.book);
    expect(explained?.card?.card.sheets[0]).toMatchObject({ source: 'user', sourceVersion: 'acme' });
    expect(explained?.replay).toEqual({ costUsd: '0.000009', equal: true });
    expect(explained?.history).toMatchObject([{ costUsd: '0.0000045', by: 'ann', reason: 'contract of November' }]);
  });

  it('the second time changes nothing and records nothing', async () => {
    await threeDays();
    await usePrices(DOUBLED);
    await run({ apply });
    const again = await run({ apply });
    expect(again).toMatchObject({ total: { calls: 4, changed: 0 }, repricing: null, models: [] });
    expect(await rowsOf('select * from wiretally_repricings')).toHaveLength(1);
    expect(await rowsOf('select * from wiretally_price_history')).toHaveLength(4);
  });

  it('by the prices that calls were priced by changes none, for every provider', async () => {
    const calls = callsOfTheDemo();
    await ledger.ingestLogs([...calls.map(({ arrived }) => arrived), ...parsed(failedRecord())]);
    expect(await run({ apply })).toMatchObject({ total: { calls: calls.length + 1, changed: 0, notPriceable: 0 } });
  });

  it('takes the calls that are selected, and of a day at the border only those', async () => {
    const ids = await threeDays();
    await usePrices(DOUBLED);
    const from = new Date((NOON + DAY) / 1000);
    await run({ apply, period: { from, to: new Date(from.getTime() + 1) } });
    const stored = await costs();
    expect(ids.map((id) => stored[id])).toEqual(['0.0000045', '0.0000045', '0.000009', '0.0000045']);
    expect(await run({ apply, filter: { provider: 'gemini' } })).toMatchObject({ total: { calls: 0 } });
    expect(await ledger.audit()).toMatchObject({ differences: [] });
  });

  it('leaves alone what providers and writers stated, and gives up no known cost', async () => {
    const stated = priced({ costReportedUsd: '0.25' });
    const told = usageRecord({ costSource: 'user', costCalculatedUsd: null, priceCard: null, costUsd: '3' });
    const gone = usageRecord({ requestModel: 'our-llama', responseModel: null });
    await ledger.ingestLogs(parsed(stated.record, told, gone));
    await usePrices(DOUBLED);
    const { total } = await run({ apply });
    expect(total).toMatchObject({ changed: 1, notPriceable: 1, differenceUsd: '0' });
    expect(await costs()).toEqual({ [stated.record.id]: '0.25', [told.id]: '3', [gone.id]: '0.0000045' });
    // What it would cost by the list is told beside it, and changed with the prices.
    expect(await rowsOf(`select cost_calculated_usd from wiretally_calls where id = '${stated.record.id}'`)).toEqual([
      { cost_calculated_usd: '0.000009' },
    ]);
    expect(await ledger.audit()).toMatchObject({ differences: [] });
  });

  it('finds a price for calls that had none, and counts them as priced', async () => {
    const unpriced = usageRecord({
      requestModel: 'our-llama',
      responseModel: null,
      ...{ costUsd: null, costCalculatedUsd: null, costSource: null, priceCard: null, unpricedReason: 'model-unknown' },
    });
    await ledger.ingestLogs(parsed(unpriced));
    await usePrices('prices:\n  - { model: our-llama, usd_per_million_tokens: { input: 1, output: 2 } }\n');
    await run({ apply });
    expect(await costs()).toEqual({ [unpriced.id]: '0.00002' });
    expect(await rowsOf('select unpriced, cost_usd from wiretally_hourly')).toEqual([
      { unpriced: '0', cost_usd: '0.00002' },
    ]);
    expect(await ledger.audit()).toMatchObject({ differences: [] });
  });

  it('goes on where it was interrupted: days are done whole or not at all', async () => {
    const ids = await threeDays();
    await usePrices(DOUBLED);
    const stop = new AbortController();
    const first = await run({ apply, signal: stop.signal, onProgress: () => stop.abort() });
    expect(first).toMatchObject({ finished: false, total: { changed: 2 } });
    const stored = await costs();
    expect(ids.map((id) => stored[id])).toEqual(['0.000009', '0.000009', '0.0000045', '0.0000045']);
    expect(await ledger.audit()).toMatchObject({ differences: [] });
    expect(await run({ apply })).toMatchObject({ finished: true, total: { changed: 2 } });
    expect(
      await rowsOf('select finished_at is null as open, calls from wiretally_repricings order by started_at'),
    ).toEqual([
      { open: true, calls: '2' },
      { open: false, calls: '2' },
    ]);
  });

  it('agrees with calls that arrive and complete meanwhile', async () => {
    await threeDays();
    await usePrices(DOUBLED);
    const arriving = Array.from({ length: 20 }, (_, index) => priced({ timeUnixMicros: NOON + (index % 3) * DAY }));
    await Promise.all([run({ apply }), ...arriving.map(({ arrived }) => ledger.ingestLogs([arrived]))]);
    expect(await ledger.audit()).toMatchObject({ calls: 24, differences: [] });
  });

  it('is refused while another one is under way, and while the user’s prices are wrong', async () => {
    const other = await ledger.pool.connect();
    await other.query('select pg_advisory_lock(77005)');
    await expect(run({ apply })).rejects.toThrow('Another repricing is under way');
    await other.query('select pg_advisory_unlock(77005)');
    other.release();
    await usePrices('prices: 7\n');
    await expect(run()).rejects.toThrow(/line 1: prices is 7; it must be a list/);
  });
});
