/** `wiretally audit --repair`: rollups say again what their rows say, also while sinks write. */
import { Client } from 'pg';
import type { QueryResult } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { runCli } from '../report/cli.fixture.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { failedRecord, NOON, parsed, usageRecord } from './usage-record.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const HOUR_MICROS = 3_600_000_000;
/** Several hours, models and tags; one row came through a view. */
async function filled(ledger: Ledger): Promise<void> {
  const records = Array.from({ length: 40 }, (_, index) =>
    (index % 5 === 0 ? failedRecord : usageRecord)({
      timeUnixMicros: NOON + (index % 4) * HOUR_MICROS + index,
      requestModel: `model-${index % 3}`,
      tags: index % 2 === 0 ? { team: 'search', other: 'x' } : {},
      environment: index % 7 === 0 ? null : 'production',
      units: index % 6 === 0 ? { images: 2, video_seconds: 1.5 } : {},
    }),
  );
  await ledger.ingestLogs(parsed(...records));
  await ledger.pool.query(
    "insert into token_usage (model, input_tokens, \"timestamp\") values ('gpt-4o', 5, '2026-11-20T10:00:00Z')",
  );
}

const rollups = async (ledger: Ledger): Promise<unknown> =>
  (
    await ledger.pool.query<{ all: unknown }>(
      'select json_agg(r order by hour, key) as all from wiretally_private.rollup_hour r',
    )
  ).rows[0]!.all;

const DAMAGE: readonly (readonly [string, string])[] = [
  [
    'that count too much',
    'update wiretally_private.rollup_hour set requests = requests + 1, cost_usd = cost_usd + 0.1',
  ],
  [
    'whose buckets and times are wrong',
    "update wiretally_private.rollup_hour set duration_buckets = '{1}', last_used = now()",
  ],
  ['that are not there', 'delete from wiretally_private.rollup_hour'],
  [
    'that have no calls',
    `insert into wiretally_private.rollup_hour
     select (json_populate_record(r, json_build_object('key', gen_random_uuid()))).* from wiretally_private.rollup_hour r`,
  ],
];

describe('the repair', () => {
  it.each(DAMAGE)('makes good rollups %s, to the last name', async (_, damage) => {
    const ledger = await server.open();
    await filled(ledger);
    const before = await rollups(ledger);
    await ledger.pool.query(damage);
    const { differences } = await ledger.audit();
    expect(differences.length).toBeGreaterThan(0);
    const result = await ledger.repair();
    expect(result.repaired).toEqual(differences);
    expect((await ledger.audit()).differences).toEqual([]);
    expect(await rollups(ledger)).toEqual(before);
    expect(await ledger.repair()).toEqual({ rollups: 0, laterTotals: 0, repaired: [] });
  });

  it('makes good any number of totals over days, and holds few of them at once', async () => {
    const ledger = await server.open();
    const calls = 1300;
    const records = Array.from({ length: calls }, (_, index) =>
      usageRecord({
        timeUnixMicros: NOON + (index % 72) * HOUR_MICROS + index,
        requestModel: `model-${index}`,
        userId: `user-${index}`,
        sessionId: `session-${index}`,
      }),
    );
    await ledger.ingestLogs(parsed(...records));
    await ledger.count();
    const totals = async (): Promise<unknown[]> => {
      const tables = ['rollup_hour', 'rollup_part', 'rollup_session_part', 'rollup_session'];
      const read = tables.map((name) =>
        ledger.pool.query(`select r::text from wiretally_private.${name} r order by 1`),
      );
      return (await Promise.all(read)).map(({ rows }) => rows as unknown);
    };
    const before = await totals();
    await ledger.pool.query(`truncate wiretally_private.rollup_hour, wiretally_private.rollup_part,
      wiretally_private.rollup_session_part, wiretally_private.rollup_session`);
    const { differences } = await ledger.audit();
    const queries = vi.spyOn(Client.prototype, 'query');
    const result = await ledger.repair();
    const answers = await Promise.all(
      queries.mock.results.map(({ value }) => value as Promise<QueryResult | undefined>),
    );
    queries.mockRestore();
    const largest = Math.max(...answers.map((answer) => answer?.rows.length ?? 0));
    expect(largest).toBeGreaterThan(0);
    expect(largest).toBeLessThanOrEqual(500);
    // Of each call an hour and a day of its user, a quarter of an hour and a session; the hours and days of one service.
    const days = new Set(records.map(({ timeUnixMicros }) => Math.floor(timeUnixMicros / (24 * HOUR_MICROS)))).size;
    expect(result).toEqual({ rollups: calls, laterTotals: 4 * calls + 72 + days, repaired: differences });
    expect(await totals()).toEqual(before);
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('keeps the tags of calls that another set of tags was kept apart for', async () => {
    const databaseUrl = await server.newDatabase();
    const ledger = await server.open({ databaseUrl, promotedTags: ['customer'] });
    await ledger.ingestLogs(parsed(usageRecord({ tags: { customer: 'acme' } }), usageRecord()));
    const before = await rollups(ledger);
    await ledger.pool.query('delete from wiretally_private.rollup_hour');
    await (await server.open({ databaseUrl })).repair();
    expect(await rollups(ledger)).toEqual(before);
  });

  it('waits for what is being stored, and counts it', async () => {
    const ledger = await server.open();
    const insert = `insert into token_usage (model, input_tokens, "timestamp") values ('gpt-4o', 5, '2026-11-20T10:00:00Z')`;
    await ledger.pool.query(insert);
    await ledger.pool.query('update wiretally_private.rollup_hour set requests = 7');
    const writer = await ledger.pool.connect();
    await writer.query('begin');
    await writer.query(insert);
    const repaired = ledger.repair();
    await vi.waitFor(async () => {
      const { rows } = await ledger.pool.query(
        `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      );
      expect(rows).toHaveLength(1);
    });
    await writer.query('commit');
    writer.release();
    await repaired;
    expect(await ledger.audit()).toMatchObject({ calls: 2, differences: [] });
  });

  it('leaves the totals of days alone whose calls are dropped', async () => {
    const now = NOON / 1000;
    const ledger = await server.open({ now: () => now, retentionDays: 1 });
    await ledger.ingestLogs(parsed(usageRecord(), usageRecord({ timeUnixMicros: NOON - 72 * HOUR_MICROS })));
    const before = await rollups(ledger);
    await ledger.applyRetention();
    expect(await ledger.repair()).toEqual({ rollups: 0, laterTotals: 0, repaired: [] });
    expect(await rollups(ledger)).toEqual(before);
  });

  it('says on the command line what was wrong, and ends well', async () => {
    const databaseUrl = await server.newDatabase();
    const ledger = await server.open({ databaseUrl });
    await ledger.ingestLogs(parsed(usageRecord()));
    await ledger.pool.query('update wiretally_private.rollup_hour set requests = 5');
    const found = await runCli(['audit', '--database', databaseUrl]);
    expect(found).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('requests is 5, its calls say 1') as unknown,
    });
    const repaired = await runCli(['audit', '--repair', '--database', databaseUrl]);
    expect(repaired).toMatchObject({ code: 0, stderr: '' });
    expect(repaired.stdout).toContain('openai gpt-4o-mini: requests was 5, is 1');
    expect(repaired.stdout).toContain(
      'repaired hourly totals: 1\nrepaired totals by user, application, session and quarter of an hour: 0\n' +
        'calls: 1, hourly totals: 1, differences: 0\n',
    );
    expect((await runCli(['audit', '--database', databaseUrl])).code).toBe(0);
  });
});
