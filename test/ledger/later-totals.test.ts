/** Totals by user, application, session and quarter of an hour: counted a moment later, each call once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { silentLogger } from '../../src/ledger/logger.ts';
import { COUNTER_LOCK } from '../../src/ledger/store/later-totals/locks.ts';
import { migrate, readMigrations } from '../../src/ledger/store/migrate.ts';
import { createPool } from '../../src/ledger/store/pool.ts';
import { seededRandom } from '../random.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { failedRecord, NOON, parsed, usageRecord } from './usage-record.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const QUARTER_MICROS = 900_000_000;

/** Three days, users with and without names, sessions over hours, failures, units. */
function manyRecords(count: number, seed = 1): ReturnType<typeof usageRecord>[] {
  const random = seededRandom(seed);
  const pick = (below: number): number => Math.floor(random() * below);
  return Array.from({ length: count }, (_, index) =>
    (pick(6) === 0 ? failedRecord : usageRecord)({
      timeUnixMicros: NOON + pick(288) * QUARTER_MICROS + pick(QUARTER_MICROS),
      userId: pick(3) === 0 ? null : `user ${pick(9)}`,
      requestUser: pick(3) === 0 ? `user ${pick(9)}` : null,
      sessionId: pick(4) === 0 ? null : `session ${pick(30)}`,
      serviceName: pick(5) === 0 ? null : `service ${pick(3)}`,
      serviceType: pick(7) === 0 ? 'image' : 'text',
      requestModel: pick(9) === 0 ? null : `model-${pick(4)}`,
      kind: pick(12) === 0 ? 'restated' : 'call',
      units: pick(7) === 0 ? { images: 1 + pick(3), video_seconds: 0.1 } : {},
      costUsd: pick(5) === 0 ? null : `0.${String(index * 7 + 1).padStart(11, '0')}`,
      tokens: { cacheRead: pick(2) === 0 ? null : pick(900), input: pick(3000), output: pick(80), total: null },
    }),
  );
}

const query = async (ledger: Ledger, sql: string): Promise<unknown[]> =>
  (await ledger.pool.query<Record<string, unknown>>(sql)).rows;

const COUNTED_BY_USER = `select name, to_char(start at time zone 'UTC', 'YYYY-MM-DD') as day, sum(requests)::int as n,
    sum(failed)::int as failed, sum(input_tokens)::int as input, sum(cache_read_unknown)::int as unknown,
    trim_scale(sum(cost_usd)) as cost, sum(video_seconds) as seconds, min(first_used) as first, max(last_used) as last
  from wiretally_private.rollup_part where part = 'user' and minutes = MINUTES group by 1, 2 order by 1, 2`;
const ROWS_BY_USER = `select coalesce(user_id, request_user, '') as name,
    to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*)::int as n,
    (count(*) filter (where not success))::int as failed, coalesce(sum(input_tokens), 0)::int as input,
    (count(*) filter (where cache_read_tokens is null))::int as unknown, trim_scale(coalesce(sum(cost_usd), 0)) as cost,
    coalesce(sum((units ->> 'video_seconds')::numeric), 0) as seconds,
    min(created_at) as first, max(created_at) as last
  from wiretally_private.calls where kind = 'call' group by 1, 2 order by 1, 2`;
const COUNTED_SESSIONS = `select session_id, sum(p.requests)::int as n, trim_scale(sum(cost_usd)) as cost,
    array_agg(distinct service_type) as services, array_agg(distinct nullif(model, '')) as models,
    min(s.first_used) as first, max(s.last_used) as last, max(s.requests)::int as again, max(last_update) as update
  from wiretally_private.rollup_session s join wiretally_private.rollup_session_part p using (session_key)
  group by 1 order by 1`;
const SESSION_ROWS = `select session_id, count(*)::int as n, trim_scale(coalesce(sum(cost_usd), 0)) as cost,
    array_agg(distinct service_type) as services, array_agg(distinct model) as models,
    min(created_at) as first, max(created_at) as last, count(*)::int as again, max(created_at) as update
  from wiretally_private.calls where kind = 'call' and session_id is not null group by 1 order by 1`;
const SESSIONS = 'select coalesce(sum(n), 0)::int as n from wiretally_private.session_counts';

