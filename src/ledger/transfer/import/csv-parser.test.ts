import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvLines } from '../../report/render/csv.ts';
import { CsvParser, guessDelimiter } from './csv-parser.ts';

function parse(pieces: readonly string[], delimiter = ','): { line: number; cells: readonly string[] }[] {
  const parser = new CsvParser(delimiter);
  return [...pieces.flatMap((piece) => [...parser.push(piece)]), ...parser.end()];
}

describe('CSV', () => {
  test('keeps commas, quotes and line ends within quotes, and knows the lines', () => {
    const text = 'a,b\r\n"x, ""y""","two\nlines"\n\nlast,\n';
    expect(parse([text])).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['x, "y"', 'two\nlines'] },
      { line: 5, cells: ['last', ''] },
    ]);
  });

  test('what our export writes is read as it was, wherever it is cut', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é', '💎') });
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, fc.nat({ max: 40 }), (values, cut) => {
        const written = csvLines(values);
        const found = parse([written.slice(0, cut), written.slice(cut)]).map(({ cells }) => cells);
        // The export marks what a spreadsheet would run.
        expect(found).toEqual(values.map((row) => row.map((text) => (/^\r/.test(text) ? `'${text}` : text))));
      }),
    );
  });

  test('says that the file ended within quotes', () => {
    const parser = new CsvParser(',');
    expect([...parser.push('a,"b\nc')]).toEqual([]);
    expect(parser.openQuote).toBe(true);
  });

  test.each([
    ['a,b,c\n1;2', ','],
    ['a;b;c', ';'],
    ['a\tb', '\t'],
    ['"a,b,c";d', ';'],
    ['alone', ','],
  ])('%j is separated by %j', (head, delimiter) => {
    expect(guessDelimiter(head)).toBe(delimiter);
  });
});
