import { describe, expect, it } from 'vitest';
import { claim } from './claim.ts';

function switchable(log: string[], name: string) {
  return () => {
    log.push(`${name} on`);
    return () => log.push(`${name} off`);
  };
}

describe('claim', () => {
  it('switches the first on, lets the others wait, and hands over when it is switched off', () => {
    const log: string[] = [];
    const undoA = claim('test', switchable(log, 'a'));
    const undoB = claim('test', switchable(log, 'b'));
    expect(log).toEqual(['a on']);
    undoA();
    undoA();
    expect(log).toEqual(['a on', 'a off', 'b on']);
    undoB();
    expect(log).toEqual(['a on', 'a off', 'b on', 'b off']);
  });

  it('forgets one that is switched off while it waits', () => {
    const log: string[] = [];
    const undoA = claim('test', switchable(log, 'a'));
    claim('test', switchable(log, 'b'))();
    undoA();
    expect(log).toEqual(['a on', 'a off']);
  });
});
