/** What other trackers recorded comes in once, says what was not understood, and is priced or keeps its cost. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ImportReport } from '../../src/ledger/transfer/import/import-report.ts';
import { runCli } from '../report/cli.fixture.ts';
import { call, openTestLedger, refused } from '../report/ledger.fixture.ts';
import type { TestLedger } from '../report/ledger.fixture.ts';

let own: TestLedger;
let folder: string;
/** A database of somebody else on the same server. */
let legacy: { url: string; client: Client };

beforeAll(async () => {
  own = await openTestLedger();
  const url = await own.emptyDatabase();
  const client = new Client({ connectionString: url });
  await client.connect();
  legacy = { url, client };
});
afterAll(async () => {
  await legacy.client.end();
  await own.close();
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'wiretally-import-'));
  return () => rm(folder, { recursive: true, force: true });
});

const run = (...words: string[]): ReturnType<typeof runCli> =>
  runCli(['import', ...words, '--database', own.databaseUrl], {}, folder);

async function imported(...words: string[]): Promise<ImportReport> {
  const ended = await run(...words, '--json');
  if (ended.stdout === '') throw new Error(ended.stderr);
  return JSON.parse(ended.stdout) as ImportReport;
}

const stored = async (sql: string): Promise<Record<string, unknown>[]> =>
  (await own.ledger.pool.query<Record<string, unknown>>(sql)).rows;

describe("the token tracker's SQLite file", () => {
  const write = (name: string): string => {
    const target = path.join(folder, name);
    const file = new DatabaseSync(target);
    file.exec(`
      CREATE TABLE token_usage (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT, model TEXT, input_tokens INTEGER,
        output_tokens INTEGER, total_tokens INTEGER, estimated_cost REAL, user_id TEXT, session_id TEXT, note TEXT);
      INSERT INTO token_usage (timestamp, model, input_tokens, output_tokens, total_tokens, estimated_cost, user_id) VALUES
        ('2025-03-01T10:00:00.123456', 'gpt-4o', 1000, 200, 1200, 0.0045, '42'),
        ('2025-03-01T10:05:00', 'gpt-4o-mini', 1000, 200, 1200, 0.0, '42'),
        ('2025-03-01T10:06:00', 'gpt-4o-mini', 0, 0, 0, 0.0, '42'),
        ('2025-03-02T09:00:00', 'my-own-model', 10, 20, 30, 1e-05, NULL),
        ('yesterday', 'gpt-4o', 1, 2, 3, 0.1, '42'),
        (NULL, 'gpt-4o', 1, 2, 3, 0.1, '42'),
        ('2025-03-02T09:00:01', 'gpt-4o', -5, 2, 3, 0.1, '42');`);
    file.close();
    return target;
  };

  test('is understood in a dry run, which writes nothing', async () => {
    const file = write('token_usage.db');
    const { code, stdout, stderr } = await run('token-usage', file);
    expect(code).toBe(1);
    expect(stderr).toContain('Give --apply to write these calls.');
    expect(stdout).toContain('dry run: nothing is written');
    expect(stdout).toMatch(/rows read +7\n +calls to import +4\n +already there +0\n +not understood +3\n/);
    expect(stdout).toMatch(/1 row: timestamp is no time\n +row 5: id=5 timestamp=yesterday model=gpt-4o/);
    expect(stdout).toMatch(/1 row: timestamp is not stated\n +row 6/);
    expect(stdout).toMatch(/1 row: input_tokens is not a whole number from 0\n +row 7/);
    expect(stdout).toMatch(/1 row: estimated_cost of 0 with tokens is taken as not stated\n +row 2/);
    expect(stdout).toMatch(/1 row: tokens of 0 are taken as not stated\n +row 3/);
    expect(stdout).toContain('Columns not read: note');
    expect(await stored("SELECT 1 FROM wiretally_calls WHERE source = 'import'")).toEqual([]);
  });

  test('is imported once, however often; with its own costs, and ours where it has none', async () => {
    const file = write('token_usage.db');
    expect(await imported('token-usage', file, '--apply')).toMatchObject({ imported: 4, alreadyThere: 0 });
    expect(await imported('token-usage', file)).toMatchObject({ imported: 0, alreadyThere: 4, applied: false });
    // Another name of the file changes nothing.
    expect(await imported('token-usage', write('copy.db'), '--apply')).toMatchObject({ imported: 0, alreadyThere: 4 });
    expect(
      await stored(`SELECT model, provider, to_char(created_at AT TIME ZONE 'UTC', 'HH24:MI:SS.US') AS at, input_tokens,
        total_tokens, trim_scale(cost_usd)::text AS cost, cost_source, usage_missing_reason, user_id
        FROM wiretally_calls WHERE source = 'import' ORDER BY created_at`),
    ).toEqual([
      {
        model: 'gpt-4o',
        provider: 'openai',
        at: '10:00:00.123456',
        input_tokens: '1000',
        total_tokens: '1200',
        cost: '0.0045',
        cost_source: 'provider',
        usage_missing_reason: null,
        user_id: '42',
      },
      {
        model: 'gpt-4o-mini',
        provider: 'openai',
        at: '10:05:00.000000',
        input_tokens: '1000',
        total_tokens: '1200',
        cost: '0.00027',
        cost_source: 'calculated',
        usage_missing_reason: null,
        user_id: '42',
      },
      {
        model: 'gpt-4o-mini',
        provider: 'openai',
        at: '10:06:00.000000',
        input_tokens: null,
        total_tokens: null,
        cost: null,
        cost_source: null,
        usage_missing_reason: 'not-stated',
        user_id: '42',
      },
      {
        model: 'my-own-model',
        provider: 'openai',
        at: '09:00:00.000000',
        input_tokens: '10',
        total_tokens: '30',
        cost: '0.00001',
        cost_source: 'provider',
        usage_missing_reason: null,
        user_id: null,
      },
    ]);
    expect((await own.ledger.audit()).differences).toEqual([]);
  });

  test('our own export comes back as what it was: nothing new', async () => {
    const at = new Date('2026-10-05T08:00:00Z');
    await own.send([
      call({ at, timeUnixMicros: at.getTime() * 1000 + 7, userId: 'ann', costUsd: '0.000123' }),
      refused({ at, userId: 'ann' }),
    ]);
    const words = ['--database', own.databaseUrl, '--from', '2026-10-05', '--to', '2026-10-05'];
    await runCli(['export', '--format', 'sqlite', ...words], {}, folder);
    await runCli(['export', '--format', 'csv', '--out', 'calls.csv', ...words], {}, folder);
    for (const from of [
      ['token-usage', 'data/token_usage.db'],
      ['csv', 'calls.csv'],
    ]) {
      expect(await imported(...from, '--apply')).toMatchObject({
        rows: 2,
        imported: 0,
        alreadyThere: 2,
        notUnderstood: [],
      });
    }
  });
});

