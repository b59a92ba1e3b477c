import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { priceReading } from '@wiretally/usage';
import type { PriceBook } from '@wiretally/usage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aReading } from './emit/emit.fixture.ts';
import { pricesFrom } from './prices.ts';

const TABLE = { prices: [{ model: 'our-llama', usd_per_million_tokens: { input: 1.5, output: 6 } }] };

describe('prices of the user in a service', () => {
  let folder: string;
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const quiet = (problem: string): never => {
    throw new Error(problem);
  };
  const cost = (book: PriceBook | undefined, model = 'our-llama'): string | null => {
    const reading = aReading({ requestModel: model, responseModel: null, costReportedUsd: null });
    return priceReading(reading, book === undefined ? { atMs: 0 } : { atMs: 0, book }).costUsd;
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wiretally-prices-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('come from YAML, from JSON, and from the code, which wins', () => {
    const yaml = file(
      'a.yaml',
      'prices:\n  - { model: our-llama, usd_per_million_tokens: { input: 1.5, output: 6 } }\n',
    );
    const json = file('a.json', JSON.stringify(TABLE));
    for (const setting of [yaml, json]) {
      expect(cost(pricesFrom(undefined, { WIRETALLY_PRICES: setting }, quiet))).toBe('0.0027');
    }
    expect(cost(pricesFrom(TABLE, { WIRETALLY_PRICES: '/nowhere' }, quiet))).toBe('0.0027');
  });

  it('are the old flat table by its name, and list prices where nothing is set', () => {
    expect(cost(pricesFrom('legacy', {}, quiet), 'gpt-4o')).toBe('0.0045');
    expect(pricesFrom(undefined, {}, quiet)).toBeUndefined();
    expect(pricesFrom(undefined, { WIRETALLY_PRICES: '' }, quiet)).toBeUndefined();
  });

  it('are left out where the file is wrong, which is told with its line', () => {
    const problems: string[] = [];
    const wrong = file('wrong.yaml', 'prices:\n  - model: a\n    usd_per: { picture: 1 }\n');
    expect(pricesFrom(wrong, {}, (problem) => problems.push(problem))).toBeUndefined();
    expect(pricesFrom(join(folder, 'absent.yaml'), {}, (problem) => problems.push(problem))).toBeUndefined();
    expect(problems[0]).toContain('line 3: prices[0].usd_per.picture is no known key');
    expect(problems[1]).toContain('Set WIRETALLY_PRICES to a YAML or JSON file, or to legacy.');
  });
});
