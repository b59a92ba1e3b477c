import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { computeAdminReport } from '../../src/ledger/report/admin/compute.ts';
import type { ProviderFacts } from '../../src/ledger/report/admin/compute.ts';
import { renderAdminReport } from '../../src/ledger/report/formats.ts';
import { call, openTestLedger } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

/** The hybrid tracker's own sample, as its users know it. */
const SAMPLE = `💎 گزارش استفاده از توکنهای AI

🕐 تاریخ: 2025-10-30 14:48:01

🟢 Groq:
  • API فعال است (اطلاعات usage مستقیم در دسترس نیست)
  • نکته: Groq rate limits: 1000 requests/min, 14400 requests/day

🔵 Gemini:
  • API endpoint برای usage monitoring موجود نیست
  • روشهای بررسی:
    - Google AI Studio Console (https://aistudio.google.com/usage)
    - Google Cloud Console Quotas
    - Internal tracking system (database)
  • محدودیتها: 50 requests/day, 1,000 requests/minute
  • لینک بررسی دستی: https://aistudio.google.com/usage
  • نکته: مصرف در internal database ذخیره میشود

🟡 Cerebras:
  • Rate limits در headers موجود
  • نکته: Real-time rate limits از API headers

🟢 Cohere:
  • API active با response metadata
  • اطلاعات عملکرد از ربات (usage مستقیم در دسترس نیست)

📊 خلاصه کلی:
• کل providers: 4
• providers فعال: 4
• providers با اطلاعات کامل: 0

📈 آمار تفصیلی از Database (۳۰ روز گذشته):

Groq:
  • کل درخواستها: 156
  • کل توکنهای استفاده شده: 12,847
  • توکنهای prompt: 9,234
  • توکنهای completion: 3,613
  • میانگین توکن هر درخواست: 82
  • تخمین هزینه: $0.0077
  • آخرین استفاده: 2025-10-30
`;

/** What the four provider files said on that day. */
const PROVIDERS: readonly ProviderFacts[] = [
  {
    name: 'groq',
    shortName: 'groq',
    displayName: 'Groq',
    report: { status: 'green', note: 'Groq rate limits: 1000 requests/min, 14400 requests/day', link: null },
  },
  {
    name: 'gcp.gemini',
    shortName: 'gemini',
    displayName: 'Gemini',
    report: {
      status: 'blue',
      note: '',
      link: 'https://aistudio.google.com/usage',
      checks: ['Google AI Studio Console (https://aistudio.google.com/usage)', 'Google Cloud Console Quotas'],
      limits: {
        publishedOn: '2025-10-30',
        limits: [
          { count: 50, unit: 'requests', per: 'day' },
          { count: 1000, unit: 'requests', per: 'minute' },
        ],
      },
    },
  },
  {
    name: 'cerebras',
    shortName: 'cerebras',
    displayName: 'Cerebras',
    report: { status: 'yellow', note: '', link: null },
  },
  {
    name: 'cohere',
    shortName: 'cohere',
    displayName: 'Cohere',
    report: { status: 'green', note: '', link: null, metadata: true },
  },
];

const NOW = new Date('2025-10-30T14:48:01Z');
const minutesAgo = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);

describe('the Persian admin report', () => {
  let own: TestLedger;
  beforeAll(async () => {
    own = await openTestLedger();
    const groq = { provider: 'groq', host: 'api.groq.com', requestModel: 'llama-3.1-70b-versatile' };
    // 155 calls of 59 + 23 tokens and a last one bring the sums of the sample.
    const calls = Array.from({ length: 155 }, (_, index) =>
      call({ ...groq, at: minutesAgo(index + 2), tokens: { input: 59, output: 23 }, costUsd: '0.0000492' }),
    );
    calls.push(call({ ...groq, at: minutesAgo(1), tokens: { input: 89, output: 48 }, costUsd: '0.0000822' }));
    const few = (count: number, said: Partial<Parameters<typeof call>[0]>): void => {
      for (let index = 0; index < count; index += 1) calls.push(call({ at: minutesAgo(index + 1), ...said }));
    };
    few(3, { provider: 'gcp.gemini', requestModel: 'gemini-1.5-pro' });
    few(2, {
      provider: 'cerebras',
      requestModel: 'llama3.1-70b',
      rateLimits: [
        { name: 'tokens', window: 'minute', limit: 60_000, remaining: 45_000, resetSeconds: 42, resetAtMs: null },
        { name: 'requests', window: 'day', limit: 14_400, remaining: 13_800, resetSeconds: 3600, resetAtMs: null },
      ],
    });
    few(1, { provider: 'cohere', requestModel: 'command-r-plus' });
    await own.send(calls);
  });
  afterAll(() => own.close());

  const text = async (directionMarks: boolean): Promise<string> => {
    const report = await computeAdminReport(own.ledger.pool, { now: NOW, timeZone: 'UTC', providers: PROVIDERS });
    return renderAdminReport(report, 'text', { language: 'fa', directionMarks });
  };

  test('is the sample, line by line, and goes on with the other providers', async () => {
    const lines = (await text(false)).split('\n');
    const sample = SAMPLE.trimEnd().split('\n');
    expect(lines.slice(0, sample.length)).toEqual(sample);
    expect(lines.slice(sample.length, sample.length + 2)).toEqual(['', 'Gemini:']);
  });

  test('differs by nothing but direction marks where it is shown to people', async () => {
    const marked = await text(true);
    expect(marked).not.toBe(await text(false));
    expect(marked.replace(/[\u200F\u2068\u2069]/g, '')).toBe(await text(false));
  });
});
