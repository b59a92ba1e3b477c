import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestLedger } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

let own: TestLedger;
beforeAll(async () => {
  own = await openTestLedger();
});
afterAll(() => own.close());

interface Refusal {
  success: boolean;
  error: { code: string; message: string };
}

const refuse = async (request: Request, app = own.app): Promise<{ status: number } & Refusal['error']> => {
  const answer = await app.fetch(request);
  const body = (await answer.json()) as Refusal;
  expect(body.success).toBe(false);
  return { status: answer.status, ...body.error };
};

const post = (body: string | object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const importing = (call: object): RequestInit =>
  post({
    apply: true,
    calls: [{ time_unix_micros: 1_700_000_000_000_000, application: null, attributes: {}, ...call }],
  });

/** What is wrong with it, and what the answer must say. An endpoint without a row here fails a test. */
const BAD: readonly (readonly [path: string, message: RegExp, request?: RequestInit])[] = [
  ['/api/admin/ai-usage/stats?days=0', /days/],
  ['/api/admin/ai-usage/stats?days=abc', /days.*whole number/],
  ['/api/admin/ai-usage/stats?days=1.5', /days.*whole number/],
  ['/api/admin/ai-usage/stats?days=-3', /days/],
  ['/api/admin/ai-usage/stats?days=', /days/],
  ['/api/admin/ai-usage/stats?day=7', /unknown name day/],
  ['/api/admin/ai-usage/stats?from=yesterday', /from.*date such as/],
  ['/api/admin/ai-usage/stats?from=2026-02-30', /from/],
  ['/api/admin/ai-usage/stats?from=2026-02-02&to=2026-02-01', /before/],
  ['/api/admin/ai-usage/stats?days=3&from=2026-02-02', /not both/],
  ['/api/admin/ai-usage/by-model?provider=', /provider/],
  [`/api/admin/ai-usage/by-model?provider=${'x'.repeat(257)}`, /provider/],
  ['/api/reports/admin?format=pdf', /format/],
  ['/api/reports/admin?language=de', /language/],
  ['/api/reports/models?tag=team', /only the report tags/],
  ['/api/reports/tags?tag=a%20b', /tag.*letters, digits/],
  ['/api/reports/nothing', /name/],
  ['/api/usage/sessions?limit=0', /limit/],
  ['/api/usage/sessions?limit=100000', /limit/],
  ['/api/usage/compare?from=2026-01-01&to=2026-01-31', /with_from/],
  ['/api/usage/recent?offset=-1', /offset/],
  ['/api/usage/query?group_by=colour', /group_by.*provider, model/],
  ['/api/usage/query?group_by=provider,model,day,hour,user', /group_by.*up to 4/],
  ['/api/usage/query?order=random', /order/],
  ['/api/usage/export?format=xml', /format/],
  ['/api/usage/export?days=3&from=2026-02-02', /not both/],
  ['/api/usage/pricing?model=x', /unknown name model/],
  [`/api/usage/pricing/${'x'.repeat(257)}`, /model_name/],
  ['/api/records/17/explain', /record_id.*id of a record/],
  ['/api/admin/doctor?fix=1', /unknown name fix/],
  ['/api/admin/audit?repair=1', /unknown name repair/],
  [`/api/usage/session-stats/${'x'.repeat(201)}`, /session_id/],
  [`/api/usage/session-summary/${'x'.repeat(201)}`, /session_id/],
  [`/api/usage/services-breakdown/${'x'.repeat(201)}`, /session_id/],
  [`/api/usage/export-session/${'x'.repeat(201)}`, /session_id/],
  [`/api/usage/end-session/${'x'.repeat(201)}`, /session_id/, post('')],
  [`/api/usage/clear-session/${'x'.repeat(201)}`, /session_id/, { method: 'DELETE' }],
  ['/api/usage/clear-session/a%00b', /session_id.*control characters/, { method: 'DELETE' }],
  ['/api/usage/start-session', /JSON/, post('{')],
  ['/api/usage/start-session', /session_id/, post({ session_id: '' })],
  ['/api/usage/start-session', /unknown name id/, post({ id: 's' })],
  ['/api/usage/record-usage', /session_id/, post({})],
  ['/api/usage/estimate-cost', /model_name/, post({ input_tokens: 1 })],
  ['/api/usage/estimate-cost', /input_tokens/, post({ model_name: 'gpt-4o-mini', input_tokens: -1 })],
  ['/api/usage/import-calls', /apply/, post({ calls: [] })],
  ['/api/usage/import-calls', /calls\.0: wiretally\.record\.id is not a UUID/, importing({})],
  ['/api/usage/import-calls', /time_unix_micros/, importing({ time_unix_micros: 'yesterday' })],
];

describe('bad input', () => {
  test('each endpoint of the document has its row', async () => {
    const document = (await (await own.app.fetch(new Request('http://localhost/openapi.json'))).json()) as {
      paths: Record<string, object>;
    };
    const refused = (method: string, template: string): boolean => {
      const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/?]+')}(?:\\?|$)`);
      return BAD.some(([path, , request]) => (request?.method ?? 'GET') === method && pattern.test(path));
    };
    const missing = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .map((method) => method.toUpperCase())
        .filter((method) => !refused(method, path))
        .map((method) => `${method} ${path}`),
    );
    expect(missing).toEqual([]);
  });

  const rows = BAD.map(([path, message, request]) => ({ path, message, request }));
  test.each(rows)('$path is answered 400 and says what is wrong: $message', async ({ path, message, request }) => {
    const refusal = await refuse(new Request(`http://localhost${path}`, request));
    expect(refusal).toMatchObject({ status: 400, code: 'invalid_input' });
    expect(refusal.message).toMatch(message);
  });

  const usage = {
    session_id: 's',
    model_name: 'gpt-4o-mini',
    service_type: 'text',
    operation_type: 'chat',
    input_tokens: 1,
  };
  test.each([
    ['no body', undefined, /JSON|body/i],
    ['text that is not JSON', '{', /JSON/],
    ['a list', '[]', /object/],
    ['no session', { ...usage, session_id: undefined }, /session_id/],
    ['a service that does not exist', { ...usage, service_type: 'smell' }, /service_type/],
    ['negative tokens', { ...usage, input_tokens: -1 }, /input_tokens/],
    ['half a token', { ...usage, input_tokens: 0.5 }, /input_tokens/],
    ['tokens as text', { ...usage, input_tokens: '12' }, /input_tokens/],
    ['more than any call ever had', { ...usage, input_tokens: 1e15 }, /input_tokens/],
    ['a misspelt unit', { ...usage, inputTokens: 3 }, /unknown name inputTokens/],
    ['a control character in a name', { ...usage, session_id: 'a\u0000b' }, /session_id/],
  ])('record-usage with %s is answered 400 and says what is wrong', async (_, body, message) => {
    const refusal = await refuse(
      new Request('http://localhost/api/usage/record-usage', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    );
    expect(refusal).toMatchObject({ status: 400, code: 'invalid_input' });
    expect(refusal.message).toMatch(message);
  });

  test.each([
    ['GET', '/api/usage/session-stats/nobody'],
    ['GET', '/api/usage/session-summary/nobody'],
    ['POST', '/api/usage/end-session/nobody'],
    ['GET', '/api/usage/export-session/nobody'],
    ['DELETE', '/api/usage/clear-session/nobody'],
    ['GET', '/api/usage/services-breakdown/nobody'],
    ['GET', '/api/nothing/here'],
    ['GET', '/nothing'],
  ])('%s %s is answered 404', async (method, path) => {
    expect(await refuse(new Request(`http://localhost${path}`, { method }))).toMatchObject({
      status: 404,
      code: 'not_found',
    });
  });

  test('a body above the limit is answered 413, stated or streamed', async () => {
    const large = JSON.stringify({ session_id: 'x'.repeat(1_100_000) });
    const headers = { 'content-type': 'application/json' };
    const url = 'http://localhost/api/usage/start-session';
    expect(await refuse(new Request(url, { method: 'POST', headers, body: large }))).toMatchObject({ status: 413 });
    const body = new Blob([large]).stream();
    const streamed = { method: 'POST', headers, body, duplex: 'half' as const };
    expect(await refuse(new Request(url, streamed))).toMatchObject({ status: 413 });
    const otlp = new Blob([new Uint8Array(own.ledger.receiver.maxBodyBytes + 1)]).stream();
    const logs = { method: 'POST', headers, body: otlp, duplex: 'half' as const };
    expect(await refuse(new Request('http://localhost/v1/logs', logs))).toMatchObject({ status: 413 });
  });
});

