/** Calls of the ledger into a file or a stream. */
import { open } from 'node:fs/promises';
import type { Pool } from 'pg';
import { onOneSnapshot } from '../../report/queryable.ts';
import { CALL_COLUMNS } from './call-columns.ts';
import { newFile } from './new-file.ts';
import { readCalls } from './read-calls.ts';
import type { Row, Selection } from './read-calls.ts';
import { writeSqlite } from './sqlite-file.ts';
import { textOf } from './text-formats.ts';
import type { TextFormat } from './text-formats.ts';

export interface ExportOptions {
  readonly pool: Pool;
  readonly timeZone: string;
  readonly selection: Selection;
  readonly format: TextFormat | 'sqlite';
  /** A file, or who takes the text; SQLite wants a file. Resolves when more may come. */
  readonly to: { readonly path: string; readonly force: boolean } | ((text: string) => Promise<void>);
  readonly onProgress?: ((calls: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ExportResult {
  readonly calls: number;
  /** What whoever reads the file should know. */
  readonly remarks: readonly string[];
}

/** @throws Error where the file cannot be written; nothing of it is left then. */
export async function exportCalls(options: ExportOptions): Promise<ExportResult> {
  const { to } = options;
  if (typeof to === 'function') return writeText(options, to);
  const file = await newFile(to.path, to);
  try {
    const result =
      options.format === 'sqlite'
        ? await writeDatabase(options, file.temporaryPath)
        : await writeTextFile(options, file.temporaryPath);
    options.signal?.throwIfAborted();
    await file.complete();
    return result;
  } finally {
    await file.discard();
  }
}

async function writeTextFile(options: ExportOptions, path: string): Promise<ExportResult> {
  const file = await open(path, 'wx', 0o644);
  try {
    return await writeText(options, async (text) => {
      await file.writeFile(text);
    });
  } finally {
    await file.close();
  }
}

async function writeText(options: ExportOptions, take: (text: string) => Promise<void>): Promise<ExportResult> {
  const { format } = options;
  if (format === 'sqlite') throw new Error('A SQLite database cannot be written to a stream.');
  let calls = 0;
  await onOneSnapshot(options.pool, async (db) => {
    const counted = async function* (): AsyncGenerator<readonly Row[]> {
      for await (const page of readCalls(db, options.selection, CALL_COLUMNS)) {
        options.signal?.throwIfAborted();
        yield page;
        calls += page.length;
        options.onProgress?.(calls);
      }
    };
    for await (const text of textOf(format, counted())) await take(text);
  });
  return { calls, remarks: [] };
}

async function writeDatabase(options: ExportOptions, path: string): Promise<ExportResult> {
  const { pool, selection, timeZone, onProgress, signal } = options;
  const { calls, roundedCosts } = await onOneSnapshot(pool, (db) =>
    writeSqlite(db, path, selection, timeZone, (written) => {
      signal?.throwIfAborted();
      onProgress?.(written);
    }),
  );
  return {
    calls,
    remarks:
      roundedCosts === 0
        ? []
        : [
            `${roundedCosts} costs have more than 15 digits, which SQLite rounds: it has no decimals. ` +
              '--format csv gives every digit.',
          ],
  };
}
