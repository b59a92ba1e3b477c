import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigurationError, serveConfiguration } from './configuration.ts';

describe('what the environment says about serving', () => {
  test('nothing: loopback, the known ports, no token, no budget', () => {
    expect(serveConfiguration({}, {})).toEqual({
      host: '127.0.0.1',
      port: 4319,
      otlpPort: 4318,
      otlpPortIsDefault: true,
      tokens: [],
      budgets: [],
    });
  });

  test('a flag wins over its variable, and an empty variable is none', () => {
    const environment = { WIRETALLY_PORT: '5000', WIRETALLY_OTLP_PORT: 'none', WIRETALLY_TOKEN: ' ' };
    expect(serveConfiguration({ port: '6000' }, environment)).toMatchObject({
      port: 6000,
      otlpPort: null,
      tokens: [],
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
    [
      { WIRETALLY_TOKENS: 'reader:0123456789abcdef,boss:0123456789abcdef' },
      /WIRETALLY_TOKENS: entry 2 .*admin, writer, reader/,
    ],
    [{ WIRETALLY_TOKENS: 'reader:short' }, /at least 16 characters/],
    [{ WIRETALLY_TOKENS_FILE: '/no/such/file' }, /\/no\/such\/file, which cannot be read/],
    [{ WIRETALLY_HOST: '0.0.0.0' }, /reachable from other machines.*WIRETALLY_TOKEN/],
  ])('%j is refused with what to set instead', (environment, message) => {
    expect(() => serveConfiguration({}, environment)).toThrow(ConfigurationError);
    expect(() => serveConfiguration({}, environment)).toThrow(message);
  });

  test('a list and a file of tokens name the role of each; the single one is an admin', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wiretally-tokens-'));
    const file = join(folder, 'tokens');
    writeFileSync(file, '# services\nwriter:writer-writer-writer\n\n');
    const { tokens } = serveConfiguration(
      {},
      {
        WIRETALLY_TOKEN: 'root',
        WIRETALLY_TOKENS: 'reader:reader:with:colons, admin:admin-admin-admin',
        WIRETALLY_TOKENS_FILE: file,
      },
    );
    rmSync(folder, { recursive: true });
    expect(tokens).toEqual([
      { role: 'admin', token: 'root' },
      { role: 'reader', token: 'reader:with:colons' },
      { role: 'admin', token: 'admin-admin-admin' },
      { role: 'writer', token: 'writer-writer-writer' },
    ]);
  });

  test('a network may be served with a token', () => {
    expect(serveConfiguration({ host: '0.0.0.0' }, { WIRETALLY_TOKEN: 'secret' })).toMatchObject({
      tokens: [{ role: 'admin', token: 'secret' }],
    });
  });
});
