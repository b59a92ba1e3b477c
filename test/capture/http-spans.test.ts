/** Beside the official instrumentation of `node:http`, and one that wraps an SDK: whose span is whose parent. */
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import type * as http from 'node:http';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { createHostMap } from '@wiretally/usage';
import type { UsageRecord } from '@wiretally/usage';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Capture } from '../../src/instrumentation/capture/capture.ts';
import type { Undo } from '../../src/instrumentation/capture/claim.ts';
import { enableTransports } from '../../src/instrumentation/capture/transports.ts';
import { createCallObserver } from '../../src/instrumentation/emit/observer.ts';
import { startServer } from './server.fixture.ts';
import type { TestServer } from './server.fixture.ts';

let server: TestServer;
let stop: Undo | undefined;
let others: HttpInstrumentation;
const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const tracer = provider.getTracer('test');
let records: UsageRecord[];

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  server = await startServer();
  // The server of this test is of the same module.
  others = new HttpInstrumentation({ disableIncomingRequestInstrumentation: true });
  others.setTracerProvider(provider);
});
afterEach(() => {
  stop?.();
  exporter.reset();
});
afterAll(async () => {
  others.disable();
  await server.close();
  context.disable();
});

function observe(): void {
  records = [];
  const map = createHostMap({ hosts: { [server.host]: 'openai' } });
  const observer = createCallObserver({
    tracer,
    meter: new MeterProvider().getMeter('test'),
    hosts: map,
    sink: (record) => records.push(record),
  });
  stop = enableTransports(new Capture({ hosts: map, observer }));
}

/** As libraries do it: the request is made, and written when it is there. */
async function post(): Promise<void> {
  const { request } = createRequire(import.meta.url)('node:http') as typeof http;
  await new Promise<void>((resolve, reject) => {
    const made = request(`${server.origin}/v1/chat/completions`, { method: 'POST' }, (response) => {
      text(response).then(() => resolve(), reject);
    });
    made.on('error', reject);
    made.end('{"model":"gpt-4o-mini","messages":[]}');
  });
  await expect.poll(() => [records.length, named(/^POST/) === undefined]).toEqual([1, false]);
}

const named = (pattern: RegExp) => exporter.getFinishedSpans().find(({ name }) => pattern.test(name));

describe('with instrumentation-http', () => {
  it('our span is a child of the application’s, beside that of the request', async () => {
    observe();
    const application = tracer.startSpan('application');
    await context.with(trace.setSpan(ROOT_CONTEXT, application), post);
    const own = named(/^chat/);
    expect(named(/^POST/)?.parentSpanContext?.spanId).toBe(application.spanContext().spanId);
    expect(own?.parentSpanContext?.spanId).toBe(application.spanContext().spanId);
    expect(records[0]?.spanId).toBe(own?.spanContext().spanId);
  });

  it('an inference span of another instrumentation is found behind the request’s, and enriched', async () => {
    observe();
    const theirs = tracer.startSpan('chat', { attributes: { 'gen_ai.operation.name': 'chat' } });
    await context.with(trace.setSpan(ROOT_CONTEXT, theirs), post);
    theirs.end();
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['POST', 'chat']);
    expect(named(/^chat$/)?.attributes).toMatchObject({ 'gen_ai.request.model': 'gpt-4o-mini' });
    expect(records[0]?.spanId).toBe(theirs.spanContext().spanId);
  });

  it('our span is a child of the request’s where nothing is around it', async () => {
    observe();
    await context.with(ROOT_CONTEXT, post);
    expect(named(/^chat/)?.parentSpanContext?.spanId).toBe(named(/^POST/)?.spanContext().spanId);
  });
});
