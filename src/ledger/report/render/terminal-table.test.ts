import { describe, expect, test } from 'vitest';
import { displayWidth } from './display-width.ts';
import { renderCsv } from './csv.ts';
import { printable } from './printable.ts';
import { terminalTable } from './terminal-table.ts';

const columns = [
  { head: 'Model', align: 'left', mayBeCut: true },
  { head: 'Calls', align: 'right' },
  { head: 'Last used', align: 'left', dropFirst: 1 },
] as const;

describe('a terminal table', () => {
  test('aligns columns by what a terminal shows, not by code units', () => {
    const lines = terminalTable(
      columns,
      [
        ['gpt-4o', '1,200', 'today'],
        ['模型', '7', 'today'],
        ['مدل‌ها', '12', 'today'],
        ['🟢 é', '3', 'today'],
      ],
      null,
      { width: Infinity, colour: false },
    );
    const starts = lines.slice(2).map((line) => displayWidth(line.slice(0, line.indexOf('today'))));
    expect(new Set(starts).size).toBe(1);
  });

  test('keeps its columns in their order where text runs from right to left', () => {
    const [head, , row, plain] = terminalTable(
      [
        { head: 'مدل', align: 'left' },
        { head: 'ورودی', align: 'right' },
      ],
      [
        ['نامشخص', '7'],
        ['gpt-4o', '12'],
      ],
      null,
      { width: Infinity, colour: false },
    );
    expect(head).toBe('\u200E\u2068مدل\u2069     \u2068ورودی\u2069');
    expect(row).toBe('\u200E\u2068نامشخص\u2069      7');
    expect(plain).toBe('gpt-4o     12');
  });

  test('drops what may go and cuts long names before it grows out of the window', () => {
    const rows = [['a-model-with-a-very-long-name-indeed', '1,234', '2026-01-01']];
    const wide = terminalTable(columns, rows, null, { width: 60, colour: false });
    expect(wide[0]).toContain('Last used');
    const narrow = terminalTable(columns, rows, null, { width: 24, colour: false });
    expect(narrow[0]).not.toContain('Last used');
    expect(narrow.every((line) => displayWidth(line) <= 24)).toBe(true);
    expect(narrow.join('\n')).toContain('…');
    expect(narrow.join('\n')).toContain('1,234');
  });

  test('sets a total apart', () => {
    const lines = terminalTable(columns, [['a', '1', '']], ['Total', '1', ''], { width: 80, colour: false });
    expect(lines).toHaveLength(5);
    expect(lines[4]).toMatch(/^Total +1$/);
  });
});

test('names cannot steer a terminal or turn the text around them', () => {
  expect(printable('a\u001b[31mb\u202Ec\u0007\u009b')).toBe('a�[31mb�c��');
});

test('CSV quotes what must be quoted, and lets no name become a formula', () => {
  expect(
    renderCsv(
      ['a', 'b'],
      [
        ['x,"y"\n', -1.5],
        ['=1+1', null],
        ['-0.5', '@x'],
        ['+1', '-'],
      ],
    ),
  ).toBe(`a,b\r\n"x,""y""\n",-1.5\r\n'=1+1,\r\n-0.5,'@x\r\n'+1,'-\r\n`);
});
