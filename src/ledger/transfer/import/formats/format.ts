/** How rows of one kind of table are understood. */
import type { ImportedCall } from '../imported-call.ts';
import type { RowReader } from '../row-reader.ts';

export interface ImportFormat {
  /** Of the command line; also the default name of the source, of which ids are made. */
  readonly name: string;
  /** For help texts. */
  readonly summary: string;
  /** Where the table is looked for; null where there is none. */
  readonly table: string | null;
  /** The columns that are read. Others are named in the report, so that nobody misses them later. */
  readonly columns: readonly string[];
  /** Without these, it is another table. */
  readonly required: readonly string[];
  /** Of rows that name no provider, where the model does not tell. */
  readonly provider: string | null;
  /**
   * Null: the row is no call to a provider; a remark says what it is.
   * @throws NotUnderstood with the reason
   */
  readonly understand: (row: RowReader) => ImportedCall | null;
}

export interface TokenColumns {
  readonly input: string;
  readonly output: string;
  readonly total: string;
  readonly cost: string | null;
}

type Usage = Pick<ImportedCall, 'inputTokens' | 'outputTokens' | 'totalTokens' | 'statedCostUsd'>;

/**
 * Counts and cost of a table whose columns default to 0, so that 0 may mean "not stated": no answered prompt has 0
 * tokens, and no estimate of tokens is 0 but where the price was not known.
 */
export function usageWithZeroDefaults(row: RowReader, columns: TokenColumns): Usage {
  const input = row.count(columns.input);
  const output = row.count(columns.output);
  const total = row.count(columns.total);
  const stated = columns.cost === null ? null : row.money(columns.cost);
  const nothing = !input && !output && !total;
  if (nothing && (input ?? output ?? total) !== null) row.remark('tokens of 0 are taken as not stated');
  const inputTokens = input === 0 ? null : input;
  const free = stated !== null && Number(stated) === 0;
  if (free && !nothing) row.remark(`${columns.cost} of 0 with tokens is taken as not stated`);
  if (!nothing && input !== null && output !== null && total !== null && input + output !== total) {
    row.remark(`${columns.total} is not ${columns.input} + ${columns.output}; each is kept as it stands`);
  }
  return {
    inputTokens,
    outputTokens: nothing || (inputTokens === null && output === 0) ? null : output,
    totalTokens: total === 0 ? null : total,
    statedCostUsd: free ? null : stated,
  };
}
