import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { isNode, LineCounter, parse, parseDocument } from 'yaml';
import { createPriceBook } from './book.ts';
import { priceReading } from './price.ts';
import { AT_MS, reading } from './reading.fixture.ts';
import type { ReadingChanges } from './reading.fixture.ts';
import { PRICE_TABLE_SCHEMA } from './table-keys.ts';
import { parsePriceTable, PriceTableError } from './table-schema.ts';
import type { PriceTableIssue } from './table-schema.ts';

/** As the ledger reads a file: the value, and where in the text each path stands. */
function parseYaml(text: string) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const value: unknown = document.toJS();
  return parsePriceTable(value, {
    name: 'prices.yaml',
    locate(path) {
      for (let depth = path.length; depth > 0; depth -= 1) {
        const node = document.getIn(path.slice(0, depth), true);
        if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
      }
      return null;
    },
  });
}

function issuesOf(text: string): readonly PriceTableIssue[] {
  try {
    parseYaml(text);
  } catch (error) {
    if (error instanceof PriceTableError) return error.issues;
    throw error;
  }
  return [];
}

const TABLE = `
name: acme
prices:
  - model: our-llama
    usd_per_million_tokens: { input: 1.5, output: 6, cache_read: 0.15 }
    long_context: { above_input_tokens: 1000, usd_per_million_tokens: { input: 3, output: 12 } }
  - model: gpt-4o
    provider: openai
    from: 2026-01-01
    usd_per_million_tokens: { input: 2, output: 8 }
  - model: gpt-4o
    provider: openai
    from: 2026-06-01
    usd_per_million_tokens: { input: 1, output: 4 }
  - model: forced-*
    force: true
    usd_per_million_tokens: { input: 1, output: 1 }
  - model: our-images
    usd_per: { image: 0.04, thousand_searches: 10 }
  - model: our-voice
    usd_per: { audio_minute: 0.006 }
  - model: own-*
    free: true
deployments:
  - { name: Prod-Chat, provider: azure.ai.openai, model: gpt-4o-mini }
discounts:
  - { provider: anthropic, percent_off: 15 }
  - { provider: anthropic, model: claude-opus-*, percent_off: 20, force: true }
`;

describe("a user's table", () => {
  const book = createPriceBook({ tables: [parseYaml(TABLE)] });
  const priceAt = (changes: ReadingChanges, atMs: number) => priceReading(reading(changes), { atMs, book });
  const price = (changes: ReadingChanges) => priceAt(changes, AT_MS);
  const tokens = { input: 1000, output: 1000 };

  it('prices models, cached tokens and long contexts', () => {
    expect(price({ responseModel: 'our-llama', tokens }).costUsd).toBe('0.0075');
    expect(price({ responseModel: 'our-llama', tokens: { ...tokens, cacheRead: 500 } }).costUsd).toBe('0.006825');
    expect(price({ responseModel: 'our-llama', tokens: { input: 1001, output: 1000 } }).costUsd).toBe('0.015003');
  });

  it('beats the supplement and the base, from its day on', () => {
    const call = { responseModel: 'gpt-4o-2024-08-06', requestModel: 'gpt-4o', tokens };
    expect(priceAt(call, Date.UTC(2025, 11, 31)).costUsd).toBe('0.0125');
    expect(priceAt(call, Date.UTC(2026, 0, 1)).costUsd).toBe('0.01');
    expect(priceAt(call, Date.UTC(2026, 5, 1)).costUsd).toBe('0.005');
  });

  it('yields to a cost that the provider states, unless forced', () => {
    const stated = { costReportedUsd: '0.5', tokens };
    expect(price({ ...stated, responseModel: 'our-llama' })).toMatchObject({ costUsd: '0.5', costSource: 'provider' });
    expect(price({ ...stated, responseModel: 'forced-model' })).toMatchObject({
      costReportedUsd: '0.5',
      costUsd: '0.002',
      costSource: 'user',
    });
  });

  it('prices units, and what is free', () => {
    expect(price({ responseModel: 'our-images', units: { images: 2, searches: 3 } }).costUsd).toBe('0.11');
    expect(price({ responseModel: 'our-voice', units: { audio_seconds: 30 } }).costUsd).toBe('0.003');
    expect(price({ responseModel: 'own-7b', tokens })).toMatchObject({ costUsd: '0', zeroReason: 'free-model' });
    // Also on a server of one's own, which costs nothing otherwise.
    expect(price({ provider: 'vllm', responseModel: 'our-llama', tokens }).costUsd).toBe('0.0075');
  });

  it('maps a deployment to its model', () => {
    const azure = { provider: 'azure.ai.openai', requestModel: 'prod-chat', tokens };
    expect(price(azure).costUsd).toBe('0.00075');
    expect(price({ ...azure, provider: 'openai' }).unpricedReason).toBe('model-unknown');
  });

  it('takes discounts off the list price, the more specific one', () => {
    const claude = { provider: 'anthropic', tokens };
    expect(price({ ...claude, responseModel: 'claude-haiku-4-5' }).costUsd).toBe('0.0051');
    expect(price({ ...claude, responseModel: 'claude-opus-4-8', costReportedUsd: '1' })).toMatchObject({
      costUsd: '0.024',
      costSource: 'user',
    });
  });

  it('stands in the card under its name', () => {
    expect(book.resolve({ ...reading({}), responseModel: 'our-llama' }, AT_MS, reading({}).modifiers)).toMatchObject({
      compiled: { sheet: { source: 'user', sourceVersion: 'acme' } },
    });
  });
});

