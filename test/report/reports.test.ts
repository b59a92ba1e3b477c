import { stripVTControlCharacters } from 'node:util';
import { formatTokenUsageReport, getTokenUsageSummary, queryUsage } from 'wiretally';
import type { Ledger } from 'wiretally';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { computeAdminReport } from '../../src/ledger/report/admin/compute.ts';
import { renderAdminReport } from '../../src/ledger/report/formats.ts';
import { computeReport, REPORT_NAMES } from '../../src/ledger/report/reports.ts';
import { call, openTestLedger, refused } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

const NOW = new Date('2026-03-20T12:30:00Z');
const minutesAgo = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);
const hostile = '\u001b]0;owned\u0007<img src=x>|`=1+1`';

let own: TestLedger;
let ledger: Ledger;
beforeAll(async () => {
  own = await openTestLedger({ now: () => NOW });
  ledger = own.ledger;
  const overloaded = { provider: 'anthropic', requestModel: 'claude-sonnet-4-5' };
  const limits = (remaining: number): object => ({
    provider: 'cerebras',
    requestModel: 'llama3.1-8b',
    rateLimits: [
      {
        name: 'tokens',
        window: 'minute',
        limit: 60_000,
        remaining,
        resetSeconds: 42,
        resetAtMs: NOW.getTime() + 42_000,
      },
    ],
  });
  await own.send([
    call({ at: minutesAgo(60), tokens: { input: 1_234_567, output: 89 }, costUsd: '1.0000499', userId: 'ann' }),
    call({ at: minutesAgo(61), tokens: { input: 1000, output: 500, cacheRead: 400, reasoning: 300 }, costUsd: '0.5' }),
    call({ at: minutesAgo(50), requestModel: hostile, userId: '=cmd()', tokens: { input: 1, output: 1 } }),
    call({
      at: minutesAgo(40),
      streamed: true,
      tokens: {},
      usageSource: 'missing',
      usageMissingReason: 'not-requested',
      costUsd: null,
      unpricedReason: 'usage-missing',
    }),
    call({ at: minutesAgo(9), ...overloaded }),
    refused({ at: minutesAgo(8), ...overloaded, status: 529, errorType: 'overloaded_error', errorClass: 'overloaded' }),
    refused({ at: minutesAgo(7), ...overloaded, status: 529, errorType: 'overloaded_error', errorClass: 'overloaded' }),
    // The caller's own mistakes say nothing about the provider.
    refused({ at: minutesAgo(1), status: 400, errorType: 'invalid_request_error', errorClass: 'invalid_request' }),
    call({ at: minutesAgo(30), ...limits(45_000) }),
    call({ at: minutesAgo(20), ...limits(3000) }),
  ]);
});
afterAll(() => own.close());

const report = () => computeAdminReport(ledger.pool, { now: NOW, timeZone: 'UTC' });

