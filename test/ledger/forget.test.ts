/** `wiretally forget`: nothing names the person any more, and every sum is what it was. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { runCli } from '../report/cli.fixture.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { parsed, usageRecord } from './usage-record.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const PERSON = {
  userId: 'ada-lovelace',
  chatId: 'chat-of-ada',
  sessionId: 'session-of-ada',
  credential: 'key-of-ada',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  tags: { team: 'search', nick: 'nick-of-ada' },
};
const WORDS = ['ada-lovelace', 'of-ada', PERSON.traceId];

/** Counted by user and session, too. */
async function filled(ledger: Ledger): Promise<void> {
  await ledger.ingestLogs([
    ...parsed(
      usageRecord(PERSON),
      usageRecord({ ...PERSON, userId: null, requestUser: 'ada-lovelace' }),
      usageRecord({ userId: 'grace', sessionId: 'shared', tags: { team: 'search', free: 'x' } }),
      usageRecord({ userId: 'ada-lovelace', sessionId: 'shared' }),
    ),
    { record: usageRecord(PERSON), unknown: { 'new.attribute': 'of-ada' } },
    { record: usageRecord({ ...PERSON, id: 'no uuid' }), unknown: {} },
  ]);
  await ledger.pool.query(`insert into wiretally_private.sessions values ('session-of-ada', now()), ('shared', now())`);
  await ledger.pool.query(`insert into wiretally_private.budgets values ('hers', 'day', 5, 'user', 'ada-lovelace')`);
  await ledger.pool.query(
    `insert into wiretally_private.repricings (id, started_at, made_by, selection)
     values (gen_random_uuid(), now(), 'root', '{"user": "ada-lovelace", "from": null}')`,
  );
  await ledger.count();
}

const tables = async (ledger: Ledger, condition: string): Promise<string[]> => {
  const { rows } = await ledger.pool.query<{ name: string }>(
    `select distinct relname as name from pg_class c where relnamespace = 'wiretally_private'::regnamespace
       and relkind in ('r', 'p') and not relispartition and ${condition} order by 1`,
  );
  return rows.map(({ name }) => name);
};

/** Tables in which any of the words stands anywhere. */
async function tablesThatName(ledger: Ledger, words: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of await tables(ledger, 'true')) {
    const { rowCount } = await ledger.pool.query(
      `select from wiretally_private.${name} t where to_jsonb(t)::text ~ $1 limit 1`,
      [words.join('|')],
    );
    if (rowCount !== 0) found.push(name);
  }
  return found;
}

const sums = async (ledger: Ledger): Promise<unknown> =>
  (
    await ledger.pool.query<{ all: unknown }>(
      `select json_build_array((select json_agg(r order by hour, key) from wiretally_private.rollup_hour r),
         (select json_agg(json_build_array(created_at, id, cost_usd, total_tokens, rollup_key) order by id)
          from wiretally_private.calls)) as all`,
    )
  ).rows[0]!.all;

