import { describe, expect, it } from 'vitest';
import { compare, totalsOf } from './compare.ts';
import type { LedgerModel } from './ledger-totals.ts';

const row: LedgerModel & { provider: 'openai' } = {
  provider: 'openai',
  model: 'gpt-4o-mini',
  calls: 3,
  failed: 1,
  withoutCost: 1,
  inputTokens: 100,
  outputTokens: 20,
  totalTokens: 120,
  cacheReadTokens: 60,
  cacheWriteTokens: 0,
  reasoningTokens: 5,
  costUsd: '0.000027',
};

describe('the self-check', () => {
  it('finds nothing where both sides agree', () => {
    expect(compare([row], [row])).toEqual([]);
  });

  it.each([
    ['calls', { calls: 4 }, 'calls'],
    ['a success', { failed: 0 }, 'failed calls'],
    ['a token', { outputTokens: 21 }, 'output tokens'],
    ['reasoning that was lost', { reasoningTokens: 0 }, 'reasoning tokens'],
    ['an unknown cost that became 0', { withoutCost: 0 }, 'calls of unknown cost'],
    ['more than 1e-9 USD', { costUsd: '0.0000270011' }, 'cost in USD'],
  ])('sees a difference of %s', (_, change, what) => {
    const differences = compare([row], [{ ...row, ...change }]);
    expect(differences.map((difference) => difference.what)).toEqual([what]);
  });

  it('forgives rounding below 1e-9 USD', () => {
    expect(compare([row], [{ ...row, costUsd: '0.0000270005' }])).toEqual([]);
  });

  it('sees a model that only one side has', () => {
    expect(compare([row], [])[0]).toMatchObject({ what: 'calls', served: '3', ledger: '0' });
    expect(compare([], [row])[0]).toMatchObject({ what: 'calls', served: '0', ledger: '3' });
  });

  it('adds up calls, tokens and exact cost', () => {
    expect(totalsOf([row, row])).toEqual({ calls: 6, tokens: 240, costUsd: '0.000054' });
  });
});
