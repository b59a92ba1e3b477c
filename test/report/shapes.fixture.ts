/** The names that users of the earlier systems know, held against what replayed traffic has put into a ledger. */
import { expect } from 'vitest';
import type { TestLedger } from './ledger.fixture.ts';
import type { Cells } from './sums.fixture.ts';

interface Shaped {
  readonly [name: string]: unknown;
}

const names = (text: string): string[] => text.split(' ');

const STATS = names(
  'total_requests successful_requests failed_requests total_tokens input_tokens output_tokens estimated_cost success_rate avg_response_time',
);
const MODEL = names(
  'model_id model_name provider request_count success_count fail_count total_tokens estimated_cost success_rate avg_response_time last_used_at input_tokens output_tokens',
);
const USAGE_STATS = names(
  'session_active session_id total_cost total_operations services_breakdown input_tokens output_tokens video_seconds start_time last_update',
);
const SUMMARY = names('session_id start_time end_time total_operations total_cost_usd services_used models_used');
const OPERATION = names('session_id model_name service_type operation_type input_tokens output_tokens cost');
/** Each JSON number of money has its exact twin. */
const MONEY = names('estimated_cost total_cost total_cost_usd cost');

const VIEWS: Readonly<Record<string, string>> = {
  ai_usage_tracking:
    'id:text provider:text user_id:int8 chat_id:int8 model:text prompt_tokens:int8 completion_tokens:int8 total_tokens:int8 rate_limit_info:jsonb cost_estimate:numeric created_at:timestamptz date:date user_ref:text chat_ref:text',
  daily_ai_usage:
    'date:date provider:text total_requests failed_requests prompt_tokens completion_tokens total_tokens cost_estimate:numeric',
  provider_ai_stats:
    'provider:text total_requests prompt_tokens completion_tokens total_tokens avg_tokens_per_request cost_estimate:numeric success_rate last_used:timestamptz',
  ai_request_logs:
    'id:text model_id user_id:text request_tokens:int8 response_tokens:int8 total_tokens:int8 response_time_ms:int8 success:int4 error_message:text created_at:timestamptz',
  token_usage:
    'id:text timestamp:timestamptz model:text input_tokens:int8 output_tokens:int8 total_tokens:int8 estimated_cost:numeric user_id:text session_id:text',
  daily_summary: 'date:date model:text requests input_tokens output_tokens total_tokens estimated_cost:numeric',
};
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

function expectShape(value: unknown, wanted: readonly string[]): Shaped {
  expect(value).toBeTypeOf('object');
  const shaped = value as Shaped;
  expect(Object.keys(shaped)).toEqual(expect.arrayContaining([...wanted]));
  for (const name of MONEY.filter((each) => each in shaped)) {
    const exact = shaped[`${name}_exact`];
    if (shaped[name] === null) expect(exact).toBeNull();
    else {
      expect(shaped[name]).toBeTypeOf('number');
      expect(exact).toMatch(/^\d+(?:\.\d*[1-9])?$/);
      expect(Number(exact)).toBeCloseTo(Number(shaped[name]), 11);
    }
  }
  return shaped;
}

