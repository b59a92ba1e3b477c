/** A ledger from a backup. */
import { openLedger } from './ledger.ts';
import type { LedgerOptions } from './ledger.ts';
import { silentLogger } from './logger.ts';
import { openDatabase } from './open-database.ts';
import type { AuditResult } from './store/audit.ts';
import { readBackup } from './store/backup/read-backup.ts';

export interface RestoredLedger {
  /** Rows by table, as they were counted in the database. */
  readonly rows: Readonly<Record<string, number>>;
  /** Of the ledger that was made, after it was brought up to date. */
  readonly audit: AuditResult;
}

/**
 * Fills an empty ledger, or a database that has none yet, and audits it.
 * @throws LedgerError `backup`; nothing was restored then
 */
export async function restoreLedger(file: string, options: LedgerOptions = {}): Promise<RestoredLedger> {
  const logger = options.logger ?? silentLogger;
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const { writers } = await openDatabase({ ...options, logger }, undo);
    const { rows } = await readBackup(writers, file, logger);
    const ledger = await openLedger(options);
    try {
      return { rows, audit: await ledger.audit() };
    } finally {
      await ledger.close();
    }
  } finally {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  }
}
