import { diag, DiagLogLevel } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { UsageRecord } from '@wiretally/usage';
import { WiretallyInstrumentation } from '@wiretally/instrumentation';
import type { WiretallyInstrumentationConfig } from '@wiretally/instrumentation';
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

function instrument(records: UsageRecord[], config: WiretallyInstrumentationConfig = {}): WiretallyInstrumentation {
  const instance = new WiretallyInstrumentation({
    ...config,
    hosts: { [server.host]: 'openai' },
    sink: (record) => void records.push(record),
  });
  instances.push(instance);
  return instance;
}

function memoryMeters() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const read = async () => {
    await reader.forceFlush();
    return exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  };
  return { provider, read };
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

  it('tells a redaction that fails once, by its kind: its message may repeat what was said', async () => {
    const lines: string[] = [];
    const log = (message: string, ...more: unknown[]) => void lines.push([message, ...more].map(String).join(' '));
    diag.setLogger({ error: log, warn: log, info: log, debug: log, verbose: log }, { logLevel: DiagLogLevel.WARN });
    const meters = memoryMeters();
    const records: UsageRecord[] = [];
    const instance = instrument(records, {
      captureMessageContent: 'EVENT_ONLY',
      redactContent: () => {
        throw new RangeError('a private prompt');
      },
    });
    instance.setMeterProvider(meters.provider);
    for (let count = 0; count < 3; count += 1) await call();
    diag.disable();
    expect(records).toHaveLength(3);
    expect(lines.filter((line) => line.includes('redaction'))).toEqual([expect.stringContaining('RangeError')]);
    expect(lines.join()).not.toContain('private');
    const errors = (await meters.read()).find(({ descriptor }) => descriptor.name === 'wiretally.capture.errors');
    expect(errors?.dataPoints).toMatchObject([{ value: 3, attributes: { 'wiretally.reason': 'redaction' } }]);
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
