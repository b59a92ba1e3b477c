/** A ledger's endpoint for tests: a real HTTP server whose answers the test decides. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: OtlpLogs;
}

export interface OtlpLogs {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeLogs: readonly { readonly logRecords: readonly OtlpLogRecord[] }[];
  }[];
}

export interface OtlpLogRecord {
  readonly timeUnixNano: string;
  readonly eventName: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes: readonly OtlpAttribute[];
}

export interface OtlpAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface OtlpServer {
  readonly url: URL;
  readonly requests: ReceivedRequest[];
  /** Ids of records in requests that were answered with 2xx, in order, repetitions included. */
  readonly stored: string[];
  close(): Promise<void>;
}

/** @param answer what the n-th request gets, counted from 0; null leaves it without an answer. */
export async function startOtlpServer(
  answer: (index: number) => Answer | null = () => ({ status: 200 }),
  port = 0,
): Promise<OtlpServer> {
  const requests: ReceivedRequest[] = [];
  const stored: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString('utf8');
      const body = JSON.parse(text) as OtlpLogs;
      const reply = answer(requests.length);
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      if (reply === null) return;
      if (reply.status < 300) stored.push(...recordIds(body));
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
      response.end(reply.body ?? '{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/logs`),
    requests,
    stored,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function logRecordsOf(body: OtlpLogs): readonly OtlpLogRecord[] {
  return (body.resourceLogs ?? []).flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords));
}

export function attributesOf(record: OtlpLogRecord): Record<string, unknown> {
  return Object.fromEntries(record.attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

function recordIds(body: OtlpLogs): string[] {
  return logRecordsOf(body).map((record) => String(attributesOf(record)['wiretally.record.id']));
}
