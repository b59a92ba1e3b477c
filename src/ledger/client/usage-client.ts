/**
 * The HTTP API of a ledger as typed functions. Types come from the server's schemas, as types alone: at run time this
 * needs `fetch` and nothing else.
 */
import type * as activity from '../serve/activity-routes.ts';
import type * as admin from '../serve/admin-routes.ts';
import type * as checking from '../serve/check-routes.ts';
import type * as explaining from '../serve/explain-routes.ts';
import type * as exporting from '../serve/export-routes.ts';
import type * as importing from '../serve/import-routes.ts';
import type * as prices from '../serve/price-routes.ts';
import type * as querying from '../serve/query-routes.ts';
import type * as recording from '../serve/record-routes.ts';
import type * as reporting from '../serve/report-routes.ts';
import type * as sessions from '../serve/session-routes.ts';
import type { AnswerOf, BodyOf, QueryOf } from './endpoint-types.ts';
import { UsageClientError } from './usage-client-error.ts';

export interface UsageClientOptions {
  /** Of the ledger, such as `http://localhost:4319`. */
  readonly url: string;
  /** Bearer token, where the ledger asks for one. */
  readonly token?: string | undefined;
  /** Default: the global `fetch`. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
  /** Milliseconds until an answer must have come. Default 30,000. */
  readonly timeoutMs?: number | undefined;
}

export type StatsQuery = QueryOf<typeof admin.stats>;
export type SumsQuery = QueryOf<typeof querying.route>;
export type CompareQuery = QueryOf<typeof activity.compare>;
export type ExportQuery = QueryOf<typeof exporting.exportRoute>;
export type ImportRequest = BodyOf<typeof importing.importRoute>;
export type ReportQuery = QueryOf<typeof reporting.route>;
export type RecordUsageRequest = BodyOf<typeof recording.record>;
export type EstimateRequest = BodyOf<typeof prices.estimateRoute>;

/** Every function rejects with UsageClientError where the ledger refuses or does not answer. */
export interface UsageClient {
  stats(query?: StatsQuery): Promise<AnswerOf<typeof admin.stats>['data']>;
  byModel(query?: StatsQuery): Promise<AnswerOf<typeof admin.byModel>['data']>;
  /** Sums by any groups. */
  query(query?: SumsQuery): Promise<AnswerOf<typeof querying.route>['rows']>;
  /** A rendered report. */
  report(name: string, query?: ReportQuery): Promise<string>;
  recent(query?: QueryOf<typeof activity.recent>): Promise<AnswerOf<typeof activity.recent>['operations']>;
  compare(query: CompareQuery): Promise<AnswerOf<typeof activity.compare>>;
  explain(recordId: string): Promise<AnswerOf<typeof explaining.explainRoute>>;
  /** The calls as a file, as it comes. It takes as long as it takes. */
  export(query?: ExportQuery): Promise<ReadableStream<Uint8Array>>;
  /** Takes calls as the ledger record has them; `wiretally import --url` makes them of other trackers' rows. */
  importCalls(body: ImportRequest): Promise<AnswerOf<typeof importing.importRoute>>;
  doctor(): Promise<AnswerOf<typeof checking.doctor>['findings']>;
  /** Reads every call of the ledger, and takes as long as it takes. */
  audit(): Promise<AnswerOf<typeof checking.audit>>;

  startSession(body?: BodyOf<typeof sessions.start>): Promise<AnswerOf<typeof sessions.start>>;
  /** Give `record_id` to make a retry safe. */
  recordUsage(body: RecordUsageRequest): Promise<AnswerOf<typeof recording.record>>;
  endSession(sessionId: string): Promise<AnswerOf<typeof sessions.end>>;
  sessionStats(sessionId: string): Promise<AnswerOf<typeof sessions.stats>>;
  sessionSummary(sessionId: string): Promise<AnswerOf<typeof sessions.summary>>;
  servicesBreakdown(sessionId: string): Promise<AnswerOf<typeof sessions.breakdown>>;
  exportSession(sessionId: string): Promise<AnswerOf<typeof sessions.exported>>;
  clearSession(sessionId: string): Promise<AnswerOf<typeof sessions.clear>>;
  sessions(query?: QueryOf<typeof sessions.list>): Promise<AnswerOf<typeof sessions.list>>;

  estimateCost(body: EstimateRequest): Promise<AnswerOf<typeof prices.estimateRoute>>;
  pricing(query?: QueryOf<typeof prices.listRoute>): Promise<AnswerOf<typeof prices.listRoute>['models']>;
  priceOf(model: string, query?: QueryOf<typeof prices.oneRoute>): Promise<AnswerOf<typeof prices.oneRoute>>;
}

