import { createRequire } from 'node:module';
import { context, createContextKey, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { suppressTracing } from '@opentelemetry/core';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { UNDICI } from './clients.fixture.ts';
import { startServer } from './server.fixture.ts';
import type { TestServer } from './server.fixture.ts';
import { watch } from './watch.fixture.ts';
import type { Watch } from './watch.fixture.ts';

const WHO = createContextKey('who');
const as = (who: string): Context => ROOT_CONTEXT.setValue(WHO, who);

let server: TestServer;
let watched: Watch | null = null;

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  server = await startServer();
});
afterEach(() => {
  watched?.stop();
  watched = null;
});
afterAll(async () => {
  await server.close();
  context.disable();
});

describe('a span for the HTTP request by instrumentation-undici', () => {
  it.each(['before', 'after'])(
    'is a child of ours, which is a child of the application’s, when switched on %s us',
    async (when) => {
      const exporter = new InMemorySpanExporter();
      const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
      const tracer = provider.getTracer('test');
      const startOurs = () =>
        watch({
          hosts: [server.host],
          contextOf: (call) => trace.setSpan(call.context, tracer.startSpan('ours', {}, call.context)),
        });
      if (when === 'after') watched = startOurs();
      const http = new UndiciInstrumentation();
      http.setTracerProvider(provider);
      watched ??= startOurs();
      try {
        const application = tracer.startSpan('application');
        const answer = await context.with(trace.setSpan(ROOT_CONTEXT, application), () =>
          fetch(`${server.origin}/json`),
        );
        await answer.text();
        await watched.ended();
        trace.getSpan(watched.calls[0]!.context)!.end();
        const spans = exporter.getFinishedSpans();
        const request = spans.find((span) => span.name === 'GET')!;
        const own = spans.find((span) => span.name === 'ours')!;
        expect(request.parentSpanContext?.spanId).toBe(own.spanContext().spanId);
        expect(own.parentSpanContext?.spanId).toBe(application.spanContext().spanId);
      } finally {
        http.disable();
      }
    },
  );
});

describe('calls under suppressTracing', () => {
  it('are not seen: they are an exporter’s own', async () => {
    watched = watch({ hosts: [server.host] });
    const answer = await context.with(suppressTracing(context.active()), () => fetch(`${server.origin}/json`));
    await answer.text();
    expect(watched.calls).toEqual([]);
  });
});

describe.each(Object.entries(UNDICI))('the caller’s context with %s', (_version, undici) => {
  it.each([1, 4])('reaches each of 100 calls that wait for a Pool with %i connections', async (connections) => {
    watched = watch({ hosts: [server.host] });
    const dispatcher = new undici.Agent({ connections });
    const ids = Array.from({ length: 100 }, (_, index) => `user-${index}`);
    await Promise.all(
      ids.map((id, index) =>
        context.with(as(id), async () => {
          const url = `${server.origin}/json?who=${id}`;
          if (index % 2 === 0) await (await undici.fetch(url, { dispatcher })).arrayBuffer();
          else await (await undici.request(url, { method: 'POST', body: '{}', dispatcher })).body.arrayBuffer();
        }),
      ),
    );
    await watched.ended();
    expect(watched.calls).toHaveLength(100);
    expect(watched.calls.map(({ start }) => start.context.getValue(WHO))).toEqual(
      watched.calls.map(({ start }) => start.url.searchParams.get('who')),
    );
    await dispatcher.close();
  });
});

describe('a copy of undici that was bundled into the application', () => {
  const { cache } = createRequire(import.meta.url);
  const files = Object.entries(cache).filter(([path]) => /dispatcher-base\.js$/.test(path));

  beforeAll(() => {
    expect(files.length).toBe(4);
    for (const [path] of files) delete cache[path];
  });
  afterAll(() => {
    for (const [path, module] of files) cache[path] = module;
  });

  it.each(Object.entries(UNDICI))('still finds the caller of request() with %s', async (_version, undici) => {
    watched = watch({ hosts: [server.host] });
    const dispatcher = new undici.Agent({ connections: 2 });
    const ids = Array.from({ length: 20 }, (_, index) => `user-${index}`);
    await Promise.all(
      ids.map((id) =>
        context.with(as(id), async () => {
          const { body } = await undici.request(`${server.origin}/json?who=${id}`, { method: 'GET', dispatcher });
          await body.arrayBuffer();
        }),
      ),
    );
    await watched.ended();
    expect(watched.calls.map(({ start }) => start.context.getValue(WHO))).toEqual(ids);
    await dispatcher.close();
  });
});

describe.each(Object.entries(UNDICI).filter(([, undici]) => undici.RetryAgent !== undefined))(
  'the caller’s context with retries by %s',
  (version, undici) => {
    const retrying = {
      RetryAgent: () => new undici.RetryAgent!(new undici.Agent({ connections: 2 }), { minTimeout: 1, maxRetries: 4 }),
      'a composed interceptor': () =>
        new undici.Agent({ connections: 2 }).compose(undici.interceptors!.retry({ minTimeout: 1, maxRetries: 4 })),
    };

    it.each(Object.entries(retrying))(
      'reaches each attempt by %s, and each attempt ends once',
      async (name, create) => {
        watched = watch({ hosts: [server.host] });
        const dispatcher = create();
        const ids = Array.from({ length: 20 }, (_, index) => `${version}-${name}-${index}`);
        await Promise.all(
          ids.map((id, index) =>
            context.with(as(id), async () => {
              const url = `${server.origin}/flaky?who=${encodeURIComponent(id)}`;
              if (index % 2 === 0) {
                await (await undici.fetch(url, { dispatcher })).arrayBuffer();
              } else {
                await (await undici.request(url, { method: 'GET', dispatcher })).body.arrayBuffer();
              }
            }),
          ),
        );
        await watched.ended();
        expect(watched.calls).toHaveLength(60);
        expect(watched.calls.map(({ ends }) => ends)).toEqual(watched.calls.map(() => 1));
        expect(watched.calls.map(({ start }) => start.context.getValue(WHO))).toEqual(
          watched.calls.map(({ start }) => start.url.searchParams.get('who')),
        );
        const statuses = watched.calls.map(({ exchange }) => exchange!.response!.status);
        expect(statuses.filter((status) => status === 503)).toHaveLength(40);
        expect(statuses.filter((status) => status === 200)).toHaveLength(20);
      },
    );
  },
);
