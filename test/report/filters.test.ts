/** Every list and sum can be of some calls only: by provider, model, service, user, session, application, tag and time. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProgram } from '../../src/ledger/cli/program.ts';
import { TABLE_REPORTS } from '../../src/ledger/report/table-report.ts';
import { runCli } from './cli.fixture.ts';
import { call, openTestLedger } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

const AT = new Date(Date.now() - 600_000);
const OTHERS = 3;

/** By the API's name: its flag, a value, and a call that has it; no other call of the ledger has. */
const FILTERS: Readonly<
  Record<string, readonly [flag: string, value: string, said: Partial<Parameters<typeof call>[0]>]>
> = {
  provider: ['--provider', 'gemini', { provider: 'gcp.gemini' }],
  model: ['--model', 'mine-1', { requestModel: 'mine-1' }],
  service: ['--service', 'image', { serviceType: 'image', operation: 'image' }],
  user_id: ['--user', 'ada', { userId: 'ada' }],
  session_id: ['--session', 's-ada', { sessionId: 's-ada' }],
  application: ['--application', 'billing', { serviceName: 'billing' }],
  team: ['--team', 'search', { tags: { team: 'search' } }],
  project: ['--project', 'atlas', { tags: { project: 'atlas' } }],
  feature: ['--feature', 'summary', { tags: { feature: 'summary' } }],
  environment: ['--environment', 'blue', { tags: { environment: 'blue' } }],
};

let own: TestLedger;
beforeAll(async () => {
  own = await openTestLedger();
  await own.send([
    ...Array.from({ length: OTHERS }, (_, index) => call({ at: AT, sessionId: `other-${index}` })),
    ...Object.values(FILTERS).map(([, value, said]) => call({ at: AT, sessionId: `s-of-${value}`, ...said })),
  ]);
});
afterAll(() => own.close());

const DAY = AT.toISOString().slice(0, 10);
const EARLIER = 'with_from=2020-01-01&with_to=2020-01-02';
/** Endpoints that list or sum calls, and how many calls an answer is of. */
const ENDPOINTS: Readonly<Record<string, readonly [query: string, calls: (answer: never) => number]>> = {
  '/api/admin/ai-usage/stats': ['', (answer: { data: { total_requests: number } }) => answer.data.total_requests],
  '/api/admin/ai-usage/by-model': [
    '',
    (answer: { data: { request_count: number }[] }) => answer.data.reduce((sum, row) => sum + row.request_count, 0),
  ],
  '/api/usage/query': [
    'group_by=provider',
    (answer: { rows: { total_requests: number }[] }) => answer.rows.reduce((sum, row) => sum + row.total_requests, 0),
  ],
  '/api/usage/recent': ['limit=100', (answer: { operations: unknown[] }) => answer.operations.length],
  '/api/usage/sessions': ['limit=100', (answer: { total: number }) => answer.total],
  '/api/usage/compare': [
    `from=2020-01-01&to=2100-01-01&${EARLIER}`,
    (answer: { period: { total_requests: number } }) => answer.period.total_requests,
  ],
  '/api/usage/export': ['format=json', (answer: unknown[]) => answer.length],
  '/api/reports/{name}': ['', (answer: { totals: { requests: number } }) => answer.totals.requests],
};
/** What has no calls to choose among: one session, prices, the ledger itself. */
const OF_ONE_THING = /session_id\}|\/pricing|\/explain$|\/doctor$|\/audit$/;

