import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, openTestLedger } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

let now = new Date('2026-03-20T12:00:00Z');
const pass = (minutes: number): void => {
  now = new Date(now.getTime() + minutes * 60_000);
};

let own: TestLedger;
beforeAll(async () => {
  own = await openTestLedger({ now: () => now });
});
afterAll(() => own.close());

type Answer = Record<string, unknown>;
const ask = async (method: string, path: string, body?: object): Promise<{ status: number; body: Answer }> => {
  const answer = await own.app.fetch(
    new Request(`http://localhost:4319/api/usage${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    }),
  );
  return { status: answer.status, body: (await answer.json()) as Answer };
};
const image = (sessionId: string, more: object = {}): object => ({
  session_id: sessionId,
  model_name: 'imagen-4.0-ultra-generate-001',
  service_type: 'image',
  operation_type: 'generate',
  images: 2,
  ...more,
});

describe('a session of recorded calls', () => {
  test('starts, counts, ends, and is exported', async () => {
    const started = await ask('POST', '/start-session');
    expect(started.status).toBe(200);
    const id = String(started.body['session_id']);
    expect(started.body['start_time']).toBe(now.toISOString());

    const recorded = await ask('POST', '/record-usage', image(id));
    expect(recorded).toMatchObject({
      status: 200,
      body: {
        session_id: id,
        provider: 'gemini',
        model_name: 'imagen-4.0-ultra-generate-001',
        service_type: 'image',
        operation_type: 'generate',
        units: { images: 2 },
        input_tokens: null,
        cost: 0.12,
        cost_exact: '0.12',
      },
    });
    pass(1);
    await ask('POST', '/record-usage', {
      session_id: id,
      model_name: 'gpt-4o-mini',
      service_type: 'text',
      operation_type: 'chat',
      input_tokens: 1000,
      output_tokens: 1000,
    });

    const stats = (await ask('GET', `/session-stats/${id}`)).body;
    expect(stats).toMatchObject({
      session_active: true,
      session_id: id,
      total_operations: 2,
      total_cost: 0.12075,
      total_cost_exact: '0.12075',
      input_tokens: 1000,
      output_tokens: 1000,
      video_seconds: null,
      services_breakdown: {
        image: { operations: 1, cost: 0.12, models: ['imagen-4.0-ultra-generate-001'] },
        text: { operations: 1, cost: 0.00075, models: ['gpt-4o-mini'] },
      },
      last_update: now.toISOString(),
    });
    expect((await ask('GET', `/services-breakdown/${id}`)).body).toEqual(stats['services_breakdown']);

    pass(1);
    const summary = {
      session_id: id,
      total_operations: 2,
      total_cost_usd: 0.12075,
      services_used: ['image', 'text'],
      models_used: ['gpt-4o-mini', 'imagen-4.0-ultra-generate-001'],
    };
    expect((await ask('GET', `/session-summary/${id}`)).body).toMatchObject({ ...summary, end_time: null });
    expect((await ask('POST', `/end-session/${id}`)).body).toMatchObject({ ...summary, end_time: now.toISOString() });
    const firstEnd = now.toISOString();
    pass(1);
    expect((await ask('POST', `/end-session/${id}`)).body).toMatchObject({ end_time: firstEnd });
    expect((await ask('GET', `/session-stats/${id}`)).body).toMatchObject({ session_active: false });

    const file = (await ask('GET', `/export-session/${id}`)).body;
    expect(file).toMatchObject({ summary, services_breakdown: stats['services_breakdown'] });
    expect((file['operations'] as Answer[]).map((operation) => operation['cost_exact'])).toEqual(['0.12', '0.00075']);
  });

  test('records a repeated record_id once, whatever the repetition says', async () => {
    const first = await ask('POST', '/record-usage', image('retry', { record_id: 'order-1' }));
    pass(5);
    const second = await ask('POST', '/record-usage', image('retry', { record_id: 'order-1', images: 50 }));
    expect(second).toEqual(first);
    expect((await ask('GET', '/session-stats/retry')).body).toMatchObject({ total_operations: 1 });
  });

  test('is forgotten when it is cleared, and its money stays in the sums', async () => {
    await ask('POST', '/record-usage', image('private', { user_id: 'alice' }));
    const total = async (): Promise<unknown> => {
      const answer = await own.app.fetch(new Request('http://localhost/api/admin/ai-usage/stats'));
      return ((await answer.json()) as { data: Answer }).data['estimated_cost_exact'];
    };
    const before = await total();
    expect(await ask('DELETE', '/clear-session/private')).toEqual({
      status: 200,
      body: { session_id: 'private', cleared_operations: 1 },
    });
    expect((await ask('GET', '/session-stats/private')).status).toBe(404);
    expect(await total()).toBe(before);
    const traces = await own.ledger.pool.query(
      `SELECT 1 FROM wiretally_private.calls c WHERE to_jsonb(c)::text LIKE '%alice%' OR to_jsonb(c)::text LIKE '%private%'`,
    );
    expect(traces.rows).toEqual([]);
  });
});

describe('a session that only the calls name', () => {
  test('is in the list beside the started ones, active while calls come', async () => {
    pass(1);
    await own.send([call({ at: now, sessionId: 'from-the-wire', costUsd: '0.5' })]);
    const active = async (): Promise<unknown> =>
      ((await ask('GET', '/sessions?limit=1000')).body['sessions'] as Answer[]).find(
        (session) => session['session_id'] === 'from-the-wire',
      )?.['session_active'];
    expect(await active()).toBe(true);
    pass(31);
    expect(await active()).toBe(false);
    expect((await ask('GET', '/session-summary/from-the-wire')).body).toMatchObject({
      total_cost_usd: 0.5,
      end_time: new Date(now.getTime() - 31 * 60_000).toISOString(),
    });
  });

  test('the list is paged, and active sessions come first', async () => {
    await ask('POST', '/start-session', { session_id: 'still-open' });
    const all = (await ask('GET', '/sessions?limit=1000')).body;
    const ids = (all['sessions'] as Answer[]).map((session) => session['session_id']);
    expect(all['total']).toBe(ids.length);
    expect(ids[0]).toBe('still-open');
    const pages = await Promise.all(ids.map(async (_, offset) => ask('GET', `/sessions?limit=1&offset=${offset}`)));
    expect(pages.map((page) => (page.body['sessions'] as Answer[])[0]?.['session_id'])).toEqual(ids);
  });
});

describe('activity', () => {
  test('recent operations come newest first, with cost', async () => {
    const { body } = await ask('GET', '/recent?limit=2');
    const operations = body['operations'] as Answer[];
    expect(operations).toHaveLength(2);
    expect(operations[0]).toMatchObject({ session_id: 'from-the-wire', cost_exact: '0.5', success: true });
  });

  test('two periods are compared', async () => {
    await own.send([
      call({ at: new Date('2025-01-10T00:00:00Z'), tokens: { input: 10, output: 0 }, costUsd: '0.2' }),
      call({ at: new Date('2025-02-10T00:00:00Z'), tokens: { input: 15, output: 0 }, costUsd: '0.1' }),
      call({ at: new Date('2025-02-11T00:00:00Z'), tokens: { input: 15, output: 0 }, costUsd: '0.2' }),
    ]);
    const { body } = await ask('GET', '/compare?from=2025-02-01&to=2025-02-28&with_from=2025-01-01&with_to=2025-01-31');
    expect(body).toMatchObject({
      period: {
        total_requests: 2,
        estimated_cost_exact: '0.3',
        from: '2025-02-01T00:00:00.000Z',
        to: '2025-03-01T00:00:00.000Z',
      },
      with: { total_requests: 1, estimated_cost_exact: '0.2' },
      change: {
        total_requests: { absolute: 1, percent: 100 },
        total_tokens: { absolute: 20, percent: 200 },
        estimated_cost: { percent: 50, absolute_exact: '0.1' },
      },
    });
  });
});
