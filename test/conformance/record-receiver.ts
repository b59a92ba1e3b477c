/** A small OTLP/HTTP endpoint in the ledger's place: keeps the records that a service sends. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { attributesToRecord, CALL_EVENT_NAME } from '@wiretally/usage';
import type { UsageRecord } from '@wiretally/usage';

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] };
}
interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}
interface OtlpLog {
  readonly timeUnixNano: string;
  readonly eventName?: string;
  readonly attributes: readonly OtlpAttribute[];
}
interface OtlpLogs {
  readonly resourceLogs?: readonly { readonly scopeLogs: readonly { readonly logRecords: readonly OtlpLog[] }[] }[];
}

export interface RecordReceiver {
  readonly url: string;
  readonly records: UsageRecord[];
  close(): Promise<void>;
}

export async function startRecordReceiver(): Promise<RecordReceiver> {
  const records: UsageRecord[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      if (request.url?.endsWith('/v1/logs') === true && request.headers['content-type'] === 'application/json') {
        const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
        records.push(...parse(JSON.parse(body.toString('utf8')) as OtlpLogs));
      }
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    records,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function parse(logs: OtlpLogs): UsageRecord[] {
  const found: UsageRecord[] = [];
  for (const log of (logs.resourceLogs ?? []).flatMap((r) => r.scopeLogs).flatMap((s) => s.logRecords)) {
    if (log.eventName !== CALL_EVENT_NAME) continue;
    const attributes = Object.fromEntries(log.attributes.map(({ key, value }) => [key, plain(value)]));
    const timeUnixMicros = Number(BigInt(log.timeUnixNano) / 1000n);
    const envelope = { timeUnixMicros, traceId: null, spanId: null, serviceName: null, serviceVersion: null };
    found.push(attributesToRecord(attributes, { ...envelope, environment: null }).record);
  }
  return found;
}

function plain(value: OtlpValue): unknown {
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plain);
  return value.stringValue ?? value.doubleValue ?? value.boolValue;
}
