/**
 * The ledger as one value: a PostgreSQL (embedded or `DATABASE_URL`), its schema, and the way in. The HTTP layer, the
 * reports and the command line stand on it.
 */
import type { Pool } from 'pg';
import type { IngestResult, ParsedRecord } from './store/ingest-types.ts';
import type { LedgerStats } from './store/stats.ts';
import type { AuditResult } from './store/audit.ts';
import type { Receiver } from './receive/receiver.ts';
import type { Logger } from './logger.ts';

export type { Logger } from './logger.ts';
export type { IngestResult, ParsedRecord } from './store/ingest-types.ts';
export type { LedgerStats } from './store/stats.ts';
export type { AuditDifference, AuditResult } from './store/audit.ts';
export type { OtlpAnswer, OtlpSignal, Receiver } from './receive/receiver.ts';

export interface LedgerOptions {
  /** A PostgreSQL of yours (14 or later). Default: `DATABASE_URL`, unless `dataDir` is given; else the embedded one. */
  readonly databaseUrl?: string | undefined;
  /** Folder of the embedded PostgreSQL. Default: `WIRETALLY_DATA`, else `./data/postgres`. */
  readonly dataDir?: string | undefined;
  readonly logger?: Logger | undefined;
  /** IANA name of the zone whose days the reports and views use. Default: `WIRETALLY_TIME_ZONE`, else `UTC`. */
  readonly timeZone?: string | undefined;
  /** Tag keys that rollups keep apart, four at most. Default: team, project, feature, environment. */
  readonly promotedTags?: readonly string[] | undefined;
  /** Records that may wait for the database before requests are answered 503. Default 50,000. */
  readonly maxQueuedRecords?: number | undefined;
}

export interface DatabaseInfo {
  readonly kind: 'embedded' | 'external';
  /** For people: how `psql` reaches it; without a password. */
  readonly description: string;
  readonly dataDir: string | null;
}

export interface Ledger {
  /** For queries of reports. Money arrives as a decimal string, bigint as a string: convert on purpose. */
  readonly pool: Pool;
  readonly database: DatabaseInfo;
  readonly timeZone: string;
  readonly stats: LedgerStats;
  readonly receiver: Receiver;
  /**
   * Stores records and their rollups; resolves after COMMIT. Duplicates (same id and time) are counted, not stored.
   * @throws LedgerBusyError when the queue is full, LedgerUnavailableError when the database cannot be reached: retry.
   */
  ingestLogs(records: readonly ParsedRecord[]): Promise<IngestResult>;
  /** Compares every rollup with the rows it was made from. */
  audit(): Promise<AuditResult>;
  /** Finishes what is queued (bounded), closes connections, stops the embedded server unless another process uses it. */
  close(): Promise<void>;
}

/** Opens the ledger: starts or adopts the database, migrates it, makes partitions ahead. */
export function openLedger(_options: LedgerOptions = {}): Promise<Ledger> {
  return Promise.reject(new Error('the ledger opens with the next commits'));
}