type Parameters = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

interface Asked {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly query?: Parameters | undefined;
  readonly body?: object | undefined;
  /** Reads so much that no time is too long. */
  readonly patient?: true;
}

const TIMEOUT_MS = 30_000;

/** @throws UsageClientError where the URL is none. */
export function createUsageClient(options: UsageClientOptions): UsageClient {
  const { url: base, token, fetch: send = (request) => fetch(request), timeoutMs = TIMEOUT_MS } = options;
  if (!URL.canParse(base)) {
    throw new UsageClientError('invalid_input', `${JSON.stringify(base)} is not a URL such as http://localhost:4319`);
  }
  const ask = async (path: string, { method = 'GET', query = {}, body, patient }: Asked = {}): Promise<Response> => {
    const url = new URL(path, base.endsWith('/') ? base : `${base}/`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, typeof value === 'object' ? value.join(',') : String(value));
    }
    const headers: Record<string, string> = {};
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const request = new Request(url, {
      method,
      headers,
      ...(patient === true ? {} : { signal: AbortSignal.timeout(timeoutMs) }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await send(request).catch((error: unknown) => {
      throw new UsageClientError('unreachable', `No ledger answers at ${base}. Is "wiretally up" running there?`, {
        cause: error,
      });
    });
    if (answer.ok) return answer;
    throw await refusal(answer, url);
  };
  // What the ledger answers is held to its schema by the ledger's own tests.
  const json = async <T>(path: string, asked?: Asked): Promise<T> => (await (await ask(path, asked)).json()) as T;
  const data = async <T>(path: string, query?: Parameters): Promise<T> =>
    (await json<{ data: T }>(path, { query })).data;
  const usage = 'api/usage';
  const of = encodeURIComponent;

  return {
    stats: (query) => data('api/admin/ai-usage/stats', query),
    byModel: (query) => data('api/admin/ai-usage/by-model', query),
    query: async (query) => (await json<AnswerOf<typeof querying.route>>(`${usage}/query`, { query })).rows,
    report: async (name, query) => (await ask(`api/reports/${of(name)}`, { query })).text(),
    recent: async (query) => (await json<AnswerOf<typeof activity.recent>>(`${usage}/recent`, { query })).operations,
    compare: (query) => json(`${usage}/compare`, { query }),
    explain: (recordId) => json(`api/records/${of(recordId)}/explain`),
    export: async (query) => (await ask(`${usage}/export`, { query, patient: true })).body ?? new Blob([]).stream(),
    importCalls: (body) => json(`${usage}/import-calls`, { method: 'POST', body }),
    doctor: async () => (await json<AnswerOf<typeof checking.doctor>>('api/admin/doctor')).findings,
    audit: () => json('api/admin/audit', { patient: true }),

    startSession: (body = {}) => json(`${usage}/start-session`, { method: 'POST', body }),
    recordUsage: (body) => json(`${usage}/record-usage`, { method: 'POST', body }),
    endSession: (id) => json(`${usage}/end-session/${of(id)}`, { method: 'POST' }),
    sessionStats: (id) => json(`${usage}/session-stats/${of(id)}`),
    sessionSummary: (id) => json(`${usage}/session-summary/${of(id)}`),
    servicesBreakdown: (id) => json(`${usage}/services-breakdown/${of(id)}`),
    exportSession: (id) => json(`${usage}/export-session/${of(id)}`),
    clearSession: (id) => json(`${usage}/clear-session/${of(id)}`, { method: 'DELETE' }),
    sessions: (query) => json(`${usage}/sessions`, { query }),

    estimateCost: (body) => json(`${usage}/estimate-cost`, { method: 'POST', body }),
    pricing: async (query) => (await json<AnswerOf<typeof prices.listRoute>>(`${usage}/pricing`, { query })).models,
    priceOf: (model, query) => json(`${usage}/pricing/${of(model)}`, { query }),
  };
}

async function refusal(answer: Response, url: URL): Promise<UsageClientError> {
  const body = (await answer.json().catch(() => null)) as { error?: { code?: unknown; message?: unknown } } | null;
  const { code, message } = body?.error ?? {};
  const after = Number(answer.headers.get('retry-after') ?? Number.NaN);
  return new UsageClientError(
    typeof code === 'string' ? code : 'unexpected_answer',
    typeof message === 'string' ? message : `${url.href} answered ${answer.status}`,
    { status: answer.status, retryAfterSeconds: Number.isFinite(after) ? after : null },
  );
}