describe('a table that is wrong', () => {
  it('is refused with the path, the line and what to do, all places at once', () => {
    const issues = issuesOf(`
prices:
  - model: a
    usd_per_million_tokens:
      input: cheap
      cache_write_1h: 2
  - usd_per: { image: -1 }
    form: 2026-01-01
  - model: b
    from: 2026-02-30
    free: true
    usd_per: { picture: 1 }
discounts:
  - percent_off: 150
`);
    expect(issues.map(({ line, path }) => `${line} ${path}`).toSorted()).toEqual(
      [
        '5 prices[0].usd_per_million_tokens.input',
        '6 prices[0].usd_per_million_tokens.cache_write_1h',
        '8 prices[1].form',
        '7 prices[1].model',
        '7 prices[1].usd_per.image',
        '7 prices[1]',
        '12 prices[2].usd_per.picture',
        '10 prices[2].from',
        '14 discounts[0].percent_off',
      ].toSorted(),
    );
  });

  it('says what to write instead', () => {
    expect(() => parseYaml('prices: [{ model: a, usd_per: { image: free } }]')).toThrow(
      'line 1: prices[0].usd_per.image is "free"; it must be an amount of USD such as 0.15',
    );
    expect(() => parsePriceTable({ prices: [{ model: 'a' }] }, { name: 'x.json' })).toThrow(
      'prices[0] needs usd_per_million_tokens, usd_per, or free: true',
    );
    expect(() => parsePriceTable({ currency: 'EUR' })).toThrow('prices are in USD');
    expect(() => parsePriceTable([])).toThrow('the table is a list; it must have the keys name, currency, prices');
  });

  it('never throws anything else, whatever it holds', () => {
    for (const value of [
      null,
      7,
      'x',
      { prices: 7 },
      { prices: [null, [], { model: 7 }] },
      { discounts: [{}] },
      { prices: [{ model: 'a', free: true, included: ['toString'] }] },
    ]) {
      expect(() => parsePriceTable(value)).toThrow(PriceTableError);
    }
  });
});

describe('the JSON Schema of a table', () => {
  const accepts = new Ajv2020({ allowUnionTypes: true }).compile(PRICE_TABLE_SCHEMA);

  it('accepts what the parser accepts', () => {
    expect(accepts(parse(TABLE))).toBe(true);
    expect(accepts({ prices: [{ model: 'a', usd_per: { image: '0.04' } }] })).toBe(true);
  });

  it.each([
    { prices: [{ usd_per: { image: 1 } }] },
    { prices: [{ model: 'a', usd_per: { picture: 1 } }] },
    { prices: [{ model: 'a', usd_per: { image: -1 } }] },
    { prices: [{ model: 'a', usd_per_million_tokens: { input: 'cheap' } }] },
    { discounts: [{ percent_off: 150 }] },
    { currency: 'EUR' },
  ])('refuses %j, as the parser does', (table) => {
    expect(accepts(table)).toBe(false);
    expect(() => parsePriceTable(table)).toThrow(PriceTableError);
  });
});