describe('tables of a PostgreSQL', () => {
  test("the hybrid tracker's, with the days of the zone that its clock showed", async () => {
    await legacy.client.query(`
      CREATE TABLE ai_usage_tracking (id serial PRIMARY KEY, provider varchar(50) NOT NULL, user_id bigint, chat_id bigint,
        model varchar(100), prompt_tokens integer DEFAULT 0, completion_tokens integer DEFAULT 0, total_tokens integer DEFAULT 0,
        rate_limit_info jsonb, cost_estimate decimal(10, 6) DEFAULT 0.0, created_at timestamp DEFAULT now(), date date);
      INSERT INTO ai_usage_tracking (provider, user_id, chat_id, model, prompt_tokens, completion_tokens, total_tokens, cost_estimate, created_at)
        SELECT 'groq', 100 + i, -1001234567890, 'llama-3.3-70b-versatile', 10, i, 10 + i, 0.000012, timestamp '2025-10-30 00:10' + i * interval '1 second'
        FROM generate_series(1, 2500) AS i;
      INSERT INTO ai_usage_tracking (provider, model, total_tokens, created_at) VALUES ('gemini', 'gemini-2.5-flash', 77, '2025-10-30 12:00');`);
    const words = [
      'ai-usage-tracking',
      '--from-database',
      legacy.url,
      '--time-zone',
      'Asia/Tehran',
      '--application',
      'bot',
    ];
    expect(await imported(...words, '--apply')).toMatchObject({
      rows: 2501,
      imported: 2501,
      notUnderstood: [],
      columnsNotRead: ['rate_limit_info', 'date'],
      costStatedUsd: '0.03',
      firstCall: '2025-10-29T20:40:01.000Z',
    });
    expect(await imported(...words, '--apply')).toMatchObject({ imported: 0, alreadyThere: 2501 });
    const [sums] =
      await stored(`SELECT count(*)::int AS calls, sum(prompt_tokens)::int AS prompt, sum(completion_tokens)::int AS completion,
      sum(total_tokens)::int AS total, trim_scale(sum(cost_estimate))::text AS cost, min(chat_id)::text AS chat
      FROM ai_usage_tracking WHERE provider = 'groq' AND created_at < '2025-12-01'`);
    const { rows } = await legacy.client
      .query(`SELECT count(*)::int AS calls, sum(prompt_tokens)::int AS prompt, sum(completion_tokens)::int AS completion,
      sum(total_tokens)::int AS total, trim_scale(sum(cost_estimate))::text AS cost, min(chat_id)::text AS chat
      FROM ai_usage_tracking WHERE provider = 'groq'`);
    expect(sums).toEqual(rows[0]);
    expect(
      await stored("SELECT input_tokens, total_tokens, provider FROM wiretally_calls WHERE model = 'gemini-2.5-flash'"),
    ).toEqual([{ input_tokens: null, total_tokens: '77', provider: 'gcp.gemini' }]);
    expect((await own.ledger.audit()).differences).toEqual([]);
  });

  test("real data tracking's, with names for the ids of its models", async () => {
    await legacy.client.query(`
      CREATE TABLE ai_request_logs (id uuid PRIMARY KEY, model_id uuid, user_id text, request_tokens integer, response_tokens integer,
        total_tokens integer, response_time_ms integer, success smallint, error_message text, created_at timestamptz);
      INSERT INTO ai_request_logs VALUES
        ('11111111-1111-4111-8111-111111111111', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'ann', 1000, 200, 1200, 850, 1, NULL, '2025-10-12 10:30:00.25+00'),
        ('22222222-2222-4222-8222-222222222222', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'ann', 0, 0, 0, 90, 0, 'Rate limit reached', '2025-10-12 10:31:00+00'),
        ('33333333-3333-4333-8333-333333333333', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'bob', 10, 20, 30, 70, 1, NULL, '2025-10-12 10:32:00+00');`);
    await writeFile(
      path.join(folder, 'models.csv'),
      'id,model,provider\nAAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA,gpt-4o-mini,openai\n',
    );
    const report = await imported(
      'ai-request-logs',
      '--from-database',
      legacy.url,
      '--models',
      'models.csv',
      '--apply',
    );
    expect(report).toMatchObject({ imported: 3, unpriced: [{ calls: 1 }, { calls: 1 }] });
    expect(report.remarks.map(({ reason }) => reason)).toEqual([
      'tokens of 0 are taken as not stated',
      'model_id has no name, so the call has no price: --models FILE gives names',
    ]);
    expect(
      await stored(`SELECT id::text, request_tokens, response_time_ms, success, error_message FROM ai_request_logs
        WHERE created_at >= '2025-10-12' AND created_at < '2025-10-13' ORDER BY created_at`),
    ).toEqual([
      {
        id: '11111111-1111-4111-8111-111111111111',
        request_tokens: '1000',
        response_time_ms: '850',
        success: 1,
        error_message: null,
      },
      {
        id: '22222222-2222-4222-8222-222222222222',
        request_tokens: null,
        response_time_ms: '90',
        success: 0,
        error_message: 'Rate limit reached',
      },
      {
        id: '33333333-3333-4333-8333-333333333333',
        request_tokens: '10',
        response_time_ms: '70',
        success: 1,
        error_message: null,
      },
    ]);
    expect(
      await stored(
        "SELECT trim_scale(cost_usd)::text AS cost FROM wiretally_calls WHERE id = '11111111-1111-4111-8111-111111111111'",
      ),
    ).toEqual([{ cost: '0.00027' }]);
  });

  test("LiteLLM's, without what it keeps of prompts and keys", async () => {
    await legacy.client.query(`
      CREATE TABLE "LiteLLM_SpendLogs" (request_id text PRIMARY KEY, call_type text, api_key text DEFAULT '', spend double precision DEFAULT 0,
        total_tokens int DEFAULT 0, prompt_tokens int DEFAULT 0, completion_tokens int DEFAULT 0, "startTime" timestamp(3), "endTime" timestamp(3),
        "completionStartTime" timestamp(3), model text DEFAULT '', custom_llm_provider text DEFAULT '', "user" text DEFAULT '', end_user text,
        metadata jsonb DEFAULT '{}', cache_hit text DEFAULT '', team_id text, session_id text, status text, messages jsonb DEFAULT '{}');
      INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, api_key, spend, total_tokens, prompt_tokens, completion_tokens, "startTime", "endTime", "completionStartTime", model, custom_llm_provider, "user", end_user, metadata, cache_hit, team_id, status, messages) VALUES
        ('chatcmpl-1', 'acompletion', 'hash-of-key', 2.625e-05, 120, 100, 20, '2025-09-01 10:00:00.5', '2025-09-01 10:00:02.5', '2025-09-01 10:00:01', 'openai/gpt-4o-mini', 'openai', 'default', 'ann', '{"usage_object": {"prompt_tokens_details": {"cached_tokens": 64}}}', 'None', 'search', 'success', '{"prompt": "a secret"}'),
        ('chatcmpl-2', 'acompletion', 'hash-of-key', 0, 120, 100, 20, '2025-09-01 10:01:00', '2025-09-01 10:01:00', NULL, 'gpt-4o-mini', 'openai', '', NULL, '{}', 'True', NULL, 'success', '{}'),
        ('fail-3', 'aembedding', 'hash-of-key', 0, 0, 0, 0, '2025-09-01 10:02:00', '2025-09-01 10:02:01', NULL, 'embed-english-v3.0', 'cohere_chat', 'bob', NULL, '{"error_information": {"error_code": "429", "error_class": "RateLimitError"}}', '', NULL, 'failure', '{}');`);
    const report = await imported('litellm', '--from-database', legacy.url, '--apply');
    expect(report).toMatchObject({
      rows: 3,
      imported: 2,
      skipped: [{ rows: 1, reason: 'answered from its cache: no provider was called' }],
      costUsd: '0.00002625',
    });
    expect(report.columnsNotRead).toContain('messages');
    expect(JSON.stringify(report)).not.toMatch(/secret|hash-of-key/);
    const rows = await stored(
      `SELECT * FROM wiretally_calls WHERE created_at >= '2025-09-01' AND created_at < '2025-09-02' ORDER BY created_at`,
    );
    expect(rows).toMatchObject([
      {
        provider: 'openai',
        model: 'gpt-4o-mini',
        cache_read_tokens: '64',
        user_id: 'ann',
        tags: { team: 'search' },
        duration_ms: '2000.0000000000000000',
        time_to_first_chunk_ms: '500.0000000000000000',
        success: true,
      },
      {
        provider: 'cohere',
        operation: 'embeddings',
        success: false,
        status: 429,
        error_type: 'RateLimitError',
        total_tokens: null,
        cost_usd: null,
        user_id: 'bob',
      },
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/secret|hash-of-key/);
    // The same as a file: the same calls.
    const logs = await legacy.client.query(`SELECT to_jsonb(t) - 'messages' AS log FROM "LiteLLM_SpendLogs" t`);
    const list = logs.rows.map(({ log }: { log: unknown }) => log);
    await writeFile(path.join(folder, 'logs.json'), JSON.stringify(list, null, 1));
    await writeFile(
      path.join(folder, 'logs.ndjson'),
      `${list.map((log) => JSON.stringify(log)).join('\n')}\n{"request_id": broken\n`,
    );
    expect(await imported('litellm', 'logs.json', '--apply')).toMatchObject({ rows: 3, imported: 0, alreadyThere: 2 });
    const lines = await imported('litellm', 'logs.ndjson', '--apply');
    expect(lines).toMatchObject({
      rows: 4,
      imported: 0,
      alreadyThere: 2,
      notUnderstood: [{ rows: 1, examples: ['line 4'] }],
    });
  });
});

describe('CSV with a map of columns', () => {
  const MAP = 'time=Date,model=Model,input_tokens=In,output_tokens=Out,cost_usd=USD,user=Who';
  const CSV = [
    '\uFEFFDate;Model;In;Out;USD;Who;Comment',
    '2025-08-01 10:00:00;gpt-4o-mini;1000;200;"$0.01";ann;"one; two"',
    '2025-08-01 10:00:00;gpt-4o-mini;1000;200;"$0.01";ann;"one; two"',
    '2025-08-01 11:00:00;claude-sonnet-4-5;1000.0;200;;bob;',
    '2025-08-01 12:00:00;gpt-4o;many;200;;bob;',
    '2025-08-01 13:00:00;gpt-4o',
    '',
  ].join('\r\n');

  test('two lines that are equal are two calls, each imported once', async () => {
    await writeFile(path.join(folder, 'bill.csv'), CSV);
    const first = await imported('csv', 'bill.csv', '--map', MAP, '--apply');
    expect(first).toMatchObject({ rows: 5, imported: 3, costStatedUsd: '0.02', columnsNotRead: ['Comment'] });
    expect(first.notUnderstood).toEqual([
      {
        reason: 'In is not a whole number from 0',
        rows: 1,
        examples: ['line 5: Date=2025-08-01 12:00:00 Model=gpt-4o In=many Out=200 Who=bob'],
      },
      { reason: 'it has 2 cells where the head has 7', rows: 1, examples: ['line 6'] },
    ]);
    expect(await imported('csv', 'bill.csv', '--map', MAP, '--apply')).toMatchObject({ imported: 0, alreadyThere: 3 });
    expect(
      await stored("SELECT provider FROM wiretally_calls WHERE user_id = 'bob' AND model = 'claude-sonnet-4-5'"),
    ).toEqual([{ provider: 'anthropic' }]);
  });

  test('--cost calculated leaves the stated cost aside', async () => {
    await writeFile(path.join(folder, 'bill.csv'), CSV);
    const words = ['csv', 'bill.csv', '--map', MAP, '--source', 'other'];
    expect(await imported(...words)).toMatchObject({ costUsd: '0.026', costStatedUsd: '0.02' });
    expect(await imported(...words, '--cost', 'calculated')).toMatchObject({
      costUsd: '0.00654',
      costStatedUsd: '0.02',
    });
  });
});

describe('a wrong import', () => {
  test.each([
    [['exel', 'x.csv'], /Allowed choices are token-usage, ai-usage-tracking/],
    [['token-usage'], /Give a file, or --from-database/],
    [['token-usage', 'nowhere.db'], /nowhere\.db cannot be read/],
    [['token-usage', 'other.db'], /no table token_usage\. It has: notes\. Name it with --table/],
    [
      ['token-usage', 'other.db', '--table', 'notes'],
      /has no column id, timestamp, model, input_tokens, output_tokens/,
    ],
    [['csv', 'other.db'], /is a SQLite file, not CSV/],
    [['csv', 'x.csv', '--map', 'colour=red'], /is not NAME=COLUMN/],
    [['csv', 'x.csv', '--map', 'time=When'], /has no column When/],
    [['csv', 'empty.csv'], /is empty/],
    [['csv', 'x.csv', '--time-zone', 'Mars/Olympus'], /must be an IANA name/],
    [['csv', 'x.csv', '--cost', 'none'], /Allowed choices are stated, calculated/],
    [['litellm', '--from-database', 'postgres://nobody:hunter2@127.0.0.1:1/none'], /--from-database cannot be used/],
    [['ai-request-logs', '--models', 'x.csv', 'x.csv'], /has no column id/],
  ])('%j ends with 2 and says what is wrong', async (words, message) => {
    const other = new DatabaseSync(path.join(folder, 'other.db'));
    other.exec('CREATE TABLE notes (text TEXT)');
    other.close();
    await writeFile(path.join(folder, 'x.csv'), 'a,b\n1,2\n');
    await writeFile(path.join(folder, 'empty.csv'), '');
    const ended = await run(...words);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).not.toMatch(/^\s+at |hunter2/m);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
  });

  test('a table that is not in the database is named', async () => {
    const ended = await run('ai-usage-tracking', '--from-database', legacy.url, '--table', 'bot.usage');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('The database has no table bot.usage');
  });
});
