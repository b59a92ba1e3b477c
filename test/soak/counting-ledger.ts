/** A ledger that takes everything and counts records, each id once. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

interface Logs {
  readonly resourceLogs?: readonly {
    readonly scopeLogs: readonly {
      readonly logRecords: readonly {
        readonly attributes: readonly { readonly key: string; readonly value: object }[];
      }[];
    }[];
  }[];
}

export interface RecordCounts {
  total: number;
  withTokens: number;
  refused: number;
  brokenOff: number;
}

export interface CountingLedger {
  readonly url: string;
  counts(): Readonly<RecordCounts>;
  close(): void;
}

export async function startCountingLedger(): Promise<CountingLedger> {
  const ids = new Set<unknown>();
  const counts: RecordCounts = { total: 0, withTokens: 0, refused: 0, brokenOff: 0 };
  const count = (logs: Logs): void => {
    const records = (logs.resourceLogs ?? []).flatMap((r) => r.scopeLogs).flatMap((s) => s.logRecords);
    for (const { attributes } of records) {
      const fields = new Map(attributes.map(({ key, value }) => [key, Object.values(value)[0] as unknown]));
      const id = fields.get('wiretally.record.id');
      if (id === undefined || ids.has(id)) continue;
      ids.add(id);
      counts.total += 1;
      const reason = fields.get('wiretally.usage.missing_reason');
      if (fields.has('gen_ai.usage.input_tokens')) counts.withTokens += 1;
      else if (reason === 'error-response') counts.refused += 1;
      else if (reason === 'aborted' || reason === 'connection') counts.brokenOff += 1;
    }
  };
  const server = createServer((request, response) => {
    void buffer(request).then((raw) => {
      if (request.url?.endsWith('/v1/logs') === true) {
        const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
        count(JSON.parse(text.toString('utf8')) as Logs);
      }
      return response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: () => counts,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
