/** A ledger of a test's own, filled the way services fill it: OTLP requests to the receiver. */
import { CALL_EVENT_NAME, NO_TOKENS, NOTHING_STATED, recordToAttributes } from '@wiretally/usage';
import type { AttributeValue, TokenCounts, UsageRecord } from '@wiretally/usage';
import { createApp, createLedgerMetrics, openLedger } from 'wiretally';
import type { App, AppOptions, Ledger, LedgerOptions } from 'wiretally';
import { startTestServer } from '../ledger/harness.ts';

export interface TestLedger {
  readonly ledger: Ledger;
  /** For a process that asks the same ledger. */
  readonly databaseUrl: string;
  readonly app: App;
  /** Another database on the same server, closed and dropped with the ledger. */
  emptyDatabase(): Promise<string>;
  /** Another app on the same ledger. */
  appWith(options: Partial<AppOptions>): App;
  send(records: readonly UsageRecord[]): Promise<void>;
  close(): Promise<void>;
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export async function openTestLedger(
  options: Omit<LedgerOptions, 'now'> & { now?: () => Date } = {},
): Promise<TestLedger> {
  const server = await startTestServer();
  const databaseUrl = await server.newDatabase();
  const { now, ...ledgerOptions } = options;
  const ledger = await openLedger({ databaseUrl, ...ledgerOptions });
  const metrics = createLedgerMetrics(ledger.stats);
  const appWith = (different: Partial<AppOptions>): App =>
    createApp({ ledger, metrics, logger: quiet, tokens: [], loopback: true, now, ...different });
  const app = appWith({});
  return {
    ledger,
    databaseUrl,
    emptyDatabase: () => server.emptyDatabase(),
    app,
    appWith,
    async send(records) {
      const answer = await app.fetch(
        new Request('http://localhost/v1/logs', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(otlp(records)),
        }),
      );
      const text = await answer.text();
      if (answer.status !== 200 || text.includes('rejected')) throw new Error(`${answer.status} ${text}`);
    },
    async close() {
      metrics.close();
      await ledger.close();
      await server.close();
    },
  };
}

let made = 0;

/** A chat with OpenAI that went well, but for what is said. */
export function call(
  said: Partial<Omit<UsageRecord, 'tokens'>> & { at: Date; tokens?: Partial<TokenCounts> },
): UsageRecord {
  const { at, tokens = { input: 100, output: 20 }, ...rest } = said;
  made += 1;
  const total = tokens.total ?? (tokens.input === undefined ? null : (tokens.input ?? 0) + (tokens.output ?? 0));
  return {
    ...NOTHING_STATED,
    id: `0190a000-0000-7000-8000-${made.toString(16).padStart(12, '0')}`,
    timeUnixMicros: at.getTime() * 1000,
    host: 'api.openai.com',
    port: null,
    provider: 'openai',
    operation: 'chat',
    serviceType: 'text',
    requestModel: 'gpt-4o-mini',
    tokens: { ...NO_TOKENS, ...tokens, total },
    usageSource: 'body',
    usageMissingReason: null,
    finishReasons: ['stop'],
    status: 200,
    costCalculatedUsd: null,
    costUsd: '0.0001',
    costSource: 'calculated',
    priceCard: null,
    unpricedReason: null,
    zeroReason: null,
    durationMs: 1000,
    timeToFirstChunkMs: null,
    userId: null,
    chatId: null,
    sessionId: null,
    tags: {},
    credential: null,
    serviceName: 'checkout',
    serviceVersion: null,
    environment: null,
    traceId: null,
    spanId: null,
    source: 'wire',
    ...rest,
  };
}

/** The same call, refused by the provider. */
export function refused(said: Parameters<typeof call>[0]): UsageRecord {
  return call({
    tokens: {},
    status: 429,
    errorType: 'rate_limit_exceeded',
    errorClass: 'rate_limit',
    usageSource: 'missing',
    usageMissingReason: 'error-response',
    costUsd: null,
    costSource: null,
    unpricedReason: 'usage-missing',
    ...said,
  });
}

function otlp(records: readonly UsageRecord[]): object {
  return {
    resourceLogs: records.map((record) => ({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: record.serviceName ?? 'unknown' } }] },
      scopeLogs: [
        {
          logRecords: [
            {
              timeUnixNano: String(BigInt(record.timeUnixMicros) * 1000n),
              eventName: CALL_EVENT_NAME,
              attributes: Object.entries(recordToAttributes(record)).map(([key, value]) => ({
                key,
                value: anyValue(value),
              })),
            },
          ],
        },
      ],
    })),
  };
}

function anyValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map((each) => ({ stringValue: each })) } };
}
