import { afterEach, expect, it, vi } from 'vitest';
import { listenForStop } from './stop-signals.ts';

afterEach(() => vi.restoreAllMocks());

it('takes two signals of one key press as one, and a later one as impatience', () => {
  let now = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const signals = listenForStop();
  try {
    process.emit('SIGINT');
    now += 50;
    process.emit('SIGINT');
    expect([signals.stop.aborted, signals.force.aborted]).toEqual([true, false]);
    now += 1000;
    process.emit('SIGINT');
    expect(signals.force.aborted).toBe(true);
  } finally {
    signals.dispose();
  }
});

it('gives the signals back', () => {
  const before = process.listenerCount('SIGTERM');
  listenForStop().dispose();
  expect(process.listenerCount('SIGTERM')).toBe(before);
});
