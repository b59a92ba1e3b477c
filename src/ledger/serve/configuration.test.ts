import { describe, expect, test } from 'vitest';
import { ConfigurationError, serveConfiguration } from './configuration.ts';

describe('what the environment says about serving', () => {
  test('nothing: loopback, the known ports, no token, no budget', () => {
    expect(serveConfiguration({}, {})).toEqual({
      host: '127.0.0.1',
      port: 4319,
      otlpPort: 4318,
      otlpPortIsDefault: true,
      token: null,
      budgets: [],
    });
  });

  test('a flag wins over its variable, and an empty variable is none', () => {
    const environment = { WIRETALLY_PORT: '5000', WIRETALLY_OTLP_PORT: 'none', WIRETALLY_TOKEN: ' ' };
    expect(serveConfiguration({ port: '6000' }, environment)).toMatchObject({
      port: 6000,
      otlpPort: null,
      token: null,
    });
    expect(serveConfiguration({}, environment)).toMatchObject({ port: 5000 });
  });

  test('budgets are decimals, kept as written', () => {
    const environment = { WIRETALLY_BUDGET_DAILY_USD: '12.50', WIRETALLY_BUDGET_MONTHLY_USD: '300' };
    expect(serveConfiguration({}, environment).budgets).toEqual([
      { name: 'daily', period: 'day', limitUsd: '12.50' },
      { name: 'monthly', period: 'month', limitUsd: '300' },
    ]);
  });

  test.each([
    [{ WIRETALLY_PORT: 'http' }, /WIRETALLY_PORT is "http"; it must be a port number/],
    [{ WIRETALLY_PORT: '70000' }, /WIRETALLY_PORT/],
    [{ WIRETALLY_OTLP_PORT: '-1' }, /WIRETALLY_OTLP_PORT .*or "none"/],
    [{ WIRETALLY_BUDGET_DAILY_USD: '$5' }, /WIRETALLY_BUDGET_DAILY_USD .*US dollars/],
    [{ WIRETALLY_BUDGET_MONTHLY_USD: '1e3' }, /WIRETALLY_BUDGET_MONTHLY_USD/],
    [{ WIRETALLY_HOST: '0.0.0.0' }, /reachable from other machines.*WIRETALLY_TOKEN/],
  ])('%j is refused with what to set instead', (environment, message) => {
    expect(() => serveConfiguration({}, environment)).toThrow(ConfigurationError);
    expect(() => serveConfiguration({}, environment)).toThrow(message);
  });

  test('a network may be served with a token', () => {
    expect(serveConfiguration({ host: '0.0.0.0' }, { WIRETALLY_TOKEN: 'secret' })).toMatchObject({ token: 'secret' });
  });
});
