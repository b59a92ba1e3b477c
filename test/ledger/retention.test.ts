/** Calls that are kept for some days only: their totals stay, nothing is counted twice, the audit knows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ledger, LedgerOptions } from '../../src/ledger/ledger.ts';
import { listSessions } from '../../src/ledger/serve/sessions.ts';
import { queryUsage } from '../../src/ledger/report/token-usage.ts';
import { diagnose } from '../../src/ledger/report/diagnose.ts';
import { parseRetentionDays } from '../../src/ledger/store/retention.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { parsed, usageRecord } from './usage-record.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const DAY_MS = 86_400_000;
const TODAY = Date.UTC(2026, 10, 20, 10, 15);
const daysAgo = (days: number) => usageRecord({ timeUnixMicros: (TODAY - days * DAY_MS) * 1000 });
const open = (options: LedgerOptions = {}): Promise<Ledger> =>
  server.open({ now: () => TODAY, retentionDays: 30, ...options });

const query = async (ledger: Ledger, sql: string): Promise<unknown[]> =>
  (await ledger.pool.query<Record<string, unknown>>(sql)).rows;
const requests = (ledger: Ledger) =>
  query(ledger, 'select sum(requests)::int as n, sum(cost_usd) as cost from wiretally_private.rollup_hour');
const calls = (ledger: Ledger) => query(ledger, 'select count(*)::int as n from wiretally_private.calls');

describe('retention', () => {
  it('drops days that ended longer ago than that, and keeps their totals', async () => {
    const ledger = await open();
    await ledger.ingestLogs(parsed(daysAgo(0), daysAgo(30), daysAgo(31), daysAgo(32), daysAgo(900)));
    const before = await requests(ledger);
    expect(await ledger.applyRetention()).toEqual({
      detailsFrom: '2026-10-21T00:00:00.000Z',
      droppedDays: ['2026-10-19', '2026-10-20'],
      heldDays: [],
    });
    expect(await calls(ledger)).toEqual([{ n: 2 }]);
    expect(await requests(ledger)).toEqual(before);
    expect(await ledger.audit()).toMatchObject({ calls: 2, detailsFrom: '2026-10-21T00:00:00.000Z', differences: [] });
  });

  it('keeps everything where it is not set', async () => {
    const ledger = await open({ retentionDays: null });
    await ledger.ingestLogs(parsed(daysAgo(0), daysAgo(399), daysAgo(5000)));
    expect(await ledger.applyRetention()).toEqual({ detailsFrom: null, droppedDays: [], heldDays: [] });
    expect(await ledger.audit()).toMatchObject({ calls: 3, detailsFrom: null, differences: [] });
  });

  it('refuses late records of dropped days as dead letters, and stores the rest of the batch', async () => {
    const ledger = await open();
    const [kept, dropped] = [daysAgo(3), daysAgo(40)];
    await ledger.ingestLogs(parsed(dropped));
    await ledger.applyRetention();
    const before = await requests(ledger);
    // The second delivery of one that was counted, and one that never came before.
    const result = await ledger.ingestLogs(parsed(dropped, kept, daysAgo(41)));
    expect(result).toMatchObject({ stored: 1, duplicates: 0, rejected: 2 });
    expect(result.reasons).toEqual([expect.stringContaining('WIRETALLY_RETENTION_DAYS')]);
    expect(before).toEqual([{ n: 1, cost: expect.anything() as unknown }]);
    expect(await requests(ledger)).toMatchObject([{ n: 2 }]);
    expect(await query(ledger, 'select sum(times)::int as n from wiretally_private.dead_letters')).toEqual([{ n: 2 }]);
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('holds for sinks that run without the setting, and does not go back when the setting grows', async () => {
    const ledger = await open();
    await ledger.applyRetention();
    const { rows } = await ledger.pool.query<{ name: string }>('select current_database() as name');
    const databaseUrl = (await server.newDatabase()).replace(/test_[^?]*/, rows[0]!.name);
    const other = await server.open({ databaseUrl, now: () => TODAY, retentionDays: null });
    expect(await other.ingestLogs(parsed(daysAgo(31)))).toMatchObject({ stored: 0, rejected: 1 });
    const patient = await server.open({ databaseUrl, now: () => TODAY, retentionDays: 300 });
    expect(await patient.applyRetention()).toMatchObject({ detailsFrom: '2026-10-21T00:00:00.000Z', droppedDays: [] });
  });

  it('says no to a program that inserts a row of a dropped day through a view', async () => {
    const ledger = await open();
    await ledger.applyRetention();
    await expect(
      ledger.pool.query(
        `insert into ai_usage_tracking (provider, model, prompt_tokens, created_at) values ('openai', 'gpt-4o', 1, '2026-01-01')`,
      ),
    ).rejects.toThrow(/dropped already/);
    expect(await requests(ledger)).toEqual([{ n: null, cost: null }]);
  });

  it('leaves a day that somebody reads to the next run', async () => {
    const ledger = await open();
    await ledger.ingestLogs(parsed(daysAgo(40)));
    const reader = await ledger.pool.connect();
    await reader.query('begin');
    await reader.query('select from wiretally_private.calls');
    expect(await ledger.applyRetention()).toMatchObject({ droppedDays: [], heldDays: ['2026-10-11'] });
    // Not dropped yet, but not a difference either.
    expect((await ledger.audit()).differences).toEqual([]);
    await reader.query('commit');
    reader.release();
    expect(await ledger.applyRetention()).toMatchObject({ droppedDays: ['2026-10-11'], heldDays: [] });
  });

  it('still finds what differs in the days that are kept', async () => {
    const ledger = await open();
    await ledger.ingestLogs(parsed(daysAgo(0), daysAgo(40)));
    await ledger.applyRetention();
    await ledger.pool.query('update wiretally_private.rollup_hour set requests = requests + 1');
    expect((await ledger.audit()).differences).toMatchObject([{ measure: 'requests', rollup: '2', rows: '1' }]);
  });

  it('leaves reports as they were: by user, application, model, and day of any zone', async () => {
    const ledger = await open();
    const records = Array.from({ length: 90 }, (_, index) => {
      const { timeUnixMicros } = daysAgo(index % 45);
      return usageRecord({
        timeUnixMicros: timeUnixMicros - index * 1_200_000_000,
        userId: `u${index % 4}`,
        sessionId: `s${index % 7}`,
        serviceName: index % 2 === 0 ? 'shop' : null,
        requestModel: `m${index % 3}`,
      });
    });
    await ledger.ingestLogs(parsed(...records));
    const reports = () =>
      Promise.all([
        ...['Asia/Tehran', 'Asia/Riyadh', 'America/New_York', 'UTC'].map((timeZone) =>
          queryUsage({ groupBy: ['day', 'model'], timeZone, orderBy: 'group' }, { ledger }),
        ),
        queryUsage({ groupBy: ['user'] }, { ledger }),
        queryUsage({ groupBy: ['day', 'user'], timeZone: 'America/New_York', orderBy: 'group' }, { ledger }),
        queryUsage({ groupBy: ['application'] }, { ledger }),
        queryUsage({ filter: { session: 's3' } }, { ledger }),
        listSessions(ledger.pool, new Date(TODAY), { limit: 5, offset: 1 }),
      ]);
    const before = await reports();
    expect((await ledger.applyRetention()).droppedDays.length).toBeGreaterThan(10);
    expect(await reports()).toEqual(before);
  });

  it('leaves days of a zone with half hours to the totals', async () => {
    const ledger = await open({ timeZone: 'Asia/Kolkata' });
    await ledger.ingestLogs(parsed(daysAgo(0), daysAgo(40), daysAgo(40)));
    const days = () => query(ledger, 'select date::text, total_requests from daily_ai_usage order by date');
    const before = await days();
    expect(before).toHaveLength(2);
    await ledger.applyRetention();
    expect(await days()).toEqual(before);
  });

  it('takes whole days from 1 on, and says so', () => {
    expect(parseRetentionDays('90')).toBe(90);
    expect([parseRetentionDays(undefined), parseRetentionDays('')]).toEqual([null, null]);
    for (const wrong of ['0', '-1', '1.5', 'forever', '1e9']) {
      expect(() => parseRetentionDays(wrong)).toThrow(/WIRETALLY_RETENTION_DAYS is .* whole number of days/);
    }
  });
});

describe('wiretally doctor, of days', () => {
  const texts = async (ledger: Ledger): Promise<string[]> =>
    (await diagnose(ledger, new Date(TODAY))).map(({ state, text }) => `${state}: ${text}`);

  it('names days that are overdue, until they are dropped', async () => {
    const ledger = await open();
    await ledger.ingestLogs(parsed(daysAgo(0), daysAgo(40), daysAgo(50)));
    expect(await texts(ledger)).toContain('wrong: Not dropped: 2 days of calls from 2026-10-01 on, older than 30 days');
    await ledger.applyRetention();
    expect(await texts(ledger)).toContain('ok: Calls are kept for 30 days');
  });

  it('names calls whose day has no partition', async () => {
    const ledger = await open({ retentionDays: null });
    expect((await texts(ledger)).join('\n')).not.toContain('Stored apart');
    await ledger.ingestLogs(parsed(daysAgo(900), daysAgo(901)));
    expect(await texts(ledger)).toContain(
      'note: Stored apart: 2 calls of days from 2024-06-02 to 2024-06-03, which have no partition',
    );
    expect(await texts(ledger)).toContain('ok: Calls are kept for good');
  });
});
