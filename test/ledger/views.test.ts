/** The names that users of the earlier systems know, over real records. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { failedRecord, parsed, usageRecord } from './usage-record.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const at = (iso: string): number => Date.parse(iso) * 1000;
const rowsOf = async (ledger: Ledger, sql: string): Promise<Record<string, unknown>[]> =>
  (await ledger.pool.query<Record<string, unknown>>(sql)).rows;
const columnsOf = async (ledger: Ledger, view: string): Promise<string[]> =>
  (await ledger.pool.query(`select * from ${view} limit 0`)).fields.map(({ name }) => name);

/** Two days around a midnight in Tehran (20:30 UTC), three models, one failure, one call whose usage is not known. */
const RECORDS = [
  usageRecord({
    timeUnixMicros: at('2026-11-19T20:29:59Z'),
    userId: '77',
    chatId: '-100123',
    sessionId: 's1',
    durationMs: 1499.6,
  }),
  usageRecord({ timeUnixMicros: at('2026-11-19T20:30:00Z'), requestUser: 'ali', chatId: 'general', costUsd: '0.25' }),
  usageRecord({
    timeUnixMicros: at('2026-11-20T11:00:00Z'),
    provider: 'gcp.gemini',
    requestModel: 'gemini-2.5-pro',
    tokens: { input: 1000, output: 500, total: 1700 },
    costUsd: '0.00625',
  }),
  failedRecord({ timeUnixMicros: at('2026-11-20T12:00:00Z'), durationMs: 80 }),
  usageRecord({
    timeUnixMicros: at('2026-11-20T13:00:00Z'),
    kind: 'restated',
    operation: 'retrieve',
    tokens: { input: 999_999 },
    costUsd: null,
  }),
];

