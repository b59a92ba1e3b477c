export type CsvCells = Readonly<Record<string, string | null>>;

/** What the product writes as CSV, read by other code than its own. Cells of these tests hold no line ends. */
export function parseCsv(text: string): CsvCells[] {
  const [head = '', ...lines] = text.trimEnd().split('\r\n');
  const cells = (line: string): string[] =>
    [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, plain]) =>
      quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
    );
  const names = cells(head);
  return lines.map((line) => {
    const row: Record<string, string | null> = {};
    for (const [index, cell] of cells(line).entries()) row[names[index] ?? ''] = cell === '' ? null : cell;
    return row;
  });
}
