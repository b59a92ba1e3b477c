import { describe, expect, it } from 'vitest';
import { goDurationSeconds, readReset, readRetryAfter } from './limits.ts';
import { reading } from './reader/exchange.fixture.ts';
import type { RateLimit } from './record.ts';

const NOW = Date.parse('2026-09-01T12:55:00Z');

/** What an answer with these headers says about limits. */
function limits(url: string, headers: Record<string, string>): readonly RateLimit[] {
  return reading({ url, headers, answer: {}, receivedAtMs: NOW }).rateLimits;
}

const CHAT = {
  openai: 'https://api.openai.com/v1/chat/completions',
  azure: 'https://me.openai.azure.com/openai/v1/chat/completions',
  anthropic: 'https://api.anthropic.com/v1/messages',
  groq: 'https://api.groq.com/openai/v1/chat/completions',
  cerebras: 'https://api.cerebras.ai/v1/chat/completions',
  mistral: 'https://api.mistral.ai/v1/chat/completions',
  xai: 'https://api.x.ai/v1/chat/completions',
  together: 'https://api.together.xyz/v1/chat/completions',
  fireworks: 'https://api.fireworks.ai/inference/v1/chat/completions',
  openrouter: 'https://openrouter.ai/api/v1/chat/completions',
  cohere: 'https://api.cohere.com/v2/chat',
  replicate: 'https://api.replicate.com/v1/predictions',
  elevenlabs: 'https://api.elevenlabs.io/v1/text-to-speech/voice',
};