describe('the admin report', () => {
  test('is red for who fails now, yellow where limits were read, and says what is nearly used up', async () => {
    const { blocks } = await report();
    expect(blocks.map(({ provider, status }) => [provider, status])).toEqual([
      ['openai', 'green'],
      ['anthropic', 'red'],
      ['cerebras', 'yellow'],
    ]);
    const text = await formatTokenUsageReport(30, { ledger, now: NOW });
    expect(text).toContain('🔴 Anthropic:\n  • Failing now: 2 of the last 3 calls (overloaded_error)');
    expect(text).toContain('Close to a limit: 5.0% of tokens/minute, llama3.1-8b left');
    expect(text).toContain('tokens/minute, llama3.1-8b: 3,000 of 60,000 left');
  });

  test('is green again an hour after the failures, and limits that were refilled are no longer near', async () => {
    const later = await computeAdminReport(ledger.pool, { now: new Date(NOW.getTime() + 3_600_000), timeZone: 'UTC' });
    expect(later.blocks.map(({ status }) => status)).toEqual(['green', 'green', 'yellow']);
    expect(later.blocks.flatMap(({ nearLimits }) => nearLimits)).toEqual([]);
  });

  test('says what is not known, with reason and count, and never as 0', async () => {
    const { unknowns, byProvider } = await report();
    expect(unknowns).toEqual([
      { what: 'usage', reason: 'error-response', calls: 3 },
      { what: 'usage', reason: 'not-requested', calls: 1 },
      { what: 'cost', reason: 'usage-missing', calls: 4 },
    ]);
    expect(byProvider.find((row) => row.group['provider'] === 'openai')).toMatchObject({
      withoutUsage: 2,
      unpriced: 2,
    });
    const text = await formatTokenUsageReport(30, { ledger, now: NOW });
    expect(text).toContain('Total tokens: 1,236,158 (2 calls without usage)');
    expect(text).toContain('1 call without usage: the stream did not ask for usage');
    const [row] = await queryUsage(
      { groupBy: ['error'], filter: { provider: 'anthropic' }, orderBy: 'cost' },
      { ledger },
    );
    expect(row).toMatchObject({ group: { error: null }, costUsd: '0.0001' });
    const failed = await queryUsage({ groupBy: ['error'], filter: { provider: 'anthropic' } }, { ledger });
    expect(failed[0]).toMatchObject({ group: { error: 'overloaded_error' }, inputTokens: null, costUsd: null });
  });

  test('says that there are no calls where there are none, in each language and format', async () => {
    const empty = await computeAdminReport(ledger.pool, {
      now: NOW,
      timeZone: 'UTC',
      period: { from: new Date(0), to: new Date(1) },
    });
    for (const language of ['en', 'fa', 'ar'] as const) {
      for (const format of ['table', 'text', 'markdown', 'html', 'json', 'csv'] as const) {
        const text = renderAdminReport(empty, format, { language });
        expect(text).not.toMatch(/undefined|null,null|NaN|\[object/);
      }
    }
    expect(renderAdminReport(empty, 'table', { language: 'en' })).toContain('No calls in this period.');
  });

  test('can be had in the digits of the language', async () => {
    const text = await formatTokenUsageReport(30, { ledger, now: NOW, language: 'ar', nativeDigits: true });
    expect(text).toContain('١,٢٣٦,١٥٨');
  });

  test.each([0, -1, 1.5, Number.NaN, 40_000])('refuses %s days', async (days) => {
    await expect(async () => getTokenUsageSummary(days, { ledger })).rejects.toThrow(/days is .* whole number/);
  });
});

describe('every report in every format and language', () => {
  const FORMATS = ['table', 'text', 'markdown', 'json', 'csv', 'html'] as const;
  const all = REPORT_NAMES.flatMap((name) =>
    (['en', 'fa', 'ar'] as const).flatMap((language) => FORMATS.map((format) => [name, language, format] as const)),
  );
  test.each(all)('%s in %s as %s lets no name from the network act', async (name, language, format) => {
    const request = { pool: ledger.pool, timeZone: 'UTC', now: NOW, format, wording: { language } };
    const text = await computeReport(name, request);
    expect(text.length).toBeGreaterThan(10);
    if (format !== 'json' && format !== 'csv') expect(text).not.toContain('\u001b');
    if (format === 'html') expect(text).not.toContain('<img');
    if (format === 'csv') expect(text).not.toMatch(/(?:^|,)"?=/m);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });
});

describe('the terminal report', () => {
  test('fits into a narrow window and keeps provider, calls, tokens and cost', async () => {
    const value = await report();
    for (const width of [60, 80, 100]) {
      const lines = renderAdminReport(value, 'table', { language: 'en' }, { width, colour: false }).split('\n');
      const tables = lines.filter((line) => /^(Provider|openai|Total|─)/.test(line));
      expect(tables.length).toBeGreaterThan(6);
      for (const line of tables) expect(line.length).toBeLessThanOrEqual(width);
      expect(tables[0]).toMatch(/Provider .*Calls .*Input .*Output .*Cost/);
    }
  });

  test('has colours only where asked', async () => {
    const value = await report();
    const plain = renderAdminReport(value, 'table', { language: 'en' }, { width: 100, colour: false });
    const coloured = renderAdminReport(value, 'table', { language: 'en' }, { width: 100, colour: true });
    expect(plain).not.toContain('\u001b[');
    expect(coloured).toContain('\u001b[');
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });
});

describe('all surfaces', () => {
  test('agree with each other and with plain SQL, to the last digit', async () => {
    const sql = await ledger.pool.query<Record<string, string>>(
      `SELECT count(*) AS requests, sum(total_tokens) AS tokens, trim_scale(sum(cost_usd))::text AS cost
       FROM wiretally_calls WHERE kind = 'call'`,
    );
    const truth = sql.rows[0]!;
    const views = await ledger.pool.query<Record<string, string>>(
      `SELECT sum(total_requests) AS requests, sum(total_tokens) AS tokens, trim_scale(sum(cost_estimate))::text AS cost FROM daily_ai_usage
       UNION ALL SELECT sum(total_requests), sum(total_tokens), trim_scale(sum(cost_estimate))::text FROM provider_ai_stats
       UNION ALL SELECT count(*), sum(total_tokens), trim_scale(sum(cost_estimate))::text FROM ai_usage_tracking
       UNION ALL SELECT count(*), sum(total_tokens), trim_scale(sum(estimated_cost))::text FROM token_usage`,
    );
    for (const row of views.rows) expect(row).toEqual(truth);

    const { data } = (await (await own.app.fetch(new Request('http://localhost/api/admin/ai-usage/stats'))).json()) as {
      data: Record<string, unknown>;
    };
    expect([data['total_requests'], data['total_tokens'], data['estimated_cost_exact']]).toEqual([
      Number(truth['requests']),
      Number(truth['tokens']),
      truth['cost'],
    ]);

    const { totals } = await getTokenUsageSummary(30, { ledger, now: NOW });
    expect([totals.requests, totals.totalTokens]).toEqual([Number(truth['requests']), Number(truth['tokens'])]);
    expect(Number(totals.costUsd)).toBe(Number(truth['cost']));

    const csv = await computeReport('models', {
      pool: ledger.pool,
      timeZone: 'UTC',
      now: NOW,
      format: 'csv',
      wording: { language: 'en' },
    });
    const [head = '', ...lines] = csv.trimEnd().split('\r\n');
    const column = head.split(',').indexOf('requests');
    expect(lines.reduce((sum, line) => sum + Number(line.split(',')[column]), 0)).toBe(Number(truth['requests']));
  });
});
