/** Rows of somebody's table into the ledger, or a dry run of it. The same rows imported again change nothing. */
import type { ParsedRecord } from '../../ledger.ts';
import { whyNotStorable } from '../../store/check-record.ts';
import type { ImportFormat } from './formats/format.ts';
import { ImportSums, ReasonCounts } from './import-report.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportTarget } from './import-target.ts';
import { NotUnderstood, RowReader } from './row-reader.ts';
import { SourceError } from './source.ts';
import type { Source, SourceRow } from './source.ts';
import { toRecord } from './to-record.ts';
import type { RecordOptions } from './to-record.ts';

export interface ImportOptions extends RecordOptions {
  readonly target: ImportTarget;
  readonly rows: Source;
  readonly format: ImportFormat;
  /** Of times that name no zone. */
  readonly timeZone: string;
  /** False: nothing is written. */
  readonly apply: boolean;
  readonly onProgress?: ((rows: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws SourceError where the table is another one than the format's */
export async function importCalls(options: ImportOptions): Promise<ImportReport> {
  const { rows: source, format, target } = options;
  checkColumns(source, format);
  const notUnderstood = new ReasonCounts();
  const skipped = new ReasonCounts();
  const remarks = new ReasonCounts();
  const sums = new ImportSums();
  let rows = 0;
  let imported = 0;
  let alreadyThere = 0;
  let batch: ParsedRecord[] = [];

  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const there = await target.take(batch, options.apply);
    alreadyThere += there;
    imported += batch.length - there;
    batch = [];
  };

  for await (const row of source.rows()) {
    options.signal?.throwIfAborted();
    rows += 1;
    try {
      const reader = new RowReader(row, options.timeZone);
      const call = format.understand(reader);
      const example = exampleOf(row, format);
      if (call === null) {
        for (const remark of reader.remarks) skipped.add(remark, example);
        continue;
      }
      const parsed = toRecord(call, options);
      const refused = whyNotStorable(parsed.record);
      if (refused !== null) throw new NotUnderstood(refused);
      for (const remark of reader.remarks) remarks.add(remark, example);
      sums.add(parsed.record, call.statedCostUsd);
      batch.push(parsed);
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      notUnderstood.add(error.message, exampleOf(row, format));
    }
    if (batch.length === target.batchSize) {
      await flush();
      options.onProgress?.(rows);
    }
  }
  await flush();
  return {
    source: source.description,
    applied: options.apply,
    rows,
    imported,
    alreadyThere,
    notUnderstood: notUnderstood.list(),
    skipped: skipped.list(),
    remarks: remarks.list(),
    columnsNotRead: source.columns.filter((column) => !format.columns.includes(column)),
    ...sums.get(),
  };
}

function checkColumns(source: Source, format: ImportFormat): void {
  // Of a JSON file, nobody knows before the end.
  if (source.columns.length === 0) return;
  const missing = format.required.filter((column) => !source.columns.includes(column));
  if (missing.length === 0) return;
  throw new SourceError(
    `${source.description} has no column ${missing.join(', ')}, so it is not ${format.summary}. ` +
      `It has: ${source.columns.join(', ')}.`,
  );
}

const LONGEST_EXAMPLE = 160;

/** What of the row is read anyway: `line 12: model=gpt-4o time=…`. */
function exampleOf(row: SourceRow, format: ImportFormat): string {
  const fields = format.columns.flatMap((column) => {
    const value = row.fields[column] ?? null;
    // LiteLLM's metadata is long, and has names of people.
    return value === null || value === '' || column === 'metadata' ? [] : [`${column}=${value}`];
  });
  const text = fields.length === 0 ? row.place : `${row.place}: ${fields.join(' ')}`;
  return text.length > LONGEST_EXAMPLE ? `${text.slice(0, LONGEST_EXAMPLE - 1)}…` : text;
}
