import { expect, it } from 'vitest';
import { remarksOf } from './remarks.ts';

it('finds the warnings among the lines that a ledger logs', () => {
  const output = [
    '{"level":30,"msg":"ready"}',
    'a line of somebody else',
    'null',
    '{"level":40,"msg":"Port 4318 on 127.0.0.1 is taken by otelcol (pid 7)."}',
  ].join('\n');
  expect(remarksOf(output)).toEqual(['Port 4318 on 127.0.0.1 is taken by otelcol (pid 7).']);
});