async function expectExact(ledger: Ledger): Promise<void> {
  await ledger.count();
  const rows = await query(ledger, ROWS_BY_USER);
  expect(await query(ledger, COUNTED_BY_USER.replace('MINUTES', '1440'))).toEqual(rows);
  expect(await query(ledger, COUNTED_BY_USER.replace('MINUTES', '60'))).toEqual(rows);
  const sessions = await query(ledger, SESSION_ROWS);
  expect(await query(ledger, COUNTED_SESSIONS)).toEqual(sessions);
  expect(await query(ledger, SESSIONS)).toEqual([{ n: sessions.length }]);
  expect(await query(ledger, 'select from wiretally_private.uncounted')).toEqual([]);
  expect((await ledger.audit()).differences).toEqual([]);
}

describe('the later totals', () => {
  it('equal sums over rows to the last digit, whatever arrives in which order', async () => {
    const ledger = await server.open();
    const records = manyRecords(600);
    await ledger.ingestLogs(parsed(...records.slice(0, 250)));
    await expectExact(ledger);
    // Late ones, a batch that was there in part, and one that was there in whole.
    await ledger.ingestLogs(parsed(...records.slice(200, 500)));
    await ledger.ingestLogs(parsed(...records.slice(0, 100)));
    await ledger.ingestLogs(parsed(...records.slice(450)));
    await expectExact(ledger);
  });

  it('count each call once while sinks store and count at the same time', async () => {
    const databaseUrl = await server.newDatabase();
    const sinks = await Promise.all([1, 2, 3].map(() => server.open({ databaseUrl })));
    const records = manyRecords(900);
    await Promise.all(
      Array.from({ length: 30 }, async (_, batch) => {
        const sink = sinks[batch % 3]!;
        await sink.ingestLogs(parsed(...records.slice(batch * 25, batch * 25 + 40)));
        await sinks[(batch + 1) % 3]!.count();
      }),
    );
    await expectExact(sinks[0]!);
  });

  it('are complete when asked for, also while somebody counts just now', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(...manyRecords(20)));
    const other = await ledger.pool.connect();
    await other.query('begin');
    await other.query('select pg_advisory_xact_lock($1)', [COUNTER_LOCK]);
    const counted = ledger.count();
    await expect
      .poll(() =>
        query(
          ledger,
          `select from pg_locks where locktype = 'advisory' and objid = ${COUNTER_LOCK} and not granted
            and database = (select oid from pg_database where datname = current_database())`,
        ),
      )
      .toHaveLength(1);
    await other.query('commit');
    other.release();
    await counted;
    expect(await query(ledger, 'select from wiretally_private.uncounted')).toEqual([]);
  });

  it('take in what an earlier version stored', async () => {
    const migrations = await readMigrations();
    const databaseUrl = await server.emptyDatabase();
    const pool = createPool({ connectionString: databaseUrl });
    await migrate(
      pool,
      silentLogger,
      migrations.filter(({ version }) => version < 17),
    );
    await pool.query(`insert into token_usage (model, input_tokens, user_id, session_id, "timestamp")
      select 'gpt-4o', n, 'u' || n % 3, 's' || n % 5, '2026-11-20T10:00:00Z'::timestamptz + n * interval '1 hour'
      from generate_series(1, 50) n`);
    await pool.query(`insert into wiretally_private.sessions values ('started', now())`);
    await pool.end();
    const ledger = await server.open({ databaseUrl });
    await ledger.ingestLogs(parsed(...manyRecords(20)));
    await ledger.count();
    expect((await ledger.audit()).differences).toEqual([]);
    expect(await query(ledger, SESSIONS)).toEqual([{ n: expect.any(Number) as unknown }]);
    expect(await query(ledger, 'select count(*)::int as n from wiretally_private.rollup_session')).toEqual(
      await query(ledger, SESSIONS),
    );
  });

  it('count rows that come through views', async () => {
    const ledger = await server.open();
    await query(ledger, `insert into token_usage (model, input_tokens, user_id, session_id) values ('m', 5, 'u', 's')`);
    await expectExact(ledger);
  });

  it('follow when a call is completed or priced, counted already or not', async () => {
    for (const countedBefore of [true, false]) {
      const ledger = await server.open();
      const pending = { usageSource: 'missing', usageMissingReason: 'pending', responseId: 'r1' } as const;
      await ledger.ingestLogs(
        parsed(usageRecord({ ...pending, userId: 'ada', sessionId: 's', costUsd: null, tokens: { input: null } })),
      );
      await query(
        ledger,
        `insert into token_usage (model, input_tokens, output_tokens, user_id, session_id)
        values ('gpt-4o', 5, 5, 'ada', 's')`,
      );
      if (countedBefore) await ledger.count();
      await ledger.ingestLogs(parsed(usageRecord({ kind: 'restated', responseId: 'r1', tokens: { input: 700 } })));
      // The sink prices what came through a view by itself, every two seconds.
      await expect
        .poll(() => query(ledger, 'select from wiretally_private.inserted_calls'), { timeout: 10_000 })
        .toEqual([]);
      expect(
        await query(ledger, `select sum(input_tokens)::int as n from wiretally_private.calls where kind = 'call'`),
      ).toEqual([{ n: 705 }]);
      await expectExact(ledger);
    }
  });

  it('lose the names that are forgotten, and no sum', async () => {
    for (const countedBefore of [true, false]) {
      const ledger = await server.open();
      await ledger.ingestLogs(parsed(...manyRecords(300)));
      if (countedBefore) await ledger.count();
      await ledger.forget({ kind: 'user', id: 'user 3' }, { by: 'root' });
      await ledger.forget({ kind: 'session', id: 'session 4' }, { by: 'root' });
      await ledger.count();
      expect(await query(ledger, `select from wiretally_private.rollup_part where name = 'user 3'`)).toEqual([]);
      expect(
        await query(ledger, `select from wiretally_private.rollup_session where session_id = 'session 4'`),
      ).toEqual([]);
      expect(await query(ledger, COUNTED_SESSIONS)).toEqual(await query(ledger, SESSION_ROWS));
      expect((await ledger.audit()).differences).toEqual([]);
    }
  });

  it('stay when the calls are dropped, with those that were not counted yet', async () => {
    const now = NOON / 1000 + 5 * 86_400_000;
    const ledger = await server.open({ now: () => now, retentionDays: 3 });
    await ledger.ingestLogs(parsed(...manyRecords(200)));
    const [users, sessions] = [await query(ledger, ROWS_BY_USER), await query(ledger, SESSION_ROWS)];
    expect((await ledger.applyRetention()).droppedDays).toHaveLength(2);
    expect((await query(ledger, ROWS_BY_USER)).length).toBeLessThan(users.length);
    expect(await query(ledger, COUNTED_BY_USER.replace('MINUTES', '1440'))).toEqual(users);
    expect(await query(ledger, COUNTED_SESSIONS)).toEqual(sessions);
    expect((await ledger.audit()).differences).toEqual([]);
    await ledger.forget({ kind: 'user', id: 'user 3' }, { by: 'root' });
    expect(await query(ledger, `select from wiretally_private.rollup_part where name = 'user 3'`)).toEqual([]);
    expect(
      await query(
        ledger,
        `select sum(requests)::int as n from wiretally_private.rollup_part where part = 'user' and minutes = 1440`,
      ),
    ).toEqual([{ n: users.reduce<number>((sum, row) => sum + (row as { n: number }).n, 0) }]);
    expect(await ledger.repair()).toEqual({ rollups: 0, laterTotals: 0, repaired: [] });
  });

  it('get from the repair what an older sink stored after the migration', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(...manyRecords(100)));
    await ledger.count();
    // It knows neither `batch` nor these tables.
    await query(ledger, 'update wiretally_private.calls set batch = null');
    await query(
      ledger,
      'truncate wiretally_private.rollup_part, wiretally_private.rollup_session, wiretally_private.rollup_session_part',
    );
    await query(ledger, 'update wiretally_private.rollup_hour set without_usage = 0');
    await ledger.ingestLogs(parsed(...manyRecords(50, 2)));
    await ledger.repair();
    await expectExact(ledger);
    expect(await ledger.repair()).toEqual({ rollups: 0, laterTotals: 0, repaired: [] });
  });

  it('are repaired, and audited', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(...manyRecords(200)));
    await ledger.count();
    for (const damage of [
      'update wiretally_private.rollup_part set requests = requests + 1',
      'delete from wiretally_private.rollup_part',
      'update wiretally_private.rollup_session_part set cost_usd = cost_usd + 1',
      'delete from wiretally_private.rollup_session_part',
      'delete from wiretally_private.rollup_session',
      'update wiretally_private.rollup_session set requests = 3',
      'truncate wiretally_private.rollup_part, wiretally_private.rollup_session, wiretally_private.rollup_session_part',
    ]) {
      await query(ledger, damage);
      const { differences } = await ledger.audit();
      expect(differences.length).toBeGreaterThan(0);
      await ledger.repair();
      await expectExact(ledger);
    }
  });
});
