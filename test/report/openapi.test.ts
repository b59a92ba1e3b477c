import { Ajv2020 } from 'ajv/dist/2020.js';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, openTestLedger, refused } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

interface Document {
  openapi: string;
  paths: Record<
    string,
    Record<string, { summary?: string; responses: Record<string, { content?: Record<string, { schema: object }> }> }>
  >;
  components: { schemas: Record<string, object> };
}

const RECORD_ID = '0f7a1c52-9c1e-4a55-8d0b-52d3a1f6c001';

let own: TestLedger;
let document: Document;
beforeAll(async () => {
  own = await openTestLedger();
  const at = new Date(Date.now() - 60_000);
  await own.send([
    call({ at, sessionId: 's', id: RECORD_ID }),
    refused({ at, sessionId: 's' }),
    call({ at, costUsd: null, tokens: {} }),
  ]);
  document = (await (await own.app.fetch(new Request('http://localhost/openapi.json'))).json()) as Document;
});
afterAll(() => own.close());

const json = { 'content-type': 'application/json' };
const post = (path: string, body: object): [string, RequestInit] => [
  path,
  { method: 'POST', headers: json, body: JSON.stringify(body) },
];

/** The path of the document, and a request that it describes. */
const REQUESTS: readonly [path: string, request: [string, RequestInit?]][] = [
  ['/api/admin/ai-usage/stats', ['/api/admin/ai-usage/stats?days=30']],
  ['/api/admin/ai-usage/by-model', ['/api/admin/ai-usage/by-model']],
  ['/api/reports/{name}', ['/api/reports/admin']],
  ['/api/usage/start-session', post('/api/usage/start-session', {})],
  [
    '/api/usage/record-usage',
    post('/api/usage/record-usage', {
      session_id: 's',
      model_name: 'no-such-model',
      service_type: 'text',
      operation_type: 'chat',
    }),
  ],
  ['/api/usage/session-stats/{session_id}', ['/api/usage/session-stats/s']],
  ['/api/usage/session-summary/{session_id}', ['/api/usage/session-summary/s']],
  ['/api/usage/end-session/{session_id}', post('/api/usage/end-session/s', {})],
  ['/api/usage/export-session/{session_id}', ['/api/usage/export-session/s']],
  ['/api/usage/sessions', ['/api/usage/sessions']],
  ['/api/usage/services-breakdown/{session_id}', ['/api/usage/services-breakdown/s']],
  ['/api/usage/query', ['/api/usage/query?group_by=provider,tag:team,day']],
  ['/api/usage/recent', ['/api/usage/recent']],
  ['/api/usage/compare', ['/api/usage/compare?from=2026-01-01&to=2026-01-31&with_from=2025-01-01&with_to=2025-01-31']],
  ['/api/usage/estimate-cost', post('/api/usage/estimate-cost', { model_name: 'gpt-4o-mini', input_tokens: 1 })],
  ['/api/usage/pricing', ['/api/usage/pricing?provider=openai']],
  ['/api/usage/pricing/{model_name}', ['/api/usage/pricing/gpt-4o-mini']],
  ['/api/records/{record_id}/explain', [`/api/records/${RECORD_ID}/explain`]],
  ['/api/usage/export', ['/api/usage/export?provider=openai']],
  ['/api/usage/import-calls', post('/api/usage/import-calls', { apply: false, calls: [] })],
  ['/api/admin/doctor', ['/api/admin/doctor']],
  ['/api/admin/audit', ['/api/admin/audit']],
  ['/api/usage/clear-session/{session_id}', ['/api/usage/clear-session/s', { method: 'DELETE' }]],
];

describe('/openapi.json', () => {
  test('is OpenAPI 3.1, describes exactly the tested endpoints, and each has a summary', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).toSorted()).toEqual(REQUESTS.map(([path]) => path).toSorted());
    for (const operations of Object.values(document.paths)) {
      for (const operation of Object.values(operations)) expect(operation.summary).toBeTruthy();
    }
  });

  test('is valid by the schema of OpenAPI 3.1, and its patterns are patterns everywhere', async () => {
    const { valid, errors } = await new Validator().validate({ ...document });
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    const patterns = [...JSON.stringify(document).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text = '']) => JSON.parse(text) as string,
    );
    expect(patterns.length).toBeGreaterThan(0);
    for (const pattern of patterns) {
      expect(() => new RegExp(pattern, 'u')).not.toThrow();
      // JSON Schema knows no flags: this would ask for the letters.
      expect(pattern).not.toMatch(/\/[dgimsuvy]+$/);
    }
  });

  test.each(REQUESTS)('%s answers what the document says', async (path, [url, init]) => {
    const answer = await own.app.fetch(new Request(`http://localhost${url}`, init));
    expect(answer.status).toBe(200);
    const operation = document.paths[path]?.[(init?.method ?? 'GET').toLowerCase()];
    const schema = operation?.responses['200']?.content?.['application/json']?.schema;
    expect(schema).toBeDefined();
    const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true, uuid: true } });
    const valid = ajv.validate({ ...schema, components: document.components }, await answer.json());
    expect(ajv.errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  test('refusals have the described shape', async () => {
    const answer = await own.app.fetch(new Request('http://localhost/api/usage/sessions?limit=x'));
    const ajv = new Ajv2020({ strict: false });
    expect(ajv.validate({ ...document.components.schemas['Error'] }, await answer.json())).toBe(true);
  });
});
