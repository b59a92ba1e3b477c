/** Replays a corpus through a real server, a real fetch and the instrumentation as a service would register it. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { defaultHosts, providers } from '@wiretally/usage';
import type { UsageRecord } from '@wiretally/usage';
import { answeredAtMs } from './answered-at.ts';
import { createAuthority } from './authority.ts';
import type { ClientOptions, ClientResult } from './client.ts';
import { responseBytes } from './corpus.ts';
import type { RecordedExchange } from './corpus.ts';
import { outputRecord } from './output.ts';
import type { OutputRecord } from './output.ts';
import { startRecordReceiver } from './record-receiver.ts';
import { startReplayServer } from './replay-server.ts';

export interface Replayed {
  readonly exchange: RecordedExchange;
  /** Null where nothing was captured. */
  readonly record: OutputRecord | null;
  /** How many records the one exchange gave: more than one is an error. */
  readonly records: number;
  /** What the application received differed from what was recorded, or the request failed. */
  readonly harm: string | null;
}

export async function replay(
  corpus: string,
  exchanges: readonly RecordedExchange[],
  seed: number,
): Promise<Replayed[]> {
  const receiver = await startRecordReceiver();
  try {
    const results = await replayTo(receiver.url, corpus, exchanges, seed);
    const byIndex = new Map<number, UsageRecord[]>();
    for (const record of receiver.records) {
      const index = Number(record.tags['replay']);
      byIndex.set(index, [...(byIndex.get(index) ?? []), record]);
    }
    return exchanges.map((exchange, index) => {
      const records = byIndex.get(index) ?? [];
      const record = records[0] === undefined ? null : outputRecord(records[0], answeredAtMs(exchange));
      return { exchange, record, records: answers(records), harm: harm(exchange, results.get(index)) };
    });
  } finally {
    await receiver.close();
  }
}

/** A batch's results may be too long for one record: then the others have the other lines of the same answer. */
function answers(records: readonly UsageRecord[]): number {
  const [first] = records;
  const areLines = ({ operation, kind, responseId, parts }: UsageRecord): boolean =>
    operation === 'batch' &&
    kind === 'restated' &&
    responseId === first?.responseId &&
    parts.every((part) => part.kind === 'batch_line');
  return records.length > 1 && records.every(areLines) ? 1 : records.length;
}

/**
 * @param endpoint OTLP/HTTP: who gets the records
 * @returns what the observed service received, by the exchange's index; when it resolves, all records are delivered
 */
export async function replayTo(
  endpoint: string,
  corpus: string,
  exchanges: readonly RecordedExchange[],
  seed: number,
): Promise<Map<number, ClientResult>> {
  const hosts = [...new Set(exchanges.map((exchange) => new URL(exchange.url).hostname))];
  const authority = await createAuthority(hosts);
  const server = await startReplayServer(exchanges, authority, seed);
  try {
    const options: ClientOptions = {
      corpus,
      ca: authority.ca,
      httpPort: server.httpPort,
      httpsPort: server.httpsPort,
      concurrency: 8,
    };
    return await runClient(options, endpoint, hostMapping(exchanges));
  } finally {
    await server.close();
  }
}

/** Hosts that are nobody's in public (`localhost:8787`) are mapped by the corpus' own label, as a user would do. */
function hostMapping(exchanges: readonly RecordedExchange[]): string {
  const mapping = new Map<string, string>();
  for (const exchange of exchanges) {
    const { host } = new URL(exchange.url);
    if (defaultHosts.lookup(host) === undefined) mapping.set(host, providerName(exchange.provider));
  }
  return [...mapping].map(([host, provider]) => `${host}=${provider}`).join(',');
}

/** `google-gemini` and `pydantic-gateway` are labels; providers have names. An unknown label is OpenAI-like. */
function providerName(label: string): string {
  const wanted = label.replaceAll(/[^a-z0-9]/g, '');
  const squeeze = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const exact = providers.find((provider) =>
    [provider.name, provider.shortName].some((name) => squeeze(name) === wanted),
  );
  const close = exact ?? providers.find((provider) => wanted.includes(squeeze(provider.shortName)));
  return close?.name ?? 'openai';
}

function runClient(options: ClientOptions, endpoint: string, mapping: string): Promise<Map<number, ClientResult>> {
  const results = new Map<number, ClientResult>();
  const child = spawn(
    process.execPath,
    ['--import', '@wiretally/instrumentation/register', fileURLToPath(new URL('client.ts', import.meta.url))],
    {
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      env: {
        ...process.env,
        CONFORMANCE_CLIENT: JSON.stringify(options),
        WIRETALLY_HOSTS: mapping,
        WIRETALLY_LEDGER_ENDPOINT: `${endpoint}/v1/logs`,
        WIRETALLY_SPOOL: 'off',
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_SERVICE_NAME: 'conformance',
      },
    },
  );
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.on('message', (message) => {
    const result = message as ClientResult;
    results.set(result.index, result);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(results);
      else reject(new Error(`the replaying service ended with ${String(code)}:\n${errors}`));
    });
  });
}

function harm(exchange: RecordedExchange, result: ClientResult | undefined): string | null {
  if (result === undefined) return 'no answer was reported';
  if (result.error !== null) return result.error;
  if (result.status !== exchange.status) return `status ${String(result.status)} instead of ${exchange.status}`;
  const bodiless = exchange.method === 'HEAD' || exchange.status === 204 || exchange.status === 304;
  const expected = createHash('sha256')
    .update(bodiless ? '' : responseBytes(exchange))
    .digest('hex');
  return result.sha256 === expected ? null : 'the body differs from what was recorded';
}
