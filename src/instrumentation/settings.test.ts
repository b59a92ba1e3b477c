import { describe, expect, it } from 'vitest';
import { hostMapFrom, isDisabled } from './settings.ts';

describe('host settings', () => {
  it('complains of what is no mapping, names it, and goes on with the rest', () => {
    const problems: string[] = [];
    expect(() =>
      hostMapFrom({ hosts: { 'llm.internal': 'no-such-provider' } }, { WIRETALLY_HOSTS: 'a:8000,=b, ,c=' }, (problem) =>
        problems.push(problem),
      ),
    ).not.toThrow();
    expect(problems.filter((problem) => problem.startsWith('WIRETALLY_HOSTS'))).toEqual([
      'WIRETALLY_HOSTS: "a:8000" is left out, write host[:port][/prefix]=provider',
      'WIRETALLY_HOSTS: "=b" is left out, write host[:port][/prefix]=provider',
      'WIRETALLY_HOSTS: "c=" is left out, write host[:port][/prefix]=provider',
    ]);
  });

  it('is switched off by true or 1 only', () => {
    expect(['true', '1', ' TRUE '].map((value) => isDisabled({ WIRETALLY_DISABLED: value }))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['false', '0', '', undefined].some((value) => isDisabled({ WIRETALLY_DISABLED: value }))).toBe(false);
  });
});
