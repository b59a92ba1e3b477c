import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestLedger } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

let own: TestLedger;
beforeAll(async () => {
  own = await openTestLedger({ now: () => new Date('2026-11-20T12:00:00Z') });
});
afterAll(() => own.close());

type Answer = Record<string, unknown>;
const estimate = async (body: object): Promise<{ status: number; body: Answer }> => {
  const answer = await own.app.fetch(
    new Request('http://localhost/api/usage/estimate-cost', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
  return { status: answer.status, body: (await answer.json()) as Answer };
};
const get = async (path: string): Promise<{ status: number; body: Answer }> => {
  const answer = await own.app.fetch(new Request(`http://localhost/api/usage${path}`));
  return { status: answer.status, body: (await answer.json()) as Answer };
};

describe('POST /api/usage/estimate-cost', () => {
  test.each([
    [{ model_name: 'gpt-4o-mini', input_tokens: 1_000_000, output_tokens: 1_000_000 }, 'token', '0.75'],
    [{ model_name: 'imagen-4.0-ultra-generate-001', images: 3 }, 'image', '0.18'],
    [{ model_name: 'veo-3.0-generate-001', duration_seconds: 8 }, 'duration', '3.2'],
  ])('%j is billed by %s and costs %s', async (request, billing, cost) => {
    const { status, body } = await estimate(request);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      model_name: request.model_name,
      billing_type: billing,
      estimated_cost: Number(cost),
      estimated_cost_exact: cost,
      currency: 'USD',
    });
    expect(body['price_card']).toMatch(/^[0-9a-f]{64}$/);
  });

  test('costs nothing in the ledger, and as much as the same usage recorded', async () => {
    const usage = { model_name: 'gpt-4o-mini', input_tokens: 1234, output_tokens: 567 };
    const estimated = await estimate(usage);
    expect((await get('/recent')).body['operations']).toEqual([]);
    const recorded = await own.app.fetch(
      new Request('http://localhost/api/usage/record-usage', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...usage, session_id: 's', service_type: 'text', operation_type: 'chat' }),
      }),
    );
    expect(((await recorded.json()) as Answer)['cost_exact']).toBe(estimated.body['estimated_cost_exact']);
  });

  test('counts messages by a rule that the answer states', async () => {
    const { body } = await estimate({
      model_name: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'How are you today?' }],
    });
    expect(body['input_tokens']).toBeGreaterThan(3);
    expect(body['token_rule']).toMatch(/token/);
  });

  test('an unknown model is answered 404 with names that are near', async () => {
    const { status, body } = await estimate({ model_name: 'gpt-4o-minni', input_tokens: 1 });
    expect(status).toBe(404);
    expect(body).toMatchObject({ success: false, error: { code: 'not_found' } });
    expect(JSON.stringify(body)).toContain('gpt-4o-mini');
  });

  test('units that the model does not bill are answered 400', async () => {
    expect(await estimate({ model_name: 'gpt-4o-mini' })).toMatchObject({ status: 400 });
    expect(await estimate({ model_name: 'gpt-4o-mini', images: 3 })).toMatchObject({ status: 400 });
  });
});

describe('GET /api/usage/pricing', () => {
  test('lists models with their billing type and what they bill, nothing else', async () => {
    const { body } = await get('/pricing');
    const models = body['models'] as Answer[];
    const types = new Set(models.map((model) => model['billing_type']));
    expect([...types]).toEqual(expect.arrayContaining(['token', 'image', 'duration', 'character']));
    expect(
      models.find(({ model_name, provider }) => model_name === 'gpt-4o-mini' && provider === 'openai'),
    ).toMatchObject({
      display_name: 'GPT-4o mini',
      billing_type: 'token',
      input_token_cost: 1.5e-7,
      input_token_cost_exact: '0.00000015',
      output_token_cost: 6e-7,
    });
    const image = models.find(({ model_name }) => model_name === 'imagen-4.0-ultra-generate-001');
    expect(image).toMatchObject({ cost_per_image: 0.06 });
    expect(image).not.toHaveProperty('input_token_cost');
  });

  test('one model has its rate card and history, and the name may hold a slash', async () => {
    const { body } = await get('/pricing/gpt-4o-mini');
    expect(body).toMatchObject({ model_name: 'gpt-4o-mini', rate_card: { id: body['price_card'] } });
    expect((body['history'] as Answer[]).length).toBeGreaterThan(0);
    expect((await get('/pricing/openai%2Fgpt-4o-mini')).status).toBe(200);
    expect((await get('/pricing/no-such-model')).status).toBe(404);
  });
});
