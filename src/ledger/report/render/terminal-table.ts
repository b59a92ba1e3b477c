/** A table for a terminal: aligned, no wider than the window, coloured only where asked. */
import { styleText } from 'node:util';
import { cutToWidth, displayWidth, fill } from './display-width.ts';

export interface TerminalColumn {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** Left out when the window is narrow, lowest first; a column without it stays. */
  readonly dropFirst?: number;
  /** Names may be cut; numbers and times would say something else then. */
  readonly mayBeCut?: true;
}

export interface TerminalOptions {
  /** Columns of the window; Infinity where the output is no terminal, so that nothing is cut in a pipe. */
  readonly width: number;
  readonly colour: boolean;
}

type Style = Parameters<typeof styleText>[0];

export function styled(style: Style, text: string, options: TerminalOptions): string {
  return options.colour ? styleText(style, text, { validateStream: false }) : text;
}

const GAP = '  ';
/** Other columns go before names get shorter than this, and names get shorter only when no other may go. */
const COMFORTABLE_NAME = 24;
const NARROWEST_NAME = 10;

/** @param foot set apart below the rows, with the same columns. */
export function terminalTable(
  columns: readonly TerminalColumn[],
  rows: readonly (readonly string[])[],
  foot: readonly string[] | null,
  options: TerminalOptions,
): string[] {
  const all = foot === null ? rows : [...rows, foot];
  const natural = columns.map((column, index) =>
    Math.max(displayWidth(column.head), ...all.map((row) => displayWidth(row[index] ?? ''))),
  );
  const { kept, widths } = fit(columns, natural, options.width);
  const line = (cells: readonly string[]): string =>
    inOrder(
      kept
        .map((index, place) => {
          const align = columns[index]?.align ?? 'left';
          const width = widths[place] ?? 0;
          return fill(isolated(cutToWidth(cells[index] ?? '', width)), width, align);
        })
        .join(GAP)
        .trimEnd(),
    );
  const rule = styled(
    'dim',
    '─'.repeat(widths.reduce((sum, width) => sum + width, GAP.length * (kept.length - 1))),
    options,
  );
  const head = styled('bold', line(columns.map((column) => column.head)), options);
  return [head, rule, ...rows.map(line), ...(foot === null ? [] : [rule, styled('bold', line(foot), options)])];
}

const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;

/**
 * Terminals that know of right-to-left text would turn round two such cells beside each other, with the gap between them:
 * columns would change places. So each is isolated, and the line runs from left to right.
 */
const isolated = (cell: string): string => (RIGHT_TO_LEFT.test(cell) ? `\u2068${cell}\u2069` : cell);
const inOrder = (line: string): string => (RIGHT_TO_LEFT.test(line) ? `\u200E${line}` : line);

/** Drops columns that may go, then narrows the widest names, until the table fits. */
function fit(
  columns: readonly TerminalColumn[],
  natural: readonly number[],
  limit: number,
): { kept: number[]; widths: number[] } {
  let kept = columns.map((_, index) => index);
  const total = (widths: readonly number[]): number =>
    widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
  const widthsOf = (): number[] => kept.map((index) => natural[index] ?? 0);
  const droppable = columns
    .map((column, index) => ({ index, order: column.dropFirst }))
    .filter((entry): entry is { index: number; order: number } => entry.order !== undefined)
    .toSorted((a, b) => a.order - b.order);
  const spare = (): number =>
    kept.reduce(
      (sum, index) =>
        sum + (columns[index]?.mayBeCut === true ? Math.max(0, (natural[index] ?? 0) - COMFORTABLE_NAME) : 0),
      0,
    );
  for (const { index } of droppable) {
    if (total(widthsOf()) - spare() <= limit) break;
    kept = kept.filter((other) => other !== index);
  }
  const widths = widthsOf();
  while (total(widths) > limit) {
    const widest = widths.reduce(
      (best, width, place) =>
        columns[kept[place] ?? 0]?.mayBeCut === true && width > NARROWEST_NAME && width > (widths[best] ?? 0)
          ? place
          : best,
      -1,
    );
    if (widest === -1) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return { kept, widths };
}