/** @param own of which nothing is changed, except by what this asks its API to do */
export async function expectEndpointShapes(own: TestLedger): Promise<void> {
  const ask = async (method: string, path: string, body?: object): Promise<Response> =>
    own.app.fetch(
      new Request(`http://localhost${path}`, {
        method,
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      }),
    );
  const json = async (method: string, path: string, body?: object): Promise<Shaped> => {
    const answer = await ask(method, path, body);
    const found = (await answer.json()) as Shaped;
    expect(answer.status, JSON.stringify(found)).toBe(200);
    return found;
  };

  const stats = await json('GET', '/api/admin/ai-usage/stats');
  expect(stats['success']).toBe(true);
  const totals = expectShape(stats['data'], STATS);
  expect(totals['success_rate']).toBe(
    Math.round((Number(totals['successful_requests']) / Number(totals['total_requests'])) * 10_000) / 100,
  );
  expect(Number.isInteger(totals['avg_response_time'])).toBe(true);

  const models = (await json('GET', '/api/admin/ai-usage/by-model'))['data'] as Shaped[];
  const counts = models.map((model) => Number(expectShape(model, MODEL)['request_count']));
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  for (const model of models) {
    expect(model['model_id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/);
    expect(model['last_used_at']).toMatch(INSTANT);
  }
  expect(models.find((model) => model['model'] === 'gpt-4o-mini')?.['model_name']).toBe('GPT-4o mini');
  expect(models.map((model) => model['provider'])).toEqual(expect.arrayContaining(['openai', 'gemini', 'groq']));

  const page = await json('GET', '/api/usage/sessions?limit=3');
  const sessions = page['sessions'] as Shaped[];
  expect(sessions).toHaveLength(3);
  expect(page).toMatchObject({ limit: 3, offset: 0 });
  expect(sessions.map((session) => session['session_active'])).toEqual([true, true, true]);
  const id = encodeURIComponent(String(sessions[0]?.['session_id']));
  const live = expectShape(await json('GET', `/api/usage/session-stats/${id}`), USAGE_STATS);
  for (const service of Object.values(live['services_breakdown'] as Record<string, unknown>)) {
    expect(Array.isArray(expectShape(service, ['operations', 'cost', 'models'])['models'])).toBe(true);
  }
  expect(await json('GET', `/api/usage/services-breakdown/${id}`)).toEqual(live['services_breakdown']);
  expect(expectShape(await json('GET', `/api/usage/session-summary/${id}`), SUMMARY)['end_time']).toBeNull();

  const started = await json('POST', '/api/usage/start-session', {});
  expect(Object.keys(started)).toEqual(['session_id', 'start_time']);
  const mine = String(started['session_id']);
  expect(mine).toMatch(UUID);
  const usage = { session_id: mine, record_id: 'once', operation_type: 'generate' };
  const video = { ...usage, model_name: 'veo-3.0-generate-001', service_type: 'video', duration_seconds: 8 };
  const record = expectShape(await json('POST', '/api/usage/record-usage', video), OPERATION);
  expect(record['cost']).toBeGreaterThan(0);
  expect(await json('POST', '/api/usage/record-usage', video)).toEqual(record);
  expect(await json('GET', `/api/usage/session-stats/${mine}`)).toMatchObject({
    total_operations: 1,
    video_seconds: 8,
  });
  const ended = expectShape(await json('POST', `/api/usage/end-session/${mine}`), SUMMARY);
  expect(ended['end_time']).toMatch(INSTANT);
  const file = await ask('GET', `/api/usage/export-session/${mine}`);
  expect(file.headers.get('content-disposition')).toContain(`session-${mine}.json`);
  expectShape(await file.json(), ['summary', 'services_breakdown', 'operations']);
  const before = (await json('GET', '/api/admin/ai-usage/stats'))['data'];
  expect(await json('DELETE', `/api/usage/clear-session/${mine}`)).toEqual({ session_id: mine, cleared_operations: 1 });
  expect((await json('GET', '/api/admin/ai-usage/stats'))['data']).toEqual(before);
  const gone = await ask('GET', `/api/usage/session-stats/${mine}`);
  expect(gone.status).toBe(404);
  expect(await gone.json()).toMatchObject({ success: false, error: { code: 'not_found' } });

  const estimate = { model_name: 'gpt-4o-mini', input_tokens: 1000, output_tokens: 500 };
  const estimated = expectShape(
    await json('POST', '/api/usage/estimate-cost', estimate),
    names('model_name billing_type estimated_cost currency price_card'),
  );
  expect(estimated).toMatchObject({ billing_type: 'token', estimated_cost: 0.00045, currency: 'USD' });
  const unknown = await ask('POST', '/api/usage/estimate-cost', { ...estimate, model_name: 'gpt-4o-minni' });
  expect(unknown.status).toBe(404);
  expect(((await unknown.json()) as { error: { message: string } }).error.message).toContain('gpt-4o-mini');
  const prices = (await json('GET', '/api/usage/pricing'))['models'] as Shaped[];
  const billing = new Set(prices.map((price) => price['billing_type']));
  for (const kind of ['token', 'image', 'duration', 'character']) expect(billing).toContain(kind);
  expectShape(await json('GET', '/api/usage/pricing/gpt-4o-mini'), names('billing_type rate_card history'));
  const { operations } = (await json('GET', '/api/usage/recent?limit=5')) as { operations: unknown[] };
  expect(operations).toHaveLength(5);
  for (const operation of operations) expectShape(operation, OPERATION);
  const periods = 'from=2020-01-01&to=2100-01-01&with_from=2020-01-01&with_to=2020-01-02';
  const compared = await json('GET', `/api/usage/compare?${periods}`);
  for (const side of ['period', 'with']) expectShape(compared[side], [...STATS, 'from', 'to']);
}

export async function expectViewShapes(own: TestLedger): Promise<void> {
  const rows = async (sql: string): Promise<Cells[]> =>
    (await own.ledger.pool.query<Record<string, unknown>>(sql)).rows;
  for (const [view, shape] of Object.entries(VIEWS)) {
    const columns = await rows(
      `SELECT column_name AS name, udt_name AS type FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name = '${view}' ORDER BY ordinal_position`,
    );
    // A type is named where users' programs rely on it.
    const wanted = names(shape).map((column) => column.split(':'));
    // Beside them, views say how many calls their sums lack.
    expect(
      columns.slice(0, wanted.length).map(({ name }) => name),
      view,
    ).toEqual(wanted.map(([name]) => name));
    for (const [index, [name, type]] of wanted.entries()) {
      if (type !== undefined) expect(columns[index]?.['type'], `${view}.${name}`).toBe(type);
    }
    expect((await rows(`SELECT 1 FROM ${view} LIMIT 1`)).length, view).toBe(1);
  }

  const [ht] = await rows(
    `SELECT count(*) FILTER (WHERE provider LIKE 'gcp%')::int AS long_names,
       count(*) FILTER (WHERE user_id::text IS DISTINCT FROM user_ref AND user_ref ~ '^\\d+$')::int AS lost_users,
       count(*) FILTER (WHERE rate_limit_info IS NOT NULL)::int > 0 AS limits,
       count(*) FILTER (WHERE date <> (created_at AT TIME ZONE '${own.ledger.timeZone}')::date)::int AS wrong_days
     FROM ai_usage_tracking`,
  );
  expect(ht).toEqual({ long_names: 0, lost_users: 0, limits: true, wrong_days: 0 });
  expect((await rows('SELECT id FROM token_usage LIMIT 1'))[0]?.['id']).toMatch(UUID);

  // Real data tracking's four checking queries, as they stand in its description.
  const latest = await rows('SELECT * FROM ai_request_logs ORDER BY created_at DESC LIMIT 10;');
  expect(latest).toHaveLength(10);
  const [{ total_requests: requests } = {}] = await rows('SELECT COUNT(*) as total_requests FROM ai_request_logs;');
  const [{ total_tokens: tokens } = {}] = await rows('SELECT SUM(total_tokens) as total_tokens FROM ai_request_logs;');
  const [{ success_rate: rate } = {}] = await rows(
    `SELECT
       SUM(CASE WHEN success = 1 THEN 1 ELSE 0 END) * 100.0 / COUNT(*) as success_rate
     FROM ai_request_logs;`,
  );
  const answer = await own.app.fetch(new Request('http://localhost/api/admin/ai-usage/stats'));
  const { data } = (await answer.json()) as { data: Shaped };
  expect({ requests: Number(requests), tokens: Number(tokens), rate: Number(Number(rate).toFixed(2)) }).toEqual({
    requests: data['total_requests'],
    tokens: data['total_tokens'],
    rate: data['success_rate'],
  });
  const failed = await rows('SELECT DISTINCT error_message FROM ai_request_logs WHERE success = 0');
  expect(failed.every(({ error_message: message }) => typeof message === 'string' && message !== '')).toBe(true);
}