describe('limits in headers', () => {
  it('OpenAI: Go durations, a minute, also of projects and images', () => {
    expect(
      limits(CHAT.openai, {
        'x-ratelimit-limit-requests': '500',
        'x-ratelimit-remaining-requests': '499',
        'x-ratelimit-reset-requests': '120ms',
        'x-ratelimit-limit-tokens': '500000',
        'x-ratelimit-remaining-tokens': '499989',
        'x-ratelimit-reset-tokens': '6m0s',
        'x-ratelimit-limit-input-images': '50000',
        'x-ratelimit-remaining-input-images': '49999',
        'x-ratelimit-reset-input-images': '1ms',
      }),
    ).toEqual([
      limit('requests', 'minute', 500, 499, 0.12),
      limit('tokens', 'minute', 500_000, 499_989, 360),
      limit('images', 'minute', 50_000, 49_999, 0.001),
    ]);
    expect(limits(CHAT.openai, { 'x-ratelimit-limit-project-tokens': '7' })).toEqual([
      limit('project_tokens', 'minute', 7, null, null),
    ]);
    expect(
      limits(CHAT.openai, {
        'x-ratelimit-limit-tokens_usage_based': '900',
        'x-ratelimit-remaining-tokens_usage_based': '899',
        'x-ratelimit-reset-tokens_usage_based': '1h0m1s',
      }),
    ).toEqual([limit('batch_tokens', null, 900, 899, 3601)]);
  });

  it('Azure: resets without a unit are not read, and -1 is nothing', () => {
    expect(
      limits(CHAT.azure, {
        'x-ratelimit-limit-requests': '20',
        'x-ratelimit-remaining-requests': '19',
        'x-ratelimit-reset-requests': '500',
        'x-ratelimit-renewalperiod-requests': '60',
        'x-ratelimit-limit-tokens': '-1',
        'x-ratelimit-remaining-tokens': '-1',
        'x-ratelimit-reset-tokens': '7',
        'x-ratelimit-abusepenalty-active': 'False',
      }),
    ).toEqual([limit('requests', 'minute', 20, 19, null)]);
  });

  it('Anthropic: moments of full refill', () => {
    expect(
      limits(CHAT.anthropic, {
        'anthropic-ratelimit-requests-limit': '10000',
        'anthropic-ratelimit-requests-remaining': '9999',
        'anthropic-ratelimit-requests-reset': '2026-09-01T12:55:45Z',
        'anthropic-ratelimit-input-tokens-limit': '10000000',
        'anthropic-ratelimit-input-tokens-remaining': '9999000',
        'anthropic-ratelimit-input-tokens-reset': '2026-09-01T12:55:00Z',
        'anthropic-ratelimit-output-tokens-limit': '2000000',
        'anthropic-ratelimit-output-tokens-remaining': '1999000',
        'anthropic-ratelimit-output-tokens-reset': '2026-09-01T12:55:30Z',
        'anthropic-ratelimit-tokens-limit': '12000000',
        'anthropic-ratelimit-tokens-remaining': '11998000',
        'anthropic-ratelimit-tokens-reset': '2026-09-01T12:55:00Z',
        'anthropic-priority-input-tokens-limit': '5',
      }),
    ).toEqual([
      limit('requests', 'minute', 10_000, 9999, 45),
      limit('tokens', 'minute', 12_000_000, 11_998_000, 0),
      limit('input_tokens', 'minute', 10_000_000, 9_999_000, 0),
      limit('output_tokens', 'minute', 2_000_000, 1_999_000, 30),
      limit('priority_input_tokens', 'minute', 5, null, null),
    ]);
  });

  it('Anthropic subscriptions: the used share of a window, and its end in epoch seconds', () => {
    const reset = 1_787_198_400;
    expect(
      limits(CHAT.anthropic, {
        date: 'Thu, 20 Aug 2026 03:00:00 GMT',
        'anthropic-ratelimit-unified-5h-utilization': '0.25',
        'anthropic-ratelimit-unified-5h-reset': String(reset),
        'anthropic-ratelimit-unified-7d-utilization': '1.02',
      }),
    ).toEqual([
      {
        name: 'unified',
        window: '5h',
        limit: 1,
        remaining: 0.75,
        resetSeconds: reset - Date.parse('2026-08-20T03:00:00Z') / 1000,
        resetAtMs: reset * 1000,
      },
      limit('unified', '7d', 1, 0, null),
    ]);
  });

  it('Groq: requests a day, tokens a minute', () => {
    expect(
      limits(CHAT.groq, {
        'x-ratelimit-limit-requests': '14400',
        'x-ratelimit-remaining-requests': '14399',
        'x-ratelimit-reset-requests': '2m59.56s',
        'x-ratelimit-limit-tokens': '18000',
        'x-ratelimit-remaining-tokens': '17997',
        'x-ratelimit-reset-tokens': '17.399999999s',
        'x-ratelimit-limit-audio-seconds': '7200',
      }),
    ).toEqual([
      limit('requests', 'day', 14_400, 14_399, 179.56),
      limit('tokens', 'minute', 18_000, 17_997, 17.4),
      limit('audio_seconds', 'hour', 7200, null, null),
    ]);
  });

  it('Cerebras: six headers with fractions of seconds, and its other windows', () => {
    expect(
      limits(CHAT.cerebras, {
        'x-ratelimit-limit-requests-day': '14400',
        'x-ratelimit-remaining-requests-day': '14399',
        'x-ratelimit-reset-requests-day': '33011.382867',
        'x-ratelimit-limit-tokens-minute': '60000',
        'x-ratelimit-remaining-tokens-minute': '59900',
        'x-ratelimit-reset-tokens-minute': '11.38',
        'x-ratelimit-limit-tokens-hour': '1000000',
        'x-ratelimit-remaining-requests-hour': '899',
      }),
    ).toEqual([
      limit('requests', 'day', 14_400, 14_399, 33_011.383),
      limit('requests', 'hour', null, 899, null),
      limit('tokens', 'minute', 60_000, 59_900, 11.38),
      limit('tokens', 'hour', 1_000_000, null, null),
    ]);
  });

  it('Mistral: three generations', () => {
    expect(
      limits(CHAT.mistral, {
        'ratelimitbysize-limit': '500000',
        'ratelimitbysize-remaining': '499000',
        'ratelimitbysize-reset': '24',
        'ratelimitbysize-query-cost': '52',
        'x-ratelimitbysize-limit-month': '1000000000',
        'x-ratelimitbysize-remaining-month': '999999948',
      }),
    ).toEqual([
      limit('tokens', 'month', 1_000_000_000, 999_999_948, null),
      limit('tokens', 'minute', 500_000, 499_000, 24),
    ]);
    expect(
      limits(CHAT.mistral, {
        'x-ratelimitbysize-limit-minute': '500000',
        'x-ratelimitbysize-remaining-minute': '499948',
      }),
    ).toEqual([limit('tokens', 'minute', 500_000, 499_948, null)]);
    expect(
      limits(CHAT.mistral, {
        'x-ratelimit-limit-req-10-second': '60',
        'x-ratelimit-remaining-req-10-second': '59',
        'x-ratelimit-limit-tokens-month': '1000000000',
        'x-ratelimit-remaining-tokens-month': '999999948',
        'x-ratelimit-tokens-query-cost': '52',
      }),
    ).toEqual([limit('requests', '10s', 60, 59, null), limit('tokens', 'month', 1_000_000_000, 999_999_948, null)]);
    expect(
      limits(CHAT.mistral, {
        'x-ratelimit-limit-req-minute': '720',
        'x-ratelimit-remaining-req-minute': '719',
        'x-ratelimit-limit-tokens-minute': '5000000',
        'x-ratelimit-remaining-tokens-minute': '0',
      }),
    ).toEqual([limit('requests', 'minute', 720, 719, null), limit('tokens', 'minute', 5_000_000, 0, null)]);
  });

  it('xAI: no window, no reset', () => {
    expect(
      limits(CHAT.xai, {
        'x-ratelimit-limit-requests': '7200',
        'x-ratelimit-remaining-requests': '7200',
        'x-ratelimit-limit-tokens': '50000000',
        'x-ratelimit-remaining-tokens': '50000000',
      }),
    ).toEqual([limit('requests', null, 7200, 7200, null), limit('tokens', null, 50_000_000, 50_000_000, null)]);
  });

  it('Together: a second, and remainders above the limit', () => {
    expect(
      limits(CHAT.together, {
        'x-ratelimit-limit': '30',
        'x-ratelimit-remaining': '59',
        'x-ratelimit-reset': '1',
        'x-tokenlimit-limit': '8000',
        'x-tokenlimit-remaining': '7900',
        'x-ratelimit': 'false',
      }),
    ).toEqual([limit('requests', 'second', 30, 59, 1), limit('tokens', 'second', 8000, 7900, null)]);
  });

  it('Fireworks: limits a second alone', () => {
    expect(
      limits(CHAT.fireworks, {
        'x-ratelimit-limit-tokens-prompt': '60000',
        'x-ratelimit-limit-tokens-cache-adjusted-prompt': '15000',
        'x-ratelimit-limit-tokens-generated': '600',
      }).map(({ name, window, limit: value }) => [name, window, value]),
    ).toEqual([
      ['input_tokens', 'second', 60_000],
      ['uncached_input_tokens', 'second', 15_000],
      ['output_tokens', 'second', 600],
    ]);
  });

  it('OpenRouter: epoch milliseconds', () => {
    const reset = 1_791_331_200_000;
    expect(
      limits(CHAT.openrouter, {
        'x-ratelimit-limit': '50',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(reset),
      }),
    ).toEqual([
      {
        name: 'requests',
        window: null,
        limit: 50,
        remaining: 0,
        resetSeconds: (reset - NOW) / 1000,
        resetAtMs: reset,
      },
    ]);
  });

  it('Cohere trial keys: a minute and a month', () => {
    expect(
      limits(CHAT.cohere, {
        'x-trial-endpoint-call-limit': '20',
        'x-trial-endpoint-call-remaining': '19',
        'x-endpoint-monthly-call-limit': '1000',
      }),
    ).toEqual([limit('requests', 'minute', 20, 19, null), limit('requests', 'month', 1000, null, null)]);
  });

  it('Replicate and ElevenLabs: what remains, and how many run at once', () => {
    expect(limits(CHAT.replicate, { 'ratelimit-remaining': '5', 'ratelimit-reset': '30' })).toEqual([
      limit('requests', null, null, 5, 30),
    ]);
    expect(
      limits(CHAT.elevenlabs, { 'current-concurrent-requests': '2', 'maximum-concurrent-requests': '10' }),
    ).toEqual([limit('concurrent_requests', null, 10, 8, null)]);
  });

  it.each([
    ['Gemini', 'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent'],
    [
      'Vertex',
      'https://aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/m:generateContent',
    ],
    ['DeepSeek', 'https://api.deepseek.com/chat/completions'],
    ['Moonshot', 'https://api.moonshot.ai/v1/chat/completions'],
    ['Qwen', 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions'],
    ['Z.ai', 'https://api.z.ai/api/paas/v4/chat/completions'],
    ['Bedrock', 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse'],
    ['Perplexity', 'https://api.perplexity.ai/chat/completions'],
    ['NVIDIA', 'https://integrate.api.nvidia.com/v1/chat/completions'],
    ['Ollama', 'http://localhost:11434/api/chat'],
  ])('%s: none, so that a header with such a name is somebody else’s', (_name, url) => {
    expect(limits(url, { 'x-ratelimit-limit-requests': '5', 'x-ratelimit-limit': '5' })).toEqual([]);
  });

  it('that are absurd are dropped and counted', () => {
    const found = reading({
      url: CHAT.openai,
      headers: {
        'x-ratelimit-limit-requests': '9223372036854775807',
        'x-ratelimit-remaining-requests': '-5',
        'x-ratelimit-reset-requests': '-3s',
        'x-ratelimit-limit-tokens': '100',
        'x-ratelimit-remaining-tokens': 'many',
        'x-ratelimit-reset-tokens': '99999999s',
        'x-ratelimit-limit-project-tokens': '',
      },
      answer: {},
      receivedAtMs: NOW,
    });
    expect(found.rateLimits).toEqual([limit('tokens', 'minute', 100, null, null)]);
    expect(found.droppedLimits).toBe(5);
    const good = reading({ url: CHAT.openai, headers: { 'x-ratelimit-limit-requests': '5' }, answer: {} });
    expect(good).not.toHaveProperty('droppedLimits');
  });
});

describe('a reset', () => {
  it('stays relative where nobody knows the time', () => {
    expect(readReset('42', {}, null)).toEqual({ seconds: 42, atMs: null });
    expect(readReset('2026-09-01T12:55:45Z', {}, null)).toEqual({
      seconds: null,
      atMs: Date.parse('2026-09-01T12:55:45Z'),
    });
  });

  it('that a proxy repeated is said once', () => {
    expect(readReset('6m0s, 6m0s', {}, null)?.seconds).toBe(360);
  });

  it('counts from the answer’s own clock where it tells it', () => {
    const headers = { date: 'Tue, 01 Sep 2026 12:00:00 GMT' };
    expect(readReset('2026-09-01T12:01:00Z', headers, NOW)?.seconds).toBe(60);
  });

  it('may be a Go duration of any unit', () => {
    expect(goDurationSeconds('1h53m56.832s')).toBeCloseTo(6836.832, 9);
    expect(goDurationSeconds('90µs')).toBeCloseTo(9e-5, 12);
    expect(goDurationSeconds('12')).toBeNull();
    expect(goDurationSeconds('')).toBeNull();
    expect(goDurationSeconds('6m0')).toBeNull();
  });
});

describe('retry-after', () => {
  it('means nothing on an answer that was served', () => {
    expect(readRetryAfter(200, { 'retry-after': '53' }, NOW)).toBeNull();
    expect(readRetryAfter(400, { 'retry-after': '53' }, NOW)).toBeNull();
  });

  it('is seconds, milliseconds or a date', () => {
    expect(readRetryAfter(429, { 'retry-after': '53' }, NOW)).toBe(53);
    expect(readRetryAfter(503, { 'retry-after': '1.5' }, NOW)).toBe(1.5);
    expect(readRetryAfter(429, { 'retry-after': '2', 'retry-after-ms': '1250' }, NOW)).toBe(1.25);
    expect(readRetryAfter(529, { 'retry-after': 'Tue, 01 Sep 2026 12:55:30 GMT' }, NOW)).toBe(30);
    expect(readRetryAfter(429, { 'retry-after': '-1' }, NOW)).toBeNull();
    expect(readRetryAfter(429, { 'retry-after': 'soon' }, NOW)).toBeNull();
  });
});

function limit(
  name: string,
  window: string | null,
  value: number | null,
  remaining: number | null,
  resetSeconds: number | null,
): RateLimit {
  const resetAtMs = resetSeconds === null ? null : Math.round(NOW + resetSeconds * 1000);
  return { name, window, limit: value, remaining, resetSeconds, resetAtMs };
}
