/** A collector in memory that takes all three signals as OTLP/JSON, and a provider that answers chat completions. */
import { createServer } from 'node:http';
import type { RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
export interface CollectedSpan {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes?: readonly Attribute[];
}
/** A log record that is none of the ledger's. */
export interface CollectedEvent {
  readonly name: string;
  readonly attributes: Record<string, unknown>;
}
interface Envelope {
  readonly resourceLogs?: readonly {
    readonly resource?: { readonly attributes?: readonly Attribute[] };
    readonly scopeLogs: readonly {
      readonly logRecords: readonly { readonly eventName?: string; readonly attributes: readonly Attribute[] }[];
    }[];
  }[];
  readonly resourceSpans?: readonly { readonly scopeSpans: readonly { readonly spans: readonly CollectedSpan[] }[] }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[];
  }[];
}

export interface Collector {
  readonly url: string;
  /** Attributes of the ledger records that were stored, in order of arrival. */
  readonly records: Record<string, unknown>[];
  readonly events: CollectedEvent[];
  readonly services: unknown[];
  readonly spans: CollectedSpan[];
  readonly metrics: Set<string>;
  /** While false it answers 503 and stores nothing. */
  up: boolean;
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const records: Record<string, unknown>[] = [];
  const events: CollectedEvent[] = [];
  const services: unknown[] = [];
  const spans: CollectedSpan[] = [];
  const metrics = new Set<string>();
  const plain = (attributes: readonly Attribute[]): Record<string, unknown> =>
    Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

  const { url, close } = await listen((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (!collector.up) return void response.writeHead(503).end('{}');
      const raw = Buffer.concat(chunks);
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString('utf8');
      const envelope = JSON.parse(text) as Envelope;
      for (const { resource, scopeLogs } of envelope.resourceLogs ?? []) {
        services.push(plain(resource?.attributes ?? [])['service.name'] ?? null);
        for (const { eventName = '', attributes } of scopeLogs.flatMap(({ logRecords }) => logRecords)) {
          if (eventName === 'wiretally.call') records.push(plain(attributes));
          else events.push({ name: eventName, attributes: plain(attributes) });
        }
      }
      for (const { scopeSpans } of envelope.resourceSpans ?? [])
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      for (const { scopeMetrics } of envelope.resourceMetrics ?? [])
        for (const metric of scopeMetrics.flatMap((scope) => scope.metrics)) metrics.add(metric.name);
      response.end('{}');
    });
  });
  const collector: Collector = { url, records, events, services, spans, metrics, up: true, close };
  return collector;
}

export interface FakeProvider {
  /** `host:port`, to be mapped to `openai`. */
  readonly host: string;
  readonly url: string;
  /** Headers of the requests that came. */
  readonly requests: Readonly<Record<string, string | string[] | undefined>>[];
  close(): Promise<void>;
}

export async function startProvider(): Promise<FakeProvider> {
  const requests: FakeProvider['requests'] = [];
  const { url, close } = await listen((request, response) => {
    requests.push(request.headers);
    request.resume();
    if (request.headers.accept === 'text/event-stream') return stream(response);
    response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': `req-${requests.length}` });
    response.end(
      JSON.stringify({
        id: `chatcmpl-${requests.length}`,
        object: 'chat.completion',
        model: 'gpt-4o-mini-2024-07-18',
        choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
      }),
    );
  });
  return { host: new URL(url).host, url, requests, close };
}

/** Two chunks, the second one when the first has left. */
function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = (content: string): string =>
    `data: ${JSON.stringify({ model: 'gpt-4o-mini', choices: [{ index: 0, delta: { content } }] })}\n\n`;
  response.write(chunk('a'), () => setTimeout(() => response.end(`${chunk('b')}data: [DONE]\n\n`), 20));
}

async function listen(handler: RequestListener): Promise<{ url: string; close: () => Promise<void> }> {
  const server: Server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