describe('an endpoint', () => {
  const ask = async (path: string): Promise<never> => {
    const answer = await own.app.fetch(new Request(`http://localhost${path.replace('{name}', 'admin')}`));
    expect(answer.status).toBe(200);
    return (await answer.json()) as never;
  };

  test('that lists or sums calls is in the table, with each filter in the document', async () => {
    const document = (await (await own.app.fetch(new Request('http://localhost/openapi.json'))).json()) as {
      paths: Record<string, { get?: { parameters?: { name: string }[] } }>;
    };
    const lists = Object.entries(document.paths).filter(
      ([path, { get }]) => get !== undefined && !OF_ONE_THING.test(path),
    );
    expect(lists.map(([path]) => path).toSorted()).toEqual(Object.keys(ENDPOINTS).toSorted());
    for (const [path, { get }] of lists) {
      const names = get?.parameters?.map(({ name }) => name);
      expect(names, path).toEqual(expect.arrayContaining([...Object.keys(FILTERS), 'from', 'to']));
    }
  });

  test.each(Object.entries(ENDPOINTS))('%s is of the calls that fit', async (path, [query, calls]) => {
    for (const [name, [, value]] of Object.entries(FILTERS)) {
      expect(calls(await ask(`${path}?${query}&${name}=${value}`)), name).toBe(1);
    }
    expect(calls(await ask(`${path}?${query}&provider=openai&team=search`))).toBe(1);
    expect(calls(await ask(`${path}?${query}&provider=gemini&team=search`))).toBe(0);
    if (path.endsWith('compare')) return;
    expect(calls(await ask(`${path}?${query}&from=${DAY}&to=${DAY}&user_id=ada`))).toBe(1);
    expect(calls(await ask(`${path}?${query}&from=2020-01-01&to=2020-01-02&user_id=ada`))).toBe(0);
  });

  test('pages of lists do not overlap and leave nothing out', async () => {
    const all = Object.keys(FILTERS).length + OTHERS;
    const pages = async (path: string, idOf: (answer: never) => string[]): Promise<string[]> => {
      const ids: string[] = [];
      for (let offset = 0; offset < all + 4; offset += 4)
        ids.push(...idOf(await ask(`${path}limit=4&offset=${offset}`)));
      return ids;
    };
    const operations = (answer: { operations: { record_id: string }[] }): string[] =>
      answer.operations.map(({ record_id: id }) => id);
    const sessions = (answer: { sessions: { session_id: string }[] }): string[] =>
      answer.sessions.map(({ session_id: id }) => id);
    const rows = (answer: { rows: { group: { session: string } }[] }): string[] =>
      answer.rows.map(({ group }) => group.session);
    for (const ids of [
      await pages('/api/usage/recent?', operations),
      await pages('/api/usage/sessions?', sessions),
      await pages(`/api/usage/sessions?from=${DAY}&to=${DAY}&`, sessions),
      await pages('/api/usage/query?group_by=session&', rows),
    ]) {
      expect(ids).toHaveLength(all);
      expect(new Set(ids).size).toBe(all);
    }
  });
});

describe('a command', () => {
  const count = (json: unknown): number => {
    const rows = Array.isArray(json) ? (json as { requests?: number }[]) : [];
    return rows.every(({ requests }) => requests === undefined)
      ? rows.length
      : rows.reduce((sum, { requests = 0 }) => sum + requests, 0);
  };
  const PERIODS = [
    '--from',
    '2020-01-01',
    '--to',
    '2100-01-01',
    '--with-from',
    '2020-01-01',
    '--with-to',
    '2020-01-02',
  ];
  const COMMANDS: Readonly<Record<string, readonly [words: readonly string[], calls: (json: never) => number]>> = {
    report: [['--json'], (json: { totals: { requests: number } }) => json.totals.requests],
    ...Object.fromEntries(TABLE_REPORTS.map(({ name }) => [name, [['--json'], count]])),
    sessions: [['--json'], count],
    export: [['--format', 'json'], count],
    top: [
      ['--once', '--json', '--window', '60'],
      (json: { total: { calls_per_minute: number } }) => Math.round(json.total.calls_per_minute * 60),
    ],
    compare: [[...PERIODS, '--json'], (json: { period: { requests: number } }) => json.period.requests],
  };

  test.each(Object.entries(COMMANDS))('%s is of the calls that fit', async (name, [words, calls]) => {
    for (const [flag, value] of Object.values(FILTERS)) {
      const { stdout, stderr } = await runCli([name, ...words, flag, value, '--database', own.databaseUrl]);
      expect(calls(JSON.parse(stdout) as never), `${flag} ${stderr}`).toBe(1);
    }
    if (name === 'top' || name === 'compare') return;
    const { stdout } = await runCli([
      name,
      ...words,
      '--from',
      '2020-01-01',
      '--to',
      DAY,
      '--user',
      'ada',
      '--database',
      own.databaseUrl,
    ]);
    expect(calls(JSON.parse(stdout) as never)).toBe(1);
  });

  test('that shows calls and has no filter shows one thing', () => {
    const one = new Set(
      'up session prices estimate explain run doctor audit forget backup restore import chat completion'.split(' '),
    );
    for (const command of createProgram().commands) {
      const flags = command.options.map(({ long }) => long);
      if (one.has(command.name())) continue;
      expect(flags, command.name()).toEqual(expect.arrayContaining(Object.values(FILTERS).map(([flag]) => flag)));
    }
  });
});
