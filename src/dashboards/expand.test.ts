import { describe, expect, test } from 'vitest';
import { expandPromql, expandSql, type ExpandOptions } from './expand.ts';

const options: ExpandOptions = {
  from: new Date('2026-11-22T10:00:00Z'),
  to: new Date('2026-11-22T11:00:00Z'),
  intervalSeconds: 30,
  variables: { provider: ['openai', 'gcp.gemini'], model: ["o'neil"], none: [] },
};

describe('PromQL', () => {
  test('a rate covers four intervals of the metrics at least', () => {
    expect(expandPromql('rate(x[$__rate_interval])', options)).toBe('rate(x[240s])');
    expect(expandPromql('rate(x[$__rate_interval])', { ...options, intervalSeconds: 600 })).toBe('rate(x[660s])');
  });

  test('several values become one regular expression in which a dot is a dot', () => {
    expect(expandPromql('x{p=~"$provider"}', options)).toBe(String.raw`x{p=~"(openai|gcp\\.gemini)"}`);
  });

  test('one value stands alone', () => {
    const one = { ...options, variables: { provider: ['openai'] } };
    expect(expandPromql('x{p=~"$provider"}', one)).toBe('x{p=~"openai"}');
  });
});

describe('SQL', () => {
  test('a time filter has both ends', () => {
    expect(expandSql('$__timeFilter(created_at)', options)).toBe(
      `created_at BETWEEN '2026-11-22T10:00:00.000Z' AND '2026-11-22T11:00:00.000Z'`,
    );
  });

  test('values are quoted, and no value ends the quotes', () => {
    expect(expandSql('array[${model:sqlstring}]', options)).toBe(`array['o''neil']`);
    expect(expandSql('array[${provider:sqlstring}]', options)).toBe(`array['openai','gcp.gemini']`);
    expect(expandSql('array[${none:sqlstring}]::text[]', options)).toBe('array[]::text[]');
  });

  test('a group by time is an alias of the rounded epoch', () => {
    expect(expandSql(`$__timeGroupAlias(hour, $__interval)`, options)).toBe(
      'floor(extract(epoch from hour)/30)*30 AS "time"',
    );
  });

  test('an unknown macro or variable is an error that names it', () => {
    expect(() => expandSql('select $__unixEpochFilter(x)', options)).toThrow('$__unixEpochFilter');
    expect(() => expandSql('select ${nobody:sqlstring}', options)).toThrow('${nobody:sqlstring}');
  });
});
