import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from 'wiretally';
import { call, openTestLedger } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

const TOKENS = { admin: 'the-admins-secret', writer: 'the-writers-secret', reader: 'the-readers-secret' } as const;
type Role = keyof typeof TOKENS;

let own: TestLedger;
let app: App;
beforeAll(async () => {
  own = await openTestLedger();
  await own.send([call({ at: new Date(Date.now() - 1000), sessionId: 's' })]);
  app = guarded();
});
afterAll(() => own.close());

function guarded(now: () => Date = () => new Date()): App {
  const tokens = (['admin', 'writer', 'reader'] as const).map((role) => ({ role, token: TOKENS[role] }));
  return own.appWith({ tokens, loopback: false, now });
}

const ask = (route: string, authorization: string | undefined, address = '192.0.2.1', of = app): Promise<Response> => {
  const [method = '', path = ''] = route.split(' ');
  const headers = authorization === undefined ? {} : { authorization };
  return of.fetch(new Request(`http://ledger.internal:4319${path}`, { method, headers }), { address });
};

/** Every route, and who may. */
const ROUTES: readonly (readonly [route: string, ...roles: Role[]])[] = [
  ['POST /v1/logs', 'admin', 'writer'],
  ['POST /v1/metrics', 'admin', 'writer'],
  ['POST /v1/traces', 'admin', 'writer'],
  ['POST /api/usage/start-session', 'admin', 'writer'],
  ['POST /api/usage/record-usage', 'admin', 'writer'],
  ['POST /api/usage/end-session/{session_id}', 'admin', 'writer'],
  ['GET /api/usage/session-stats/{session_id}', 'admin', 'writer', 'reader'],
  ['GET /api/usage/session-summary/{session_id}', 'admin', 'writer', 'reader'],
  ['GET /api/usage/services-breakdown/{session_id}', 'admin', 'writer', 'reader'],
  ['POST /api/usage/estimate-cost', 'admin', 'writer', 'reader'],
  ['GET /api/usage/pricing', 'admin', 'writer', 'reader'],
  ['GET /api/usage/pricing/{model_name}', 'admin', 'writer', 'reader'],
  ['GET /api/admin/ai-usage/stats', 'admin', 'reader'],
  ['GET /api/admin/ai-usage/by-model', 'admin', 'reader'],
  ['GET /api/reports/{name}', 'admin', 'reader'],
  ['GET /api/records/{record_id}/explain', 'admin', 'reader'],
  ['GET /api/usage/sessions', 'admin', 'reader'],
  ['GET /api/usage/export-session/{session_id}', 'admin', 'reader'],
  ['GET /api/usage/query', 'admin', 'reader'],
  ['GET /api/usage/recent', 'admin', 'reader'],
  ['GET /api/usage/compare', 'admin', 'reader'],
  ['GET /api/usage/export', 'admin', 'reader'],
  ['DELETE /api/usage/clear-session/{session_id}', 'admin'],
  ['POST /api/usage/import-calls', 'admin'],
  ['GET /api/admin/doctor', 'admin'],
  ['GET /api/admin/audit', 'admin'],
  ['POST /api/no-such-thing', 'admin'],
];

describe('access by token', () => {
  test('the table has every route of the API', async () => {
    const document = (await (await ask('GET /openapi.json', undefined)).json()) as { paths: Record<string, object> };
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const listed = new Set(ROUTES.map(([route]) => route));
    expect(described.filter((route) => !listed.has(route))).toEqual([]);
  });

  test.each(ROUTES)('%s is for %s %s %s', async (template, ...allowed) => {
    const route = template.replace('{name}', 'admin').replace(/\{\w+\}/, 'nobody');
    for (const role of ['admin', 'writer', 'reader'] as const) {
      const { status } = await ask(route, `Bearer ${TOKENS[role]}`);
      if (allowed.includes(role)) expect([401, 403, 429], `${role} may`).not.toContain(status);
      else expect(status, `${role} may not`).toBe(403);
    }
    for (const wrong of [undefined, 'Bearer wrong', `Basic ${TOKENS.admin}`, 'Bearer ', TOKENS.admin]) {
      const answer = await ask(route, wrong);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  test.each(['/%61pi/usage/sessions', '/api/usage/%73essions', '/%76%31/logs', '/API/usage/sessions', '//api/usage'])(
    'no other spelling is a way around it: %s',
    async (path) => {
      for (const method of ['GET', 'POST', 'HEAD']) {
        const answer = await ask(`${method} ${path}`, undefined);
        expect([401, 404]).toContain(answer.status);
      }
    },
  );

  test.each(['/livez', '/readyz', '/metrics', '/openapi.json'])('%s is open to probes and scrapers', async (path) => {
    expect((await ask(`GET ${path}`, undefined)).status).toBe(200);
  });
});

describe('who guesses tokens', () => {
  const STATS = 'GET /api/admin/ai-usage/stats';
  const guess = async (of: App, address: string, times: number): Promise<number[]> => {
    const statuses: number[] = [];
    for (let index = 0; index < times; index += 1) {
      statuses.push((await ask(STATS, `Bearer guess-${index}`, address, of)).status);
    }
    return statuses;
  };

  test('has to wait after ten, also with the right one; others need not', async () => {
    const clock = { now: Date.parse('2026-03-20T12:00:00Z') };
    const of = guarded(() => new Date(clock.now));
    expect(await guess(of, '192.0.2.7', 12)).toEqual([...Array<number>(10).fill(401), 429, 429]);
    const blocked = await ask(STATS, `Bearer ${TOKENS.admin}`, '192.0.2.7', of);
    expect(blocked.status).toBe(429);
    expect(blocked.headers.get('retry-after')).toBe('60');
    expect((await ask(STATS, `Bearer ${TOKENS.admin}`, '192.0.2.8', of)).status).toBe(200);
    clock.now += 60_000;
    expect((await ask(STATS, `Bearer ${TOKENS.admin}`, '192.0.2.7', of)).status).toBe(200);
  });

  test('is known by the network in IPv6', async () => {
    const of = guarded();
    await guess(of, '2001:db8::1', 10);
    expect((await ask(STATS, 'Bearer other', '2001:db8:0:0:ffff::2', of)).status).toBe(429);
    expect((await ask(STATS, 'Bearer other', '2001:db8:0:1::1', of)).status).toBe(401);
  });

  test('is not a service that was left with an old token', async () => {
    const of = guarded();
    for (let index = 0; index < 50; index += 1) {
      expect((await ask(STATS, 'Bearer the-old-secret', '192.0.2.9', of)).status).toBe(401);
    }
    expect((await ask(STATS, `Bearer ${TOKENS.admin}`, '192.0.2.9', of)).status).toBe(200);
  });
});