describe('access', () => {
  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io'])(
    'on loopback, a request for the host %s is refused: it may come from a web page',
    async (host) => {
      for (const path of ['/api/admin/ai-usage/stats', '/v1/logs', '/metrics', '/livez']) {
        expect(await refuse(new Request(`http://${host}:4319${path}`))).toMatchObject({ status: 403 });
      }
    },
  );

  test.each(['localhost', '127.0.0.1', '[::1]', '127.0.0.53'])('on loopback, %s is this machine', async (host) => {
    expect((await own.app.fetch(new Request(`http://${host}:4319/livez`))).status).toBe(200);
  });

  test('a page of another site cannot post, and gets no CORS headers', async () => {
    const request = new Request('http://localhost:4319/api/usage/start-session', {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
    });
    expect(await refuse(request)).toMatchObject({ status: 403, code: 'forbidden' });
    const answer = await own.app.fetch(new Request('http://localhost:4319/api/usage/sessions'));
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a database that went away is answered 503, to be tried again', async () => {
    const gone = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const pool = Object.create(own.ledger.pool, {
      query: { value: () => Promise.reject(gone) },
    }) as typeof own.ledger.pool;
    const app = own.appWith({ ledger: { ...own.ledger, pool } });
    const answer = await app.fetch(new Request('http://localhost/api/admin/ai-usage/stats'));
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
  });
});
