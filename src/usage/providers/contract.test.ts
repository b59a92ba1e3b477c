/** What holds for every provider. */
import { readdirSync } from 'node:fs';
import { anything, assert, constantFrom, nat, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExchange } from '../read.ts';
import { wholeBody } from '../exchange.ts';
import type { BodyView, Exchange } from '../exchange.ts';
import { createHostMap } from '../hosts.ts';
import { awsEvent, joined, sse } from '../reader/exchange.fixture.ts';
import type { Reading } from '../record.ts';
import { providers } from './index.ts';
import type { Provider } from './provider.ts';

it('every provider has a file of its own, and every file is in the list', async () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /^(?!index\.|provider\.)[\w-]+\.ts$/.test(name));
  const exported = await Promise.all(
    files.map(async (name) => Object.values((await import(`./${name}`)) as Record<string, unknown>).filter(isProvider)),
  );
  expect(exported.map((found) => found.length)).toEqual(files.map(() => 1));
  expect(new Set(exported.flat())).toEqual(new Set(providers));
});

function isProvider(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'route' in value && 'read' in value;
}

/** A path of every kind, so that each provider meets those that it serves. */
const PATHS = [
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/messages',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/images/generations',
  '/v1/audio/speech',
  '/v1/audio/transcriptions',
  '/v1/videos',
  '/v1/batches',
  '/v1/files/file-1/content',
  '/v1/realtime',
  '/v1/rerank',
  '/v2/chat',
  '/v2/embed',
  '/v1beta/models/gemini-2.5-flash:generateContent',
  '/v1beta/models/gemini-2.5-flash:streamGenerateContent',
  '/v1beta/models/imagen-4.0:predict',
  '/v1beta/models/veo-3.0:predictLongRunning',
  '/v1beta/interactions',
  '/v1/text:synthesize',
  '/model/anthropic.claude/converse',
  '/model/anthropic.claude/invoke-with-response-stream',
  '/api/chat',
  '/v1/ocr',
  '/v1/conversations',
  '/v1/listen',
  '/v1/speak',
  '/v1/text-to-speech/voice',
  '/v1/speech-to-text',
  '/v1/predictions',
  '/v1/t2a_v2',
  '/search',
];

function exchange(provider: Provider, path: string, body: BodyView | null, status = 200): { it: Exchange; url: URL } {
  const host = (provider.hosts[0] ?? 'llm.internal').replace('*', 'x').split('/')[0] ?? 'llm.internal';
  const url = new URL(`https://${host}${path}`);
  return {
    it: {
      request: { method: 'POST', url: url.href, headers: {}, body: wholeBody('{"model":"m","stream":true}') },
      response: { status, headers: {}, body },
    },
    url,
  };
}

function check(found: Reading, provider: Provider): void {
  expect(found.provider).toBe(provider.name);
  for (const count of Object.values(found.tokens))
    expect(count === null || (Number.isSafeInteger(count) && (count as number) >= 0)).toBe(true);
  for (const quantity of Object.values(found.units)) expect(Number.isFinite(quantity) && quantity >= 0).toBe(true);
  expect(found.usageMissingReason === null).toBe(found.usageSource !== 'missing');
  expect(found.errorType === null).toBe(found.errorClass === null);
  expect(found.usageMissingReason).not.toBe('reader-failed');
}

describe('providers', () => {
  it('have names of their own', () => {
    for (const key of ['name', 'shortName', 'displayName'] as const)
      expect(new Set(providers.map((provider) => provider[key])).size).toBe(providers.length);
  });

  it('are each found under their hosts, and no host has two', () => {
    const hosts = createHostMap();
    for (const provider of providers) {
      for (const pattern of provider.hosts) {
        expect(pattern).toBe(pattern.toLowerCase());
        const [host = '', ...path] = pattern.replaceAll('*', 'x1').split('/');
        expect(hosts.lookup(host)?.provider(`/${path.join('/')}`)).toBe(provider);
      }
    }
    const all = providers.flatMap((provider) => provider.hosts);
    expect(new Set(all).size).toBe(all.length);
  });

  it('tell what the report says of them', () => {
    for (const { report } of providers) {
      expect(report.note.length).toBeGreaterThan(10);
      expect(report.link === null || URL.canParse(report.link)).toBe(true);
    }
  });
});

