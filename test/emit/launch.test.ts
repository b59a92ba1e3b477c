/** The recipes of docs/recipes.md that need nothing but Node; the others are tried by `npm run recipes`. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCollector, startProvider } from './collector.fixture.ts';
import type { Collector, FakeProvider } from './collector.fixture.ts';
import { startLambda } from './lambda.fixture.ts';
import { REGISTER, startService } from './service.fixture.ts';

let collector: Collector;
let provider: FakeProvider;
let spool: string;
let environment: Record<string, string>;

beforeEach(async () => {
  [collector, provider] = await Promise.all([startCollector(), startProvider()]);
  spool = mkdtempSync(join(tmpdir(), 'wiretally-test-'));
  environment = {
    APP_PROVIDER: provider.url,
    APP_CALLS: '1',
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

const NODE_OPTIONS = `--conditions=wiretally-source --import ${REGISTER}`;
const ids = (): number => new Set(collector.records.map((record) => record['wiretally.record.id'])).size;
const calls = (): number => collector.spans.filter(({ name }) => name === 'chat gpt-4o-mini').length;
const spooled = (): string[] =>
  readdirSync(spool, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n'))
    .filter((line) => line !== '');

describe('a container', () => {
  test('whose NODE_OPTIONS import register is seen, with all processes that it starts', async () => {
    const { code } = await startService('children', { ...environment, NODE_OPTIONS }, { imports: [] }).ended;
    expect(code).toBe(0);
    expect([provider.requests.length, collector.records.length, ids(), calls()]).toEqual([2, 2, 2, 2]);
  });
});

describe('a process with --import', () => {
  test('hands it to the workers of a cluster', async () => {
    const { code } = await startService('cluster', environment).ended;
    expect(code).toBe(0);
    expect([provider.requests.length, collector.records.length, ids(), calls()]).toEqual([2, 2, 2, 2]);
  });

  test('hands it to what it forks, and not to what it spawns', async () => {
    const { code } = await startService('children', environment).ended;
    expect(code).toBe(0);
    expect([provider.requests.length, collector.records.length]).toEqual([2, 1]);
  });
});

describe('an AWS Lambda function', () => {
  const ask = `
    const answer = await fetch(process.env.APP_PROVIDER + '/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: event.question }] }),
    });
    const { choices } = await answer.json();`;

  test('that flushes before it answers has sent everything when it is frozen, and loses nothing when it ends', async () => {
    const handler = `
      import { forceFlush } from '@wiretally/instrumentation';
      export async function handler(event) {
        try { ${ask} return choices[0].message.content; } finally { await forceFlush(); }
      }`;
    const lambda = await startLambda(handler, environment);
    try {
      for (const invocation of [1, 2]) {
        expect(await lambda.invoke({ question: 'why?' })).toBe('ok');
        expect([collector.records.length, ids(), calls()]).toEqual([invocation, invocation, invocation]);
        expect([...collector.metrics]).toContain('wiretally.calls');
      }
    } finally {
      await lambda.close();
    }
    expect(spooled()).toEqual([]);
  });

  test('that does not flush has its span still with it when it is frozen, and its record at least on disk', async () => {
    const lambda = await startLambda(`export async function handler(event) { ${ask} return 'ok'; }`, environment);
    try {
      await lambda.invoke({ question: 'why?' });
      expect(calls()).toBe(0);
      expect(collector.records.length + spooled().length).toBe(1);
    } finally {
      await lambda.close();
    }
  });
});
