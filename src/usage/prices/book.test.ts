import { describe, expect, it } from 'vitest';
import { NO_MODIFIERS } from '../record.ts';
import { createPriceBook } from './book.ts';
import { Lru } from './lru.ts';
import { AT_MS, reading } from './reading.fixture.ts';
import { parsePriceTable } from './table-schema.ts';

describe('a price book', () => {
  const call = reading({ responseModel: 'gpt-4o' });

  it('resolves a model once, misses included', () => {
    const book = createPriceBook();
    const resolve = (responseModel: string) => book.resolve({ ...call, responseModel }, AT_MS, NO_MODIFIERS);
    expect(resolve('gpt-4o')).toBe(resolve('gpt-4o'));
    expect(resolve('gpt-nobody')).toBe(resolve('gpt-nobody'));
  });

  it('forgets the least recently used', () => {
    const lru = new Lru<number>(2);
    lru.set('a', 1);
    lru.set('b', 2);
    lru.get('a');
    lru.set('c', 3);
    expect([lru.get('a'), lru.get('b'), lru.get('c'), lru.size]).toEqual([1, undefined, 3, 2]);
  });

  it('tells times apart at which a price changed, and hours of the day', () => {
    const book = createPriceBook();
    const usd = (model: string, atMs: number) => {
      const resolved = book.resolve({ ...call, provider: 'deepseek', responseModel: model }, atMs, NO_MODIFIERS);
      return resolved.kind === 'sheet' ? resolved.compiled.sheet.rates[0]?.usd : null;
    };
    const hours = [0, 1, 3, 4, 6, 9, 10].map((hour) => usd('deepseek-v4-pro', Date.UTC(2026, 10, 22, hour)));
    expect(hours).toEqual(['0.66', '1.32', '1.32', '0.66', '1.32', '1.32', '0.66']);
    expect(usd('deepseek-v4-pro', Date.UTC(2026, 6, 1, 1))).toBe('0.435');
  });

  it('takes the first of two tables', () => {
    const table = (input: number) => parsePriceTable({ prices: [{ model: 'm', usd_per_million_tokens: { input } }] });
    const book = createPriceBook({ tables: [table(1), table(2)] });
    expect(book.resolve({ ...call, responseModel: 'm' }, AT_MS, NO_MODIFIERS)).toMatchObject({
      compiled: { sheet: { rates: [{ usd: '1' }] } },
    });
  });

  it('prefers an exact id to a pattern, and a longer pattern to a shorter one', () => {
    const prices = ['gpt-*', 'gpt-5-mini', 'gpt-5*', '*'].map((model, index) => ({
      model,
      usd_per_million_tokens: { input: index },
    }));
    const book = createPriceBook({ tables: [parsePriceTable({ prices })] });
    const matched = (responseModel: string) => {
      const resolved = book.resolve({ ...call, responseModel }, AT_MS, NO_MODIFIERS);
      return resolved.kind === 'sheet' ? resolved.compiled.sheet.model : null;
    };
    expect(['gpt-5-mini', 'gpt-5-nano', 'gpt-4', 'x'].map(matched)).toEqual(['gpt-5-mini', 'gpt-5*', 'gpt-*', '*']);
  });
});
