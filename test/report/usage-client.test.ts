import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createUsageClient, UsageClientError } from 'wiretally/client';
import type { UsageClient } from 'wiretally/client';
import { call, openTestLedger } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

const RECORD_ID = '0f7a1c52-9c1e-4a55-8d0b-52d3a1f6c002';
const SESSION = 'a/b ü%';

let own: TestLedger;
let client: UsageClient;
const url = 'http://localhost:4319';
beforeAll(async () => {
  own = await openTestLedger();
  const at = new Date(Date.now() - 60_000);
  await own.send([
    call({ at, id: RECORD_ID, costUsd: '0.25', tags: { team: 'search' } }),
    call({ at, costUsd: '0.5', sessionId: SESSION, provider: 'gcp.gemini', requestModel: 'gemini-2.5-pro' }),
  ]);
  client = createUsageClient({ url, fetch: own.app.fetch });
});
afterAll(() => own.close());

describe('the typed client', () => {
  test('asks the reports', async () => {
    expect(await client.stats({ days: 7, provider: 'openai' })).toMatchObject({
      total_requests: 1,
      estimated_cost_exact: '0.25',
    });
    expect((await client.byModel()).map(({ model }) => model)).toEqual(['gemini-2.5-pro', 'gpt-4o-mini']);
    const rows = await client.query({ group_by: ['provider', 'tag:team'], order: 'cost', limit: 1 });
    expect(rows).toMatchObject([{ group: { provider: 'gemini', 'tag:team': null }, estimated_cost_exact: '0.5' }]);
    expect(await client.report('models', { format: 'csv' })).toContain('gpt-4o-mini');
    expect((await client.recent({ session_id: SESSION }))[0]?.session_id).toBe(SESSION);
    const [from, to] = ['2020-01-01', '2020-01-31'];
    const { change } = await client.compare({ from, to, with_from: from, with_to: to });
    expect(change.total_requests).toEqual({ absolute: 0, percent: null });
    expect((await client.explain(RECORD_ID)).record_id).toBe(RECORD_ID);
  });

  test('knows at compile time what an endpoint takes and answers', () => {
    const asked = [
      // @ts-expect-error days are a number
      () => client.stats({ days: '7' }),
      // @ts-expect-error there is no such parameter
      () => client.stats({ day: 7 }),
      // @ts-expect-error a record needs its session and what it was
      () => client.recordUsage({ model_name: 'gpt-4o-mini' }),
      // @ts-expect-error there is no such field
      (): Promise<{ total_cost: unknown }> => client.stats(),
    ];
    expect(asked).toHaveLength(4);
  });

  test('goes through the life of a session, whatever its id', async () => {
    const started = await client.startSession({ session_id: `${SESSION}?x=1#2` });
    const id = started.session_id;
    const usage = {
      session_id: id,
      model_name: 'gpt-4o-mini',
      service_type: 'text',
      operation_type: 'chat',
      input_tokens: 1_000_000,
      record_id: 'mine',
    } as const;
    const first = await client.recordUsage(usage);
    expect(first.cost_exact).toBe('0.15');
    expect(await client.recordUsage(usage)).toEqual(first);
    expect(await client.sessionStats(id)).toMatchObject({ session_active: true, total_operations: 1 });
    expect(await client.servicesBreakdown(id)).toMatchObject({ text: { operations: 1 } });
    expect((await client.endSession(id)).total_cost_usd_exact).toBe('0.15');
    expect((await client.sessionSummary(id)).models_used).toEqual(['gpt-4o-mini']);
    expect((await client.exportSession(id)).operations).toHaveLength(1);
    expect((await client.sessions({ limit: 1 })).total).toBe(2);
    expect(await client.clearSession(id)).toEqual({ session_id: id, cleared_operations: 1 });
  });

  test('asks what models cost', async () => {
    const estimate = await client.estimateCost({ model_name: 'gpt-4o-mini', input_tokens: 1_000_000 });
    expect(estimate.estimated_cost_exact).toBe('0.15');
    expect((await client.pricing({ provider: 'openai' })).length).toBeGreaterThan(5);
    expect((await client.priceOf('gpt-4o-mini')).billing_type).toBe('token');
  });

  test('rejects with the code, the message and the status of a refusal', async () => {
    const error = await client.sessionStats('nobody').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageClientError);
    expect(error).toMatchObject({
      code: 'not_found',
      status: 404,
      message: expect.stringContaining('nobody') as string,
    });
    await expect(client.stats({ days: 0 })).rejects.toMatchObject({ code: 'invalid_input', status: 400 });
  });

  test('sends the token, and says when to come back after too many wrong ones', async () => {
    const app = own.appWith({ tokens: [{ role: 'reader', token: 'the-right-one' }], loopback: false });
    const as = (token: string): UsageClient => createUsageClient({ url, token, fetch: app.fetch });
    expect(await as('the-right-one').sessions()).toHaveProperty('total');
    await expect(as('the-right-one').startSession()).rejects.toMatchObject({ code: 'forbidden' });
    for (let index = 0; index < 10; index += 1) {
      await expect(as(`guess-${index}`).stats()).rejects.toMatchObject({ code: 'unauthorized' });
    }
    const error = (await as('guess')
      .stats()
      .catch((reason: unknown) => reason)) as UsageClientError;
    expect(error.code).toBe('too_many_requests');
    expect(error.retryAfterSeconds).toBeGreaterThan(0);
  });

  test('says that nobody answers, and refuses what is no URL', async () => {
    const nobody = createUsageClient({ url: 'http://127.0.0.1:1' });
    await expect(nobody.stats()).rejects.toMatchObject({ code: 'unreachable', status: null });
    expect(() => createUsageClient({ url: 'localhost' })).toThrow(UsageClientError);
  });

  test('brings nothing of the server along', async () => {
    for (const file of ['index.ts', 'usage-client.ts', 'usage-client-error.ts']) {
      const path = fileURLToPath(new URL(`../../src/ledger/client/${file}`, import.meta.url));
      const imports = (await readFile(path, 'utf8')).match(/^import (?!type ).*$|^\} from .*$|^export \{.* from .*$/gm);
      for (const line of imports ?? []) expect(line).toMatch(/from '\.\/usage-client(?:-error)?\.ts';$/);
    }
  });
});
