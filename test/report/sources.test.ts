import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLedger, queryUsage } from 'wiretally';
import type { PoolClient } from 'pg';
import type { Dimension, UsageFilter } from 'wiretally';
import { call, openTestLedger, refused } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

const START = Date.parse('2026-03-18T22:17:03Z');

let own: TestLedger;
/** Holds the lock of those who count (later-totals/locks.ts), so that half of the calls stay uncounted. */
let counting: PoolClient;
beforeAll(async () => {
  own = await openTestLedger();
  counting = await own.ledger.pool.connect();
  const calls = Array.from({ length: 400 }, (_, index) => {
    const at = new Date(START + index * 421_337);
    const provider = ['openai', 'gcp.gemini', 'groq'][index % 3]!;
    const requestModel = [`m-${index % 5}`, null][index % 7 === 0 ? 1 : 0]!;
    const said = {
      at,
      provider,
      requestModel,
      userId: index % 4 === 0 ? null : `u${index % 6}`,
      serviceName: index % 5 === 0 ? null : `app${index % 3}`,
      tags: { team: `t${index % 2}`, all: 'yes' },
      durationMs: index % 9 === 0 ? null : index,
    };
    if (index % 11 === 0) return refused(said);
    if (index % 13 === 0)
      return call({
        ...said,
        tokens: {},
        costUsd: null,
        unpricedReason: 'price-unknown',
        usageSource: 'missing',
        usageMissingReason: 'not-stated',
      });
    if (index % 17 === 0)
      return call({
        ...said,
        serviceType: 'image',
        operation: 'image',
        tokens: {},
        units: { images: 1 },
        costUsd: '0.04',
      });
    return call({
      ...said,
      tokens: { input: index, output: index % 6, reasoning: index % 2 === 0 ? 3 : null },
      costUsd: `0.0000${index}`,
    });
  });
  await own.send(calls.slice(0, 200));
  await own.ledger.count();
  await counting.query('select pg_advisory_lock(77006)');
  await own.send(calls.slice(200));
});
afterAll(async () => {
  counting.release(true);
  await own.close();
});

const hour = (hours: number): Date => new Date(Date.parse('2026-03-18T22:00:00Z') + hours * 3_600_000);
const PERIODS: readonly [string, { from?: Date; to?: Date }][] = [
  ['all time', {}],
  ['whole hours', { from: hour(2), to: hour(30) }],
  ['parts of hours', { from: new Date(START + 5_000_000), to: new Date(START + 99_000_001) }],
  ['within one hour', { from: new Date(START + 60_000), to: new Date(START + 1_900_000) }],
  ['quarters of an hour', { from: new Date(+hour(3) + 2_700_000), to: new Date(+hour(30) + 900_000) }],
  ['a beginning only', { from: new Date(START + 50_000_000) }],
];
const GROUPS: readonly (readonly Dimension[])[] = [
  [],
  ['provider'],
  ['provider', 'model'],
  ['service', 'operation'],
  ['day'],
  ['hour', 'provider'],
  ['user'],
  ['application'],
  ['day', 'user'],
  ['hour', 'application'],
  ['tag:team'],
  ['day', 'provider', 'tag:environment'],
];
/** With other filters, rows answer anyway. */
const OF_PARTS: ReadonlySet<string> = new Set(['user', 'application']);
const FILTERS: readonly UsageFilter[] = [
  {},
  { provider: 'gemini' },
  { model: 'm-2' },
  { service: 'image' },
  { user: 'u1' },
  { tags: { team: 't1' } },
];

describe('sums from rollups and sums from calls', () => {
  test.each(PERIODS)('are equal to the last digit over %s', async (_, period) => {
    let compared = 0;
    for (const timeZone of ['UTC', 'America/New_York', 'Asia/Tehran']) {
      for (const groupBy of GROUPS) {
        for (const filter of FILTERS) {
          if (groupBy.some((dimension) => OF_PARTS.has(dimension)) && !('user' in filter) && filter !== FILTERS[0])
            continue;
          const ask = { ...period, groupBy, timeZone };
          const either = await queryUsage({ ...ask, filter }, { ledger: own.ledger });
          // No total knows such tags: this asks the calls, and all of them have it.
          const fromCalls = await queryUsage(
            { ...ask, filter: { ...filter, tags: { ...filter.tags, all: 'yes' } } },
            { ledger: own.ledger },
          );
          expect(either).toEqual(fromCalls);
          compared += either.length;
        }
      }
    }
    expect(compared).toBeGreaterThan(50);
  });

  test('of tags, the rollups are asked for those that every sink keeps apart, and the calls for others', async () => {
    const several = await openTestLedger();
    const other = await openLedger({ databaseUrl: several.databaseUrl, promotedTags: ['team', 'squad'] });
    const apart = async (): Promise<unknown> =>
      (await several.ledger.pool.query("SELECT value FROM wiretally_private.settings WHERE name = 'tags_apart'"))
        .rows[0];
    const sums = (tag: Dimension) => queryUsage({ groupBy: [tag] }, { ledger: several.ledger });
    const at = new Date(START);
    expect(await apart()).toBeUndefined();
    await several.send([call({ at, tags: { team: 'a', squad: 'x', project: 'p' } })]);
    expect(await apart()).toEqual({ value: '["environment","feature","project","team"]' });
    await other.ingestLogs([{ record: call({ at, tags: { team: 'b', squad: 'x', project: 'p' } }), unknown: {} }]);
    expect(await apart()).toEqual({ value: '["team"]' });
    expect(await sums('tag:team')).toMatchObject([{ requests: 1 }, { requests: 1 }]);
    expect(await sums('tag:squad')).toMatchObject([{ group: { 'tag:squad': 'x' }, requests: 2 }]);
    expect(await sums('tag:project')).toMatchObject([{ group: { 'tag:project': 'p' }, requests: 2 }]);
    // Only the rollups say so.
    await several.ledger.pool.query('UPDATE wiretally_private.rollup_hour SET requests = requests + 10');
    expect(await sums('tag:team')).toMatchObject([{ requests: 11 }, { requests: 11 }]);
    expect(await sums('tag:project')).toMatchObject([{ requests: 2 }]);
    await other.close();
    await several.close();
  });

  test('the rollups are asked where they can tell', async () => {
    const asked: string[] = [];
    const pool = new Proxy(own.ledger.pool, {
      get: (target, name, receiver) =>
        name === 'query'
          ? (text: string, values: unknown[]) => {
              asked.push(text);
              return target.query(text, values);
            }
          : (Reflect.get(target, name, receiver) as unknown),
    });
    await queryUsage({ from: hour(2), groupBy: ['provider', 'model'] }, { ledger: { pool, timeZone: 'UTC' } });
    expect(asked[0]).toContain('rollup_hour');
    await queryUsage({ groupBy: ['user'] }, { ledger: { pool, timeZone: 'UTC' } });
    expect(asked[1]).toContain('rollup_part');
    await queryUsage({ groupBy: ['error'] }, { ledger: { pool, timeZone: 'UTC' } });
    expect(asked[2]).not.toContain('rollup');
  });

  test('the environment is a tag where the caller says so, else what the service states', async () => {
    const rows = await queryUsage({ groupBy: ['tag:environment'] }, { ledger: own.ledger });
    expect(rows).toMatchObject([{ group: { 'tag:environment': null }, requests: 400 }]);
    await own.send([call({ at: new Date(START), tags: { environment: 'blue' } })]);
    const [blue] = await queryUsage({ filter: { tags: { environment: 'blue' } } }, { ledger: own.ledger });
    expect(blue?.requests).toBe(1);
  });
});
