/** Programs that wrote to the tables of the earlier systems keep working: their statements, against the views. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelIds, modelId } from '../../src/ledger/store/model-ids.ts';
import { createPriceCards } from '../../src/ledger/store/price-cards.ts';
import { settleInserted } from '../../src/ledger/store/settle-inserted.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { silentLogger } from '../../src/ledger/logger.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { parsed, usageRecord } from './usage-record.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const rowsOf = async (ledger: Ledger, sql: string): Promise<Record<string, unknown>[]> =>
  (await ledger.pool.query<Record<string, unknown>>(sql)).rows;
/** What a sink does on a timer. */
const settle = async (ledger: Ledger): Promise<number> =>
  settleInserted(ledger.pool, {
    modelIds: createModelIds(),
    cards: createPriceCards({ prices: ledger.prices, logger: silentLogger }),
    prices: ledger.prices,
  });

describe('an INSERT into a view', () => {
  it('of the hybrid tracker is there at once, with its id, and priced by a sink when it states no cost', async () => {
    const ledger = await server.open();
    const inserted = await rowsOf(
      ledger,
      `INSERT INTO ai_usage_tracking (provider, user_id, chat_id, model, prompt_tokens, completion_tokens, total_tokens,
         rate_limit_info, created_at)
       VALUES ('openai', 12345, -100987, 'gpt-4o-mini', 1000, 500, 1500, '{"a": 1}', '2026-11-20 10:15:00+00')
       RETURNING id`,
    );
    const before = {
      provider: 'openai',
      user_id: '12345',
      chat_id: '-100987',
      model: 'gpt-4o-mini',
      total_tokens: '1500',
      rate_limit_info: { a: 1 },
      cost_estimate: null,
      date: '2026-11-20',
    };
    const columns = Object.keys(before).map((name) => (name === 'date' ? 'date::text' : name));
    const select = `select ${columns.join(', ')} from ai_usage_tracking where id = '${String(inserted[0]!['id'])}'`;
    expect(await rowsOf(ledger, select)).toEqual([before]);
    expect((await ledger.audit()).differences).toEqual([]);

    expect(await settle(ledger)).toBe(1);
    // $0.15 and $0.60 a million tokens.
    expect(await rowsOf(ledger, select)).toEqual([{ ...before, cost_estimate: '0.00045' }]);
    expect(await rowsOf(ledger, 'select cost_estimate from provider_ai_stats')).toEqual([{ cost_estimate: '0.00045' }]);
    expect((await ledger.audit()).differences).toEqual([]);
    expect(await settle(ledger)).toBe(0);
  });

  it('keeps a cost that the writer states', async () => {
    const ledger = await server.open();
    await ledger.pool.query(
      `INSERT INTO ai_usage_tracking (provider, model, prompt_tokens, completion_tokens, cost_estimate)
       VALUES ('Groq', 'llama-3.1-70b', 60, 12, 0.000043)`,
    );
    await settle(ledger);
    expect(
      await rowsOf(ledger, 'select provider, total_tokens, cost_usd, cost_source, source from wiretally_calls'),
    ).toEqual([{ provider: 'groq', total_tokens: '72', cost_usd: '0.000043', cost_source: 'user', source: 'insert' }]);
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('of real data tracking finds the model by its id, and keeps errors', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(usageRecord({ timeUnixMicros: Date.UTC(2026, 0, 1) * 1000 })));
    const known = modelId('openai', 'gpt-4o-mini');
    const foreign = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
    await ledger.pool.query(
      `INSERT INTO ai_request_logs (id, model_id, user_id, request_tokens, response_tokens, total_tokens,
         response_time_ms, success, error_message)
       VALUES (1, '${known}', 'u1', 10, 20, 30, 1234, 1, NULL), (2, '${foreign}', 'u2', NULL, NULL, NULL, 90, 0, 'quota')`,
    );
    await settle(ledger);
    expect(
      await rowsOf(
        ledger,
        `select model_id, user_id, total_tokens, response_time_ms, success, error_message
         from ai_request_logs where user_id is not null order by user_id`,
      ),
    ).toEqual([
      { model_id: known, user_id: 'u1', total_tokens: '30', response_time_ms: '1234', success: 1, error_message: null },
      {
        model_id: foreign,
        user_id: 'u2',
        total_tokens: null,
        response_time_ms: '90',
        success: 0,
        error_message: 'quota',
      },
    ]);
    expect(await rowsOf(ledger, `select provider, model from wiretally_calls where user_id = 'u1'`)).toEqual([
      { provider: 'openai', model: 'gpt-4o-mini' },
    ]);
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('of token usage tracking counts in the summary of its day, which takes no rows of its own', async () => {
    const ledger = await server.open();
    await ledger.pool.query(
      `INSERT INTO token_usage (timestamp, model, input_tokens, output_tokens, total_tokens, user_id, session_id)
       VALUES ('2026-11-20T10:00:00Z', 'gpt-4o', 100, 50, 150, '42', 's'), (NULL, 'gpt-4o', 1, 1, 2, NULL, NULL)`,
    );
    await ledger.pool.query(
      `INSERT INTO daily_summary (date, model, requests, total_tokens) VALUES ('2026-11-20', 'gpt-4o', 1, 150)`,
    );
    await settle(ledger);
    expect(
      await rowsOf(
        ledger,
        `select model, requests, total_tokens, estimated_cost from daily_summary where date = '2026-11-20'`,
      ),
    ).toEqual([{ model: 'gpt-4o', requests: '1', total_tokens: '150', estimated_cost: '0.00075' }]);
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('counts in the same rollup row as calls from the wire of the same kind', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(usageRecord({ responseModel: null, environment: null })));
    await ledger.pool.query(
      `INSERT INTO ai_usage_tracking (provider, model, prompt_tokens, created_at)
       VALUES ('openai', 'gpt-4o-mini', 7, '2026-11-20 10:59:59.999999+00')`,
    );
    expect(await rowsOf(ledger, 'select requests::int, input_tokens::int from wiretally_hourly')).toEqual([
      { requests: 2, input_tokens: 17 },
    ]);
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('with the id of a UUID is refused the second time, as a primary key refuses', async () => {
    const ledger = await server.open();
    const insert = `INSERT INTO token_usage (id, timestamp, model) VALUES
      ('3f2504e0-4f89-41d3-9a0c-0305e82c3301', '2026-11-20T10:00:00Z', 'gpt-4o')`;
    await ledger.pool.query(insert);
    await expect(ledger.pool.query(insert)).rejects.toMatchObject({ code: '23505' });
    expect((await ledger.audit()).differences).toEqual([]);
  });

  it('is priced by exactly one of several sinks', async () => {
    const ledger = await server.open();
    await ledger.pool.query(
      `INSERT INTO token_usage (model, input_tokens, output_tokens)
       SELECT 'gpt-4o-mini', 1000, 0 FROM generate_series(1, 900)`,
    );
    const settled = await Promise.all([settle(ledger), settle(ledger), settle(ledger)]);
    expect(settled.reduce((sum, count) => sum + count, 0) + (await settle(ledger))).toBe(900);
    expect(await rowsOf(ledger, 'select trim_scale(sum(cost_usd)) as cost from wiretally_hourly')).toEqual([
      { cost: '0.135' },
    ]);
    expect((await ledger.audit()).differences).toEqual([]);
  });
});
