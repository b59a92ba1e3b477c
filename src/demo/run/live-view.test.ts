import { expect, it } from 'vitest';
import { liveView } from './live-view.ts';
import type { LedgerModel } from './ledger-totals.ts';

const rows: readonly LedgerModel[] = Array.from({ length: 30 }, (_, index) => ({
  provider: 'openai',
  model: `model-${index}`,
  calls: 1,
  failed: 0,
  withoutCost: index === 0 ? 1 : 0,
  inputTokens: 1000,
  outputTokens: 200,
  totalTokens: 1200,
  costUsd: '0.0012',
}));

function terminal(size: { isTTY?: boolean; rows?: number } = {}): { written: string[]; write(text: string): void } {
  const written: string[] = [];
  return { ...size, written, write: (text) => written.push(text) };
}

it('fits into the window of a terminal, the sum always in it', () => {
  const screen = terminal({ isTTY: true, rows: 20 });
  liveView(screen, () => ['Ctrl-C stops everything.']).show(rows);
  const lines = screen.written.join('').split('\n');
  expect(lines.length).toBeLessThanOrEqual(20);
  expect(screen.written.join('')).toContain('30 calls, 36,000 tokens, 0.0360 USD in the ledger');
});

it('calls the cost of calls that nobody can price unknown', () => {
  const screen = terminal({ isTTY: true, rows: 60 });
  liveView(screen, () => []).show(rows);
  expect(screen.written.join('')).toMatch(/model-0 .*unknown/);
});

it('writes to a pipe only now and then', () => {
  let now = 0;
  const pipe = terminal();
  const view = liveView(
    pipe,
    () => [],
    () => now,
  );
  view.show(rows);
  now = 10_000;
  view.show(rows);
  now = 40_000;
  view.show(rows);
  expect(pipe.written).toHaveLength(2);
});
