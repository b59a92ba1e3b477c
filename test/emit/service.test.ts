import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCollector, startProvider } from './collector.fixture.ts';
import type { Collector, FakeProvider } from './collector.fixture.ts';
import { OWN_SDK, REGISTER, startService } from './service.fixture.ts';

let collector: Collector;
let provider: FakeProvider;
let spool: string;
let environment: Record<string, string>;

beforeEach(async () => {
  [collector, provider] = await Promise.all([startCollector(), startProvider()]);
  spool = mkdtempSync(join(tmpdir(), 'wiretally-test-'));
  environment = {
    APP_PROVIDER: provider.url,
    WIRETALLY_HOSTS: `${provider.host}=openai`,
    WIRETALLY_SPOOL_DIR: spool,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_SERVICE_NAME: 'shop',
  };
});
afterEach(async () => {
  await Promise.all([collector.close(), provider.close()]);
  rmSync(spool, { recursive: true, force: true });
});

const spoolFiles = (): string[] =>
  readdirSync(spool, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
const spooled = (): string[] =>
  readdirSync(spool, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .flatMap((text) => text.split('\n').filter((line) => line !== ''));

/** A process that makes no calls, only delivers. */
const next = () => startService('nothing', environment).ended;

describe('a short script', () => {
  test('has delivered its records, spans and metrics when it ends, and ends as it would have', async () => {
    const { code, stderr } = await startService('end', environment).ended;
    expect(code).toBe(0);
    expect(collector.records).toHaveLength(3);
    expect(collector.records[0]).toMatchObject({
      'event.name': 'wiretally.call',
      'gen_ai.provider.name': 'openai',
      'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
      'gen_ai.usage.input_tokens': '100',
      'wiretally.cost.usd': '0.000027',
    });
    expect(collector.services).toContain('shop');
    expect([...collector.metrics]).toEqual(expect.arrayContaining(['wiretally.calls', 'wiretally.capture.seen']));
    expect(spoolFiles()).toEqual([]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(
      /^wiretally \S+: watching .* in "shop"; spans to http.*, metrics to http.*; ledger records to http/,
    );
  });

  test('of CommonJS is seen as well', async () => {
    await startService('end', environment, { commonJs: true }).ended;
    expect(collector.records).toHaveLength(1);
  });

  test('has HTTP spans as children of the calls, and sends providers no header of ours', async () => {
    await startService('end', environment).ended;
    const calls = collector.spans.filter(({ name }) => name === 'chat gpt-4o-mini');
    const http = collector.spans.filter(({ name }) => name === 'POST');
    expect(calls).toHaveLength(3);
    expect(new Set(http.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set(calls.map(({ spanId }) => spanId)));
    expect(http).toHaveLength(3);
    for (const headers of provider.requests) {
      expect(Object.keys(headers).filter((name) => /traceparent|tracestate|baggage/.test(name))).toEqual([]);
    }
  });

  test('whose host is no AI provider’s is left alone: no span, no record, no header', async () => {
    await startService('end', { ...environment, WIRETALLY_HOSTS: '' }).ended;
    expect(provider.requests).toHaveLength(3);
    for (const headers of provider.requests) expect(headers).not.toHaveProperty('traceparent');
    expect([collector.records, collector.spans]).toEqual([[], []]);
  });

  test('does not wait for a collector that is not there', async () => {
    await collector.close();
    const { code, stderr } = await startService('end', environment).ended;
    expect([code, stderr.trim().split('\n').length]).toEqual([0, 1]);
    expect(spooled()).toHaveLength(3);
  });

  test('with the worker thread that it started is seen, and says its line once', async () => {
    const { code, stderr } = await startService('worker', environment).ended;
    expect([code, stderr.trim().split('\n').length]).toEqual([0, 1]);
    expect(collector.records).toHaveLength(3);
  });
});

describe('an application with an SDK of its own', () => {
  test('takes the class into its list: all three signals are there, and nothing is said', async () => {
    const { code, stderr } = await startService('own-sdk', environment, { imports: [] }).ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(collector.records).toHaveLength(3);
    expect(collector.records[0]?.['gen_ai.usage.input_tokens']).toBe('100');
    expect(collector.services).toContain('shop');
    expect(collector.spans.map(({ name }) => name)).toContain('chat gpt-4o-mini');
    expect([...collector.metrics]).toEqual(expect.arrayContaining(['wiretally.calls', 'wiretally.capture.seen']));
  });

  test('that preloads it before register keeps it', async () => {
    const { code, stderr } = await startService('end', environment, { imports: [OWN_SDK, REGISTER] }).ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/through the application's OpenTelemetry SDK/);
    expect(collector.records).toHaveLength(3);
    expect(collector.spans.map(({ name }) => name)).toContain('chat gpt-4o-mini');
  });
});

describe('the caller', () => {
  test('set around a call is on its record, with 200 at once', async () => {
    await startService('users', { ...environment, APP_CALLS: '1' }).ended;
    expect(collector.records).toHaveLength(200);
    for (const record of collector.records) {
      const n = Number(String(record['gen_ai.request.model']).slice('model-'.length));
      expect(record).toMatchObject({ 'user.id': `user-${n}`, 'session.id': `session-${n % 7}` });
      expect(JSON.parse(String(record['wiretally.tags']))).toEqual({ team: `team-${n % 3}` });
    }
  });
});

describe('what was said', () => {
  const said = (): string[] => [
    JSON.stringify(collector.spans),
    JSON.stringify(collector.events),
    JSON.stringify(collector.records),
    spooled().join(''),
  ];
  const found = (): boolean[] => said().map((text) => text.includes('a private prompt'));

  test('leaves the process on spans and events only where the standard variable asks, which is told', async () => {
    await startService('end', environment).ended;
    expect(found()).toEqual([false, false, false, false]);
    const asked = { ...environment, OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_AND_EVENT' };
    const { stderr } = await startService('end', asked).ended;
    expect(found()).toEqual([true, true, false, false]);
    expect(stderr).toContain('prompts and answers go on spans and events');
    expect(collector.events.map(({ name }) => name)).toContain('gen_ai.client.inference.operation.details');
    expect(collector.records).toHaveLength(6);
  });

  test('is not in the spool, where the records wait', async () => {
    collector.up = false;
    const asked = { ...environment, OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_AND_EVENT' };
    const killed = startService('wait', asked);
    await killed.said('called');
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(spooled()).toHaveLength(3);
    expect(found()[3]).toBe(false);
  });

  test('passes the module that WIRETALLY_CONTENT_REDACTION names, and stays here where there is none', async () => {
    const asked = { ...environment, OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' };
    const module = fileURLToPath(new URL('redaction.fixture.ts', import.meta.url));
    const redacted = await startService('end', { ...asked, WIRETALLY_CONTENT_REDACTION: module }).ended;
    expect(redacted.stderr).toContain('prompts and answers go on spans, after your redaction');
    expect(found()[0]).toBe(false);
    expect(said()[0]).toContain('a [redacted] prompt');
    const broken = await startService('end', { ...asked, WIRETALLY_CONTENT_REDACTION: './none.mjs' }).ended;
    expect(broken.stderr).toContain('WIRETALLY_CONTENT_REDACTION=./none.mjs was not loaded');
    expect(found()[0]).toBe(false);
    expect(collector.records).toHaveLength(6);
  });
});

describe('a stream', () => {
  test('gives the time from chunk to chunk', async () => {
    await startService('stream', environment).ended;
    expect([...collector.metrics]).toContain('gen_ai.client.inference.time_per_output_chunk');
  });
});

describe('a call recorded in code', () => {
  test('is delivered by forceFlush before process.exit', async () => {
    const { code, stdout } = await startService('code', { ...environment, WIRETALLY_SPOOL: 'off' }).ended;
    expect(code).toBe(0);
    expect(collector.records).toMatchObject([
      { 'wiretally.record.source': 'code', 'session.id': 's-1', 'wiretally.usage.units': '{"images":2}' },
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ requests: 1, requestsWithoutCost: 0 });
  });
});

describe('the spool', () => {
  test('holds the records of a service that was killed, and the next process delivers them', async () => {
    collector.up = false;
    const killed = startService('wait', environment);
    await killed.said('called');
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(spooled()).toHaveLength(3);
    expect(spooled().join('')).not.toMatch(/private prompt|sk-secret/);

    collector.up = true;
    const { code } = await next();
    expect(code).toBe(0);
    expect(new Set(collector.records.map((record) => record['wiretally.record.id'])).size).toBe(3);
    expect(spooled()).toEqual([]);
  });

  test('holds what process.exit() left no time for; the exit code stays', async () => {
    const { code } = await startService('exit', environment).ended;
    expect(code).toBe(7);
    await next();
    expect(new Set(collector.records.map((record) => record['wiretally.record.id'])).size).toBe(3);
    expect(spooled()).toEqual([]);
  });

  test('holds what an uncaught exception left no time for; code and message stay', async () => {
    const { code, stderr } = await startService('throw', environment).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('Error: uncaught');
    await next();
    expect(new Set(collector.records.map((record) => record['wiretally.record.id'])).size).toBe(3);
  });

  test('is delivered once each by processes that start at the same time', async () => {
    collector.up = false;
    const killed = startService('wait', { ...environment, APP_CALLS: '10' });
    await killed.said('called');
    killed.child.kill('SIGKILL');
    await killed.ended;
    collector.up = true;
    await Promise.all([next(), next(), next()]);
    const ids = collector.records.map((record) => record['wiretally.record.id']);
    expect([ids.length, new Set(ids).size]).toEqual([10, 10]);
  });

  test('is not there where it is off: the same kill loses the records', async () => {
    collector.up = false;
    const killed = startService('wait', { ...environment, WIRETALLY_SPOOL: 'off' });
    await killed.said('called');
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(spooled()).toEqual([]);
  });
});

describe('a signal', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends the service as before, after its records have left',
    async (signal) => {
      const service = startService('wait', { ...environment, WIRETALLY_SPOOL: 'off' });
      await service.said('called');
      service.child.kill(signal);
      expect(await service.ended).toMatchObject({ code: null, signal });
      expect(collector.records).toHaveLength(3);
      expect([...collector.metrics]).toContain('wiretally.calls');
    },
  );

  test('that the service handles itself is left to it', async () => {
    const service = startService('own-handler', { ...environment, WIRETALLY_SPOOL: 'off' });
    await service.said('called');
    service.child.kill('SIGTERM');
    const ended = await service.ended;
    expect([ended.code, ended.signal]).toEqual([3, null]);
    expect(ended.stdout).toContain('closed by itself');
    expect(collector.records).toHaveLength(3);
  });

  test('does not make us forget the calls that the service still makes while it ends by itself', async () => {
    const service = startService('work-after-signal', environment);
    await service.said('called');
    service.child.kill('SIGTERM');
    expect(await service.ended).toMatchObject({ code: 0, signal: null });
    expect(collector.records).toHaveLength(6);
    expect(collector.spans.filter(({ name }) => name === 'chat gpt-4o-mini')).toHaveLength(6);
  });

  test('is not lost between us and the signal-exit package', async () => {
    const service = startService('signal-exit', environment);
    await service.said('called');
    service.child.kill('SIGTERM');
    const ended = await service.ended;
    expect(ended.signal).toBe('SIGTERM');
    expect(ended.stdout).toContain('cleaned up');
    expect(collector.records).toHaveLength(3);
  });
});

describe('switched off', () => {
  test.each([{ WIRETALLY_DISABLED: '1' }, { OTEL_SDK_DISABLED: 'true' }])('by %o nothing is recorded', async (off) => {
    const { code } = await startService('end', { ...environment, ...off }).ended;
    expect(code).toBe(0);
    expect([collector.records, collector.spans, [...collector.metrics]]).toEqual([[], [], []]);
  });

  test('by WIRETALLY_DISABLED it says nothing', async () => {
    const { stderr } = await startService('end', { ...environment, WIRETALLY_DISABLED: 'true' }).ended;
    expect(stderr).toBe('');
  });

  test('signals that OTEL_* turn off are off, the ledger is not', async () => {
    const off = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };
    const { stderr } = await startService('end', { ...environment, ...off }).ended;
    expect(stderr).toMatch(/spans off, metrics off; ledger records to/);
    expect([collector.spans.length, collector.metrics.size, collector.records.length]).toEqual([0, 0, 3]);
  });

  test('WIRETALLY_LEDGER=sdk sends records with the logs of the SDK instead', async () => {
    const elsewhere = { WIRETALLY_LEDGER: 'sdk', WIRETALLY_LEDGER_ENDPOINT: 'http://127.0.0.1:1' };
    const { stderr } = await startService('end', { ...environment, ...elsewhere }).ended;
    expect(stderr).toMatch(/ledger records go through the SDK's logs/);
    expect(collector.records).toHaveLength(3);
    expect(collector.records[0]).toMatchObject({ 'event.name': 'wiretally.call', 'gen_ai.usage.input_tokens': 100 });
  });

  test('an endpoint that is no URL is told, and the service runs', async () => {
    const { code, stderr } = await startService('end', { ...environment, WIRETALLY_LEDGER_ENDPOINT: 'nonsense' }).ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/WIRETALLY_LEDGER_ENDPOINT is not an http\(s\) URL/);
    expect(provider.requests).toHaveLength(3);
  });
});
