import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, openTestLedger, refused } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

const NOW = new Date('2026-03-20T12:30:00Z');
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000);

let own: TestLedger;
const get = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const answer = await own.app.fetch(new Request(`http://localhost:4319${path}`));
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const data = async (path: string): Promise<unknown> => (await get(path)).body['data'];

beforeAll(async () => {
  own = await openTestLedger({ now: () => NOW, timeZone: 'Asia/Tehran' });
  await own.send([
    call({ at: daysAgo(1), tokens: { input: 1000, output: 200 }, costUsd: '0.00027', durationMs: 1200, userId: '42' }),
    call({
      at: daysAgo(2),
      tokens: { input: 500, output: 100 },
      costUsd: '0.000135',
      durationMs: 801,
      tags: { team: 'a' },
    }),
    refused({ at: daysAgo(3), durationMs: 30, userId: '42' }),
    call({
      at: daysAgo(40),
      provider: 'gcp.gemini',
      requestModel: 'imagen-4.0-ultra-generate-001',
      serviceType: 'image',
      operation: 'image',
      tokens: {},
      units: { images: 3 },
      costUsd: '0.18',
      durationMs: null,
    }),
    call({
      at: daysAgo(5),
      requestModel: 'brand-new',
      tokens: { input: 7, output: 1 },
      costUsd: null,
      unpricedReason: 'model-unknown',
    }),
    call({ at: daysAgo(1), kind: 'restated', tokens: { input: 9999, output: 9999 }, costUsd: '9' }),
  ]);
});
afterAll(() => own.close());

describe('GET /api/admin/ai-usage/stats', () => {
  test('sums the calls, and says how many calls the sums lack', async () => {
    expect(await get('/api/admin/ai-usage/stats')).toEqual({
      status: 200,
      body: {
        success: true,
        data: {
          total_requests: 5,
          successful_requests: 4,
          failed_requests: 1,
          total_tokens: 1808,
          input_tokens: 1507,
          output_tokens: 301,
          cache_read_tokens: null,
          cache_write_tokens: null,
          reasoning_tokens: null,
          estimated_cost: 0.180405,
          estimated_cost_exact: '0.180405',
          success_rate: 80,
          avg_response_time: 758,
          mean_duration_ms: 757.75,
          requests_without_usage: 1,
          requests_without_cost: 2,
        },
      },
    });
  });

  test.each([
    ['days=30', 4],
    ['days=1', 1],
    ['from=2026-03-18&to=2026-03-18', 1],
    ['from=2026-03-17T12:30:00Z&to=2026-03-19T12:30:00Z', 2],
    ['provider=gemini', 1],
    ['provider=gcp.gemini', 1],
    ['user_id=42', 2],
    ['service=image', 1],
    ['team=a', 1],
    ['model=brand-new', 1],
    ['user_id=42&days=2', 1],
    ['provider=nobody', 0],
  ])('counts only what ?%s asks for', async (query, requests) => {
    expect(await data(`/api/admin/ai-usage/stats?${query}`)).toMatchObject({ total_requests: requests });
  });

  test('tells "nothing" from "not known"', async () => {
    expect(await data('/api/admin/ai-usage/stats?provider=nobody')).toMatchObject({
      estimated_cost: 0,
      total_tokens: 0,
      success_rate: null,
      avg_response_time: null,
    });
    expect(await data('/api/admin/ai-usage/stats?model=brand-new')).toMatchObject({
      estimated_cost: null,
      estimated_cost_exact: null,
      total_tokens: 8,
    });
    expect(await data('/api/admin/ai-usage/stats?service=image')).toMatchObject({
      estimated_cost_exact: '0.18',
      total_tokens: null,
    });
  });
});

describe('GET /api/admin/ai-usage/by-model', () => {
  test('has a row a model, most requests first, the failed call with the model that it asked for', async () => {
    const rows = (await data('/api/admin/ai-usage/by-model')) as Record<string, unknown>[];
    expect(rows.map(({ model, provider, request_count }) => [provider, model, request_count])).toEqual([
      ['openai', 'gpt-4o-mini', 3],
      ['gemini', 'imagen-4.0-ultra-generate-001', 1],
      ['openai', 'brand-new', 1],
    ]);
    expect(rows[0]).toMatchObject({
      success_count: 2,
      fail_count: 1,
      total_tokens: 1800,
      input_tokens: 1500,
      output_tokens: 300,
      estimated_cost: 0.000405,
      success_rate: 66.67,
      avg_response_time: 677,
      last_used_at: '2026-03-19T12:30:00.000Z',
    });
  });

  test('names models by the same ids as the table of request logs', async () => {
    const rows = (await data('/api/admin/ai-usage/by-model')) as { model_id: string; request_count: number }[];
    const logs = await own.ledger.pool.query<{ model_id: string; count: string }>(
      'SELECT model_id, count(*) FROM ai_request_logs GROUP BY model_id',
    );
    expect(new Map(rows.map((row) => [row.model_id, row.request_count]))).toEqual(
      new Map(logs.rows.map((row) => [row.model_id, Number(row.count)])),
    );
  });

  test('adds up to the totals, and to plain SQL over the rows', async () => {
    const rows = (await data('/api/admin/ai-usage/by-model')) as {
      request_count: number;
      estimated_cost_exact: string | null;
    }[];
    const [sql] = (
      await own.ledger.pool.query<{ requests: string; cost: string }>(
        `SELECT count(*) AS requests, sum(cost_usd)::text AS cost FROM wiretally_calls WHERE kind = 'call'`,
      )
    ).rows;
    expect(rows.reduce((sum, row) => sum + row.request_count, 0)).toBe(Number(sql?.requests));
    const scaled = rows.map((row) => Math.round(Number(row.estimated_cost_exact ?? 0) * 1e9));
    expect(scaled.reduce((sum, cost) => sum + cost, 0)).toBe(Math.round(Number(sql?.cost) * 1e9));
  });
});

describe('GET /api/usage/query', () => {
  test('groups by what is asked, tags and days of the reporting time zone included', async () => {
    const { body } = await get('/api/usage/query?group_by=tag:team,day&provider=openai&order=group&limit=3');
    expect(
      (body['rows'] as Record<string, unknown>[]).map(({ group, total_requests }) => [group, total_requests]),
    ).toEqual([
      [{ 'tag:team': 'a', day: '2026-03-18' }, 1],
      [{ 'tag:team': null, day: '2026-03-15' }, 1],
      [{ 'tag:team': null, day: '2026-03-17' }, 1],
    ]);
  });

  test.each(['colour', 'provider,provider,provider,provider,provider', 'tag:', ''])(
    'refuses to group by %j',
    async (group) => {
      expect((await get(`/api/usage/query?group_by=${group}`)).status).toBe(400);
    },
  );
});