describe('the views of the earlier systems', () => {
  let ledger: Ledger;
  beforeAll(async () => {
    ledger = await server.open();
    await ledger.pool.query(
      `insert into wiretally_private.providers values ('gcp.gemini', 'gemini', 'Gemini')
       on conflict (name) do nothing`,
    );
    await ledger.ingestLogs(parsed(...RECORDS));
  });

  it('have the columns of the originals, in their order', async () => {
    const originals = {
      ai_usage_tracking:
        'id provider user_id chat_id model prompt_tokens completion_tokens total_tokens rate_limit_info cost_estimate created_at date',
      daily_ai_usage:
        'date provider total_requests failed_requests prompt_tokens completion_tokens total_tokens cost_estimate',
      provider_ai_stats:
        'provider total_requests prompt_tokens completion_tokens total_tokens avg_tokens_per_request cost_estimate success_rate last_used',
      ai_request_logs:
        'id model_id user_id request_tokens response_tokens total_tokens response_time_ms success error_message created_at',
      token_usage: 'id timestamp model input_tokens output_tokens total_tokens estimated_cost user_id session_id',
      daily_summary: 'date model requests input_tokens output_tokens total_tokens estimated_cost',
    };
    for (const [view, columns] of Object.entries(originals)) {
      const names = columns.split(' ');
      expect((await columnsOf(ledger, view)).slice(0, names.length), view).toEqual(names);
    }
  });

  it('answer the four checking queries of real data tracking unchanged', async () => {
    const latest = await rowsOf(ledger, 'SELECT * FROM ai_request_logs ORDER BY created_at DESC LIMIT 10;');
    expect(latest.map((row) => row['success'])).toEqual([0, 1, 1, 1]);
    expect(latest[0]).toMatchObject({ error_message: '429 rate_limit_exceeded', total_tokens: null });
    expect(latest[3]).toMatchObject({
      user_id: '77',
      response_time_ms: '1500',
      request_tokens: '10',
      error_message: null,
    });
    expect(await rowsOf(ledger, 'SELECT COUNT(*) as total_requests FROM ai_request_logs;')).toEqual([
      { total_requests: '4' },
    ]);
    expect(await rowsOf(ledger, 'SELECT SUM(total_tokens) as total_tokens FROM ai_request_logs;')).toEqual([
      { total_tokens: '1730' },
    ]);
    const [{ success_rate: successRate } = {}] = await rowsOf(
      ledger,
      `SELECT
         SUM(CASE WHEN success = 1 THEN 1 ELSE 0 END) * 100.0 / COUNT(*) as success_rate
       FROM ai_request_logs;`,
    );
    expect(Number(successRate)).toBe(75);
  });

  it('name a model by a UUIDv5 of provider and model', async () => {
    const [{ model_id: id } = {}] = await rowsOf(
      ledger,
      'select distinct model_id::text from ai_request_logs where request_tokens = 10',
    );
    // RFC 9562, 5.5, by hand.
    const hash = createHash('sha1')
      .update(Buffer.from('8f0a7c6be1c24c0d9d0e5b1c3a4f6d27', 'hex'))
      .update('openai/gpt-4o-mini')
      .digest('hex');
    expect(String(id).replaceAll('-', '').slice(0, 12)).toBe(hash.slice(0, 12));
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('give users and chats as numbers where they are numbers, and always as text', async () => {
    expect(
      await rowsOf(
        ledger,
        `select user_id, user_ref, chat_id, chat_ref from ai_usage_tracking
         where user_ref is not null order by created_at`,
      ),
    ).toEqual([
      { user_id: '77', user_ref: '77', chat_id: '-100123', chat_ref: '-100123' },
      { user_id: null, user_ref: 'ali', chat_id: null, chat_ref: 'general' },
    ]);
  });

  it('sum by provider, and say how many calls a sum lacks', async () => {
    expect(await rowsOf(ledger, 'select * from provider_ai_stats order by provider')).toEqual([
      {
        provider: 'gemini',
        total_requests: '1',
        prompt_tokens: '1000',
        completion_tokens: '500',
        total_tokens: '1700',
        avg_tokens_per_request: '1700.00',
        cost_estimate: '0.00625',
        success_rate: '100.00',
        last_used: new Date('2026-11-20T11:00:00Z'),
        requests_without_tokens: '0',
        requests_without_cost: '0',
      },
      {
        provider: 'openai',
        total_requests: '3',
        prompt_tokens: '20',
        completion_tokens: '10',
        total_tokens: '30',
        avg_tokens_per_request: '15.00',
        cost_estimate: '0.2500045',
        success_rate: '66.67',
        last_used: new Date('2026-11-20T12:00:00Z'),
        requests_without_tokens: '1',
        requests_without_cost: '1',
      },
    ]);
  });
});

describe('days', () => {
  const days = async (timeZone: string): Promise<unknown> => {
    const ledger = await server.open({ timeZone });
    await ledger.ingestLogs(parsed(...RECORDS));
    const daily = await rowsOf(
      ledger,
      `select date::text, sum(total_requests)::int as requests, sum(failed_requests)::int as failed,
       sum(total_tokens)::int as tokens, sum(cost_estimate)::text as cost from daily_ai_usage group by 1 order by 1`,
    );
    const summary = await rowsOf(
      ledger,
      `select date::text, sum(requests)::int as requests, sum(total_tokens)::int as tokens,
       sum(estimated_cost)::text as cost from daily_summary group by 1 order by 1`,
    );
    const tracking = await rowsOf(
      ledger,
      'select date::text, count(*)::int as requests from ai_usage_tracking group by 1 order by 1',
    );
    const short = (rows: Record<string, unknown>[], names: string[]): unknown =>
      rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
    expect(short(summary, ['date', 'requests', 'tokens', 'cost'])).toEqual(
      short(daily, ['date', 'requests', 'tokens', 'cost']),
    );
    expect(short(tracking, ['date', 'requests'])).toEqual(short(daily, ['date', 'requests']));
    return daily;
  };

  it('are those of UTC by default', async () => {
    expect(await days('UTC')).toEqual([
      { date: '2026-11-19', requests: 2, failed: 0, tokens: 30, cost: '0.2500045' },
      { date: '2026-11-20', requests: 2, failed: 1, tokens: 1700, cost: '0.00625' },
    ]);
  });

  it('begin at half past an hour of UTC in Tehran', async () => {
    expect(await days('Asia/Tehran')).toEqual([
      { date: '2026-11-19', requests: 1, failed: 0, tokens: 15, cost: '0.0000045' },
      { date: '2026-11-20', requests: 3, failed: 1, tokens: 1715, cost: '0.25625' },
    ]);
  });

  it('begin three hours before UTC in Riyadh', async () => {
    const ledger = await server.open({ timeZone: 'Asia/Riyadh' });
    const times = ['2026-03-19T20:59:59Z', '2026-03-19T21:00:00Z', '2026-03-20T20:59:59Z', '2026-03-20T21:00:00Z'];
    await ledger.ingestLogs(parsed(...times.map((time) => usageRecord({ timeUnixMicros: at(time) }))));
    expect(await rowsOf(ledger, 'select date::text, total_requests::int as n from daily_ai_usage order by 1')).toEqual([
      { date: '2026-03-19', n: 1 },
      { date: '2026-03-20', n: 2 },
      { date: '2026-03-21', n: 1 },
    ]);
  });

  it('have 23 hours where the clock goes forward in New York', async () => {
    const ledger = await server.open({ timeZone: 'America/New_York' });
    // At 07:00 UTC on 2026-03-08.
    const times = ['2026-03-08T04:59:59Z', '2026-03-08T05:00:00Z', '2026-03-09T03:59:59Z', '2026-03-09T04:00:00Z'];
    await ledger.ingestLogs(parsed(...times.map((time) => usageRecord({ timeUnixMicros: at(time) }))));
    expect(await rowsOf(ledger, 'select date::text, total_requests::int as n from daily_ai_usage order by 1')).toEqual([
      { date: '2026-03-07', n: 1 },
      { date: '2026-03-08', n: 2 },
      { date: '2026-03-09', n: 1 },
    ]);
  });

  it('are the same in both ways of counting, over a change of the clock in New York', async () => {
    const ledger = await server.open({ timeZone: 'America/New_York' });
    // The clock goes back at 06:00 UTC on 2026-11-01: that day has 25 hours.
    const times = ['2026-11-01T03:59:59Z', '2026-11-01T04:00:00Z', '2026-11-02T04:59:59Z', '2026-11-02T05:00:00Z'];
    await ledger.ingestLogs(parsed(...times.map((time) => usageRecord({ timeUnixMicros: at(time) }))));
    const daily = 'select date::text, total_requests::int as n from daily_ai_usage order by 1';
    const byRollup = await rowsOf(ledger, daily);
    expect(byRollup).toEqual([
      { date: '2026-10-31', n: 1 },
      { date: '2026-11-01', n: 2 },
      { date: '2026-11-02', n: 1 },
    ]);
    await ledger.pool.query(
      "update wiretally_private.settings set value = 'false' where name = 'time_zone_whole_hours'",
    );
    expect(await rowsOf(ledger, daily)).toEqual(byRollup);
  });
});

describe('a sum over calls that state nothing', () => {
  it('is null, never 0', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(failedRecord()));
    expect(await rowsOf(ledger, 'select total_tokens, cost_estimate, total_requests from daily_ai_usage')).toEqual([
      { total_tokens: null, cost_estimate: null, total_requests: '1' },
    ]);
    expect(await rowsOf(ledger, 'select avg_tokens_per_request, cost_estimate from provider_ai_stats')).toEqual([
      { avg_tokens_per_request: null, cost_estimate: null },
    ]);
    expect(await rowsOf(ledger, 'select estimated_cost from daily_summary')).toEqual([{ estimated_cost: null }]);
  });
});

describe('the role for Grafana', () => {
  it('reads the views and nothing else, and writes nothing', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(usageRecord()));
    const client = await ledger.pool.connect();
    try {
      await client.query('set role wiretally_reader');
      for (const view of [
        'wiretally_calls',
        'wiretally_hourly',
        'ai_usage_tracking',
        'daily_ai_usage',
        'provider_ai_stats',
        'ai_request_logs',
        'token_usage',
        'daily_summary',
      ]) {
        expect((await client.query(`select * from ${view}`)).rows, view).toHaveLength(1);
      }
      for (const forbidden of [
        'select * from wiretally_private.calls',
        'select * from wiretally_private.settings',
        'delete from ai_usage_tracking',
        "insert into token_usage (model) values ('x')",
        'create table mine (a int)',
      ]) {
        await expect(client.query(forbidden), forbidden).rejects.toThrow(/permission denied|cannot/);
      }
    } finally {
      await client.query('reset role');
      client.release();
    }
  });
});
