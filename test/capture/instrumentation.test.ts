import type { UsageRecord } from '@wiretally/usage';
import { WiretallyInstrumentation } from '@wiretally/instrumentation';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startServer, USAGE } from './server.fixture.ts';
import type { TestServer } from './server.fixture.ts';

let server: TestServer;
const instances: WiretallyInstrumentation[] = [];

beforeAll(async () => {
  server = await startServer();
});
afterEach(() => {
  for (const instance of instances.splice(0)) instance.disable();
  vi.unstubAllEnvs();
});
afterAll(() => server.close());

function instrument(records: UsageRecord[], enabled = true): WiretallyInstrumentation {
  const instance = new WiretallyInstrumentation({
    enabled,
    hosts: { [server.host]: 'openai' },
    sink: (record) => void records.push(record),
  });
  instances.push(instance);
  return instance;
}

async function call(): Promise<void> {
  const answer = await fetch(`${server.origin}/v1/chat/completions`, { method: 'POST', body: '{"model":"m"}' });
  expect(await answer.text()).toBe(USAGE);
}

describe('WiretallyInstrumentation', () => {
  it('sees calls from its creation until it is disabled, and again when it is enabled', async () => {
    const records: UsageRecord[] = [];
    const instance = instrument(records);
    await call();
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ provider: 'openai', status: 200, host: '127.0.0.1', source: 'wire' });
    instance.disable();
    await call();
    expect(records).toHaveLength(1);
    instance.enable();
    instance.enable();
    await call();
    expect(records).toHaveLength(2);
  });

  it('counts a call once where there are two of them, and the second takes over from the first', async () => {
    const first: UsageRecord[] = [];
    const second: UsageRecord[] = [];
    const instance = instrument(first);
    instrument(second);
    await call();
    expect([first.length, second.length]).toEqual([1, 0]);
    instance.disable();
    await call();
    expect([first.length, second.length]).toEqual([1, 1]);
  });

  it('leaves a denied host alone, known or not', async () => {
    vi.stubEnv('WIRETALLY_DENY_HOSTS', server.host);
    const records: UsageRecord[] = [];
    instrument(records);
    await call();
    expect(records).toEqual([]);
  });

  it('does nothing where it is disabled by the environment', async () => {
    vi.stubEnv('WIRETALLY_DISABLED', 'true');
    const records: UsageRecord[] = [];
    instrument(records);
    await call();
    expect(records).toEqual([]);
  });

  it('starts, and says so, when a host is mapped to a provider that does not exist', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    vi.stubEnv('WIRETALLY_HOSTS', 'llm.internal=nobody');
    const records: UsageRecord[] = [];
    instrument(records);
    expect((await warned).message).toContain('llm.internal=nobody');
    await call();
    expect(records).toHaveLength(1);
  });
});