describe('forgetting a user', () => {
  it('only says what it would erase until it is told to', async () => {
    const ledger = await server.open();
    await filled(ledger);
    expect(await ledger.forget({ kind: 'user', id: 'ada-lovelace' }, null)).toEqual({
      calls: 4,
      sessions: 1,
      deadLetters: 1,
      budgets: 1,
      repricings: 1,
      tagsLeft: [],
      erasure: null,
    });
    expect(await tablesThatName(ledger, WORDS)).toEqual([
      'budgets',
      'calls',
      'dead_letters',
      'repricings',
      'rollup_part',
      'rollup_session',
      'sessions',
    ]);
  });

  it('leaves nothing that names the user in any table, and every sum as it was', async () => {
    const ledger = await server.open();
    await filled(ledger);
    const before = await sums(ledger);
    expect(await ledger.forget({ kind: 'user', id: 'ada-lovelace' }, { by: 'root' })).toMatchObject({ calls: 4 });
    expect(await tablesThatName(ledger, WORDS)).toEqual([]);
    expect(await sums(ledger)).toEqual(before);
    expect((await ledger.audit()).differences).toEqual([]);
    expect(await ledger.forget({ kind: 'user', id: 'ada-lovelace' }, null)).toMatchObject({ calls: 0, sessions: 0 });
  });

  it('keeps the tags that totals are kept by, and the calls of others', async () => {
    const ledger = await server.open();
    await filled(ledger);
    await ledger.forget({ kind: 'user', id: 'ada-lovelace' }, { by: 'root' });
    const { rows } = await ledger.pool.query(
      'select user_id, session_id, tags, count(*)::int as n from wiretally_private.calls group by 1, 2, 3 order by n',
    );
    expect(rows).toEqual([
      { user_id: null, session_id: null, tags: null, n: 1 },
      { user_id: 'grace', session_id: 'shared', tags: { team: 'search', free: 'x' }, n: 1 },
      { user_id: null, session_id: null, tags: { team: 'search' }, n: 3 },
    ]);
    expect((await ledger.pool.query('select session_id from wiretally_private.sessions')).rows).toEqual([
      { session_id: 'shared' },
    ]);
  });

  it('counts a record that comes again still once', async () => {
    const ledger = await server.open();
    const record = usageRecord(PERSON);
    await ledger.ingestLogs(parsed(record));
    await ledger.forget({ kind: 'user', id: 'ada-lovelace' }, { by: 'root' });
    expect(await ledger.ingestLogs(parsed(record))).toMatchObject({ stored: 0, duplicates: 1 });
    expect(await tablesThatName(ledger, WORDS)).toEqual([]);
  });

  it('leaves a tag of the same name, and says so', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(usageRecord({ userId: 'search' }), usageRecord({ tags: { team: 'search' } })));
    expect(await ledger.forget({ kind: 'user', id: 'search' }, { by: 'root' })).toMatchObject({
      calls: 1,
      tagsLeft: ['team'],
    });
  });

  it('records who did it and when; whom, only for those who know', async () => {
    const ledger = await server.open();
    await filled(ledger);
    const { erasure } = await ledger.forget({ kind: 'user', id: 'ada-lovelace' }, { by: 'root' });
    const { rows } = await ledger.pool.query<{ salt: Buffer; digest: Buffer }>(
      'select * from wiretally_private.erasures',
    );
    expect(rows).toMatchObject([
      { id: erasure, made_by: 'root', kind: 'user', calls: '4', erased_at: expect.any(Date) as unknown },
    ]);
    const { salt, digest } = rows[0]!;
    expect(createHash('sha256').update(salt).update('userada-lovelace').digest()).toEqual(digest);
  });

  it('knows every table that has a column for a person', async () => {
    const ledger = await server.open();
    const personal = `exists (select from pg_attribute where attrelid = c.oid
      and attname ~ '^(user|user_id|request_user|chat|chat_id|session|session_id|owner|credential)$')`;
    expect(await tables(ledger, personal)).toEqual(['budgets', 'calls', 'rollup_session', 'sessions']);
  });
});

describe('forgetting a session', () => {
  it('erases its calls and no others of its user', async () => {
    const ledger = await server.open();
    await filled(ledger);
    const before = await sums(ledger);
    const result = await ledger.forget({ kind: 'session', id: 'session-of-ada' }, { by: 'root' });
    expect(result).toMatchObject({ calls: 3, sessions: 1, deadLetters: 1, budgets: 0, repricings: 0 });
    expect(await tablesThatName(ledger, ['of-ada'])).toEqual([]);
    expect(await sums(ledger)).toEqual(before);
    expect(await ledger.forget({ kind: 'user', id: 'ada-lovelace' }, null)).toMatchObject({ calls: 1 });
  });
});

describe('wiretally forget', () => {
  it('wants to know whom, changes nothing by itself, and erases with --apply', async () => {
    const databaseUrl = await server.newDatabase();
    const ledger = await server.open({ databaseUrl });
    await filled(ledger);
    const forget = (...words: string[]) => runCli(['forget', ...words, '--database', databaseUrl]);
    expect(await forget()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--user ID or --session ID') as unknown,
    });
    const dry = await forget('--user', 'ada-lovelace');
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(dry.stdout).toBe(
      'calls: 4, sessions: 1, refused records: 1, budgets: 1, repricings: 1\nNothing was changed: add --apply to erase it.\n',
    );
    expect((await forget('--user', 'ada-lovelace', '--apply', '--by', 'grace')).stdout).toContain('Erased (');
    expect(await tablesThatName(ledger, WORDS)).toEqual([]);
    expect((await forget('--user', 'ada-lovelace')).stdout).toBe('Nothing in the ledger names it.\n');
  });
});
