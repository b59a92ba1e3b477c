/**
 * The records of one process. The ledger of the matrix is always busy (503), so that each record is sent and stays in the
 * spool, where it lies also after a `process.exit()`.
 */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { attributesToRecord } from '@wiretally/usage';
import type { UsageRecord } from '@wiretally/usage';

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] };
}
interface SpooledLine {
  readonly logRecord: {
    readonly timeUnixNano: string;
    readonly attributes: readonly { readonly key: string; readonly value: OtlpValue }[];
  };
}

export interface BusyLedger {
  readonly url: string;
  close(): void;
}

export async function startBusyLedger(): Promise<BusyLedger> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(503, { 'retry-after': '60' }).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** In order of time. */
export function spooledRecords(directory: string): UsageRecord[] {
  const lines = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n'))
    .filter((line) => line.startsWith('{"resource"'));
  return lines
    .map((line) => {
      const { logRecord } = JSON.parse(line) as SpooledLine;
      const attributes = Object.fromEntries(logRecord.attributes.map(({ key, value }) => [key, plain(value)]));
      const timeUnixMicros = Number(BigInt(logRecord.timeUnixNano) / 1000n);
      const envelope = { timeUnixMicros, traceId: null, spanId: null, serviceName: null, serviceVersion: null };
      return attributesToRecord(attributes, { ...envelope, environment: null }).record;
    })
    .toSorted((a, b) => a.timeUnixMicros - b.timeUnixMicros);
}

function plain(value: OtlpValue): unknown {
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plain);
  return value.stringValue ?? value.doubleValue ?? value.boolValue;
}
