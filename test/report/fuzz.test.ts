import { RECORD_ATTRIBUTES } from '@wiretally/usage';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, openTestLedger } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

let own: TestLedger;
beforeAll(async () => {
  own = await openTestLedger();
  await own.send([call({ at: new Date(Date.now() - 1000), sessionId: 's' })]);
});
afterAll(() => own.close());

const RUNS = Number(process.env['WIRETALLY_FUZZ_RUNS'] ?? 300);

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\u0000',
    '\uD800',
    '%',
    '%00',
    '../..',
    "' OR 1=1 --",
    '1e400',
    '-0',
    '9999-12-31',
    '0000-01-01',
    '2026-02-30',
  ),
  fc.integer().map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);
const parameter = fc.constantFrom(
  ...['days', 'from', 'to', 'with_from', 'with_to', 'provider', 'model', 'service', 'user_id', 'session_id'],
  ...[
    'application',
    'team',
    'environment',
    'limit',
    'offset',
    'group_by',
    'order',
    'format',
    'language',
    'width',
    'colour',
  ],
);
const GETS = [
  ...[
    '/api/admin/ai-usage/stats',
    '/api/admin/ai-usage/by-model',
    '/api/usage/sessions',
    '/api/usage/recent',
    '/api/usage/query',
    '/api/usage/export',
  ],
  ...['/api/usage/compare', '/api/usage/pricing', '/api/reports/admin', '/api/reports/users', '/api/reports/daily'],
];
const WITH_NAME = [
  ...['GET /api/usage/session-stats/', 'GET /api/usage/session-summary/', 'POST /api/usage/end-session/'],
  ...['GET /api/usage/export-session/', 'DELETE /api/usage/clear-session/', 'GET /api/usage/services-breakdown/'],
  ...['GET /api/usage/pricing/', 'GET /api/reports/'],
];
const POSTS = ['/api/usage/start-session', '/api/usage/record-usage', '/api/usage/estimate-cost'];
const FIELDS = [
  ...['session_id', 'model_name', 'service_type', 'operation_type', 'provider', 'user_id', 'record_id', 'messages'],
  ...['input_tokens', 'output_tokens', 'images', 'duration_seconds', 'characters'],
];

/** Whatever is asked: an answer of the described shape, and never "our fault". */
async function isAnswered(request: Request): Promise<void> {
  const answer = await own.app.fetch(request);
  const body = await answer.text();
  expect(answer.status, body).toBeLessThan(500);
  if (answer.status >= 400) {
    expect(JSON.parse(body)).toMatchObject({ success: false, error: { code: expect.any(String) as string } });
  }
}

describe('whatever a client sends', () => {
  test('as query parameters is answered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...GETS),
        fc.dictionary(parameter, text, { minKeys: 1, maxKeys: 2 }),
        async (path, query) => {
          await isAnswered(new Request(`http://localhost${path}?${new URLSearchParams(query).toString()}`));
        },
      ),
      { numRuns: 3 * RUNS },
    );
  });

  test('as a name in the path is answered', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...WITH_NAME), text, async (route, name) => {
        const [method = '', path = ''] = route.split(' ');
        await isAnswered(new Request(`http://localhost${path}${encodeURIComponent(name.toWellFormed())}`, { method }));
      }),
      { numRuns: RUNS },
    );
  });

  test('as a body is answered', async () => {
    const valid = { session_id: 's', model_name: 'gpt-4o-mini', service_type: 'text', operation_type: 'chat' };
    const value = fc.oneof(text, fc.double(), fc.integer({ min: 0 }), fc.jsonValue({ maxDepth: 3 }));
    const body = fc.oneof(
      fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 3 }).map((odd) => ({ ...valid, ...odd })),
      fc.jsonValue({ maxDepth: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...POSTS), body, async (path, given) => {
        const headers = { 'content-type': 'application/json' };
        await isAnswered(
          new Request(`http://localhost${path}`, { method: 'POST', headers, body: JSON.stringify(given) }),
        );
      }),
      { numRuns: RUNS },
    );
  });

  test('as a call of another tracker is answered', async () => {
    const value = fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.array(text, { maxLength: 3 }));
    const attribute = fc.constantFrom(...RECORD_ATTRIBUTES.map((each) => each.attribute), 'something.else');
    const imported = fc.record({
      time_unix_micros: fc.oneof(fc.constant(1_760_000_000_000_000), fc.integer({ min: 0 })),
      application: fc.oneof(fc.constant(null), text),
      attributes: fc.tuple(fc.uuid(), fc.dictionary(attribute, value, { maxKeys: 6 })).map(([id, odd]) => ({
        'wiretally.record.id': id,
        'gen_ai.provider.name': 'openai',
        ...odd,
      })),
    });
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(imported, { maxLength: 3 }), async (apply, calls) => {
        const body = JSON.stringify({ apply, calls });
        const headers = { 'content-type': 'application/json' };
        await isAnswered(new Request('http://localhost/api/usage/import-calls', { method: 'POST', headers, body }));
      }),
      { numRuns: RUNS },
    );
    expect((await own.ledger.audit()).differences).toEqual([]);
  });
});