describe.each(providers.map((provider) => [provider.shortName, provider] as const))('%s', (_name, provider) => {
  it('states nothing where nothing was stated', () => {
    for (const path of PATHS) {
      for (const body of ['{}', '{"usage":null}', '{"usage":{}}', '{"usageMetadata":{}}', '[]', 'null', '']) {
        const { it: told, url } = exchange(provider, path, wholeBody(body));
        const found = provider.read(told, url);
        check(found, provider);
        expect(Object.values(found.tokens).filter((count) => count !== null)).toEqual([]);
      }
    }
  });

  it('drops counts that are none', () => {
    for (const bad of ['-1', '1.5', '1e300', '"12"', 'true', '[1]', '9007199254740993', '{"x":1}']) {
      const usage = `{"prompt_tokens":${bad},"input_tokens":${bad},"output_tokens":${bad},"completion_tokens":${bad},
        "total_tokens":${bad},"inputTokens":${bad},"outputTokens":${bad},"cache_read_input_tokens":${bad},
        "prompt_tokens_details":{"cached_tokens":${bad}},"promptTokenCount":${bad},"totalTokenCount":${bad}}`;
      for (const path of PATHS) {
        const { it: told, url } = exchange(provider, path, wholeBody(`{"usage":${usage},"usageMetadata":${usage}}`));
        const found = provider.read(told, url);
        check(found, provider);
        expect(Object.values(found.tokens).filter((count) => count !== null)).toEqual([]);
      }
    }
  });

  it('reads failures without an answer', () => {
    const { it: told, url } = exchange(provider, '/v1/chat/completions', null);
    for (const failure of ['aborted', 'timeout', 'connection'] as const) {
      const found = provider.read({ ...told, response: null, failure: { class: failure, code: null } }, url);
      check(found, provider);
      expect(found).toMatchObject({ status: null, errorType: failure, errorClass: failure, usageSource: 'missing' });
    }
  });

  it('gives every refusal a class', () => {
    for (const status of [400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529]) {
      const { it: told, url } = exchange(provider, '/v1/chat/completions', wholeBody('{"error":"no"}'), status);
      const found = provider.read(told, url);
      check(found, provider);
      expect(found.errorType).not.toBeNull();
    }
  });

  it('survives any bytes', () => {
    assert(
      property(
        constantFrom(...PATHS),
        uint8Array({ maxLength: 300 }),
        constantFrom(200, 429),
        (path, bytes, status) => {
          const { it: told, url } = exchange(provider, path, wholeBody(bytes), status);
          check(provider.read(told, url), provider);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('survives any JSON under the keys that it looks at', () => {
    const keys = [
      'usage',
      'choices',
      'error',
      'candidates',
      'usageMetadata',
      'metadata',
      'meta',
      'message',
      'response',
    ];
    assert(
      property(constantFrom(...PATHS), constantFrom(...keys), anything(), anything(), (path, key, value, inner) => {
        const body = JSON.stringify(
          { [key]: value, data: inner, delta: value, output: [value], type: inner },
          replacer,
        );
        for (const text of [body, sse(body, body), `[${body},${body}]`]) {
          const { it: told, url } = exchange(provider, path, wholeBody(text));
          check(provider.read(told, url), provider);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('survives answers that are cut at every byte', () => {
    const events = sse(
      { id: 'ünï', model: 'm', choices: [{ index: 0, delta: { content: '…👋' }, finish_reason: 'stop' }] },
      { type: 'message_delta', usage: { input_tokens: 1, output_tokens: 2 }, delta: { stop_reason: 'end_turn' } },
    );
    const frames = joined(
      awsEvent('messageStop', { stopReason: 'x' }),
      awsEvent('metadata', { usage: { inputTokens: 1 } }),
    );
    for (const bytes of [new TextEncoder().encode(events), frames]) {
      for (let cut = 0; cut < bytes.length; cut += 3) {
        const { it: told, url } = exchange(provider, '/v1/chat/completions', wholeBody(bytes.subarray(0, cut), false));
        check(provider.read(told, url), provider);
      }
    }
  });
});

it('an exchange with nobody’s host, or without a URL, is nobody’s', () => {
  const request = { method: 'POST', headers: {}, body: null };
  expect(
    readExchange({ request: { ...request, url: 'https://example.com/v1/chat/completions' }, response: null }),
  ).toBeNull();
  expect(readExchange({ request: { ...request, url: 'not a url' }, response: null })).toBeNull();
});

it('nesting of a hundred thousand levels neither throws nor is read', () => {
  const deep = `{"usage":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`;
  assert(
    property(constantFrom(...providers), nat(deep.length), (provider, cut) => {
      for (const body of [wholeBody(deep), wholeBody(deep.slice(0, cut), false)]) {
        const { it: told, url } = exchange(provider, '/v1/chat/completions', body);
        check(provider.read(told, url), provider);
      }
    }),
    { numRuns: 5 },
  );
});

function replacer(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' || typeof value === 'symbol' ? null : value;
}
