import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queryUsage } from 'wiretally';
import type { Dimension, UsageFilter } from 'wiretally';
import { call, openTestLedger, refused } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

const START = Date.parse('2026-03-18T22:17:03Z');

let own: TestLedger;
beforeAll(async () => {
  own = await openTestLedger();
  const calls = Array.from({ length: 400 }, (_, index) => {
    const at = new Date(START + index * 421_337);
    const provider = ['openai', 'gcp.gemini', 'groq'][index % 3]!;
    const requestModel = [`m-${index % 5}`, null][index % 7 === 0 ? 1 : 0]!;
    const said = {
      at,
      provider,
      requestModel,
      tags: { team: `t${index % 2}` },
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
  await own.send(calls);
});
afterAll(() => own.close());

const hour = (hours: number): Date => new Date(Date.parse('2026-03-18T22:00:00Z') + hours * 3_600_000);
const PERIODS: readonly [string, { from?: Date; to?: Date }][] = [
  ['all time', {}],
  ['whole hours', { from: hour(2), to: hour(30) }],
  ['parts of hours', { from: new Date(START + 5_000_000), to: new Date(START + 99_000_001) }],
  ['within one hour', { from: new Date(START + 60_000), to: new Date(START + 1_900_000) }],
  ['a beginning only', { from: new Date(START + 50_000_000) }],
];
const GROUPS: readonly (readonly Dimension[])[] = [
  [],
  ['provider'],
  ['provider', 'model'],
  ['service', 'operation'],
  ['day'],
  ['hour', 'provider'],
];
const FILTERS: readonly UsageFilter[] = [{}, { provider: 'gemini' }, { model: 'm-2' }, { service: 'image' }];

describe('sums from rollups and sums from calls', () => {
  test.each(PERIODS)('are equal to the last digit over %s', async (_, period) => {
    let compared = 0;
    for (const timeZone of ['UTC', 'America/New_York', 'Asia/Tehran']) {
      for (const groupBy of GROUPS) {
        for (const filter of FILTERS) {
          const ask = { ...period, groupBy, timeZone };
          const either = await queryUsage({ ...ask, filter }, { ledger: own.ledger });
          // Rollups do not know applications: this asks the calls, and all of them are of this one.
          const fromCalls = await queryUsage(
            { ...ask, filter: { ...filter, application: 'checkout' } },
            { ledger: own.ledger },
          );
          expect(either).toEqual(fromCalls);
          compared += either.length;
        }
      }
    }
    expect(compared).toBeGreaterThan(50);
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
    expect(asked[1]).not.toContain('rollup_hour');
  });

  test('the environment is a tag where the caller says so, else what the service states', async () => {
    const rows = await queryUsage({ groupBy: ['tag:environment'] }, { ledger: own.ledger });
    expect(rows).toMatchObject([{ group: { 'tag:environment': null }, requests: 400 }]);
    await own.send([call({ at: new Date(START), tags: { environment: 'blue' } })]);
    const [blue] = await queryUsage({ filter: { tags: { environment: 'blue' } } }, { ledger: own.ledger });
    expect(blue?.requests).toBe(1);
  });
});
