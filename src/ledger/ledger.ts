/**
 * The ledger as one value: a PostgreSQL (embedded or `DATABASE_URL`), its schema, and the way in. The HTTP layer, the
 * reports and the command line stand on it.
 */
import type { Pool } from 'pg';
import { errorMessage } from './ledger-error.ts';
import { silentLogger } from './logger.ts';
import type { Logger } from './logger.ts';
import { openDatabase } from './open-database.ts';
import type { DatabaseInfo } from './open-database.ts';
import { openPrices } from './prices/ledger-prices.ts';
import type { LedgerPrices } from './prices/ledger-prices.ts';
import { pricesSetting } from './prices/read-prices.ts';
import { createReceiver } from './receive/receiver.ts';
import type { Receiver } from './receive/receiver.ts';
import { audit } from './store/audit.ts';
import type { AuditResult } from './store/audit.ts';
import { forget } from './store/forget.ts';
import type { Forgotten, ForgetResult } from './store/forget.ts';
import { watchHealth } from './store/health.ts';
import type { IngestResult, ParsedRecord } from './store/ingest-types.ts';
import { migrate, readMigrations } from './store/migrate.ts';
import { countAll } from './store/later-totals/count-calls.ts';
import { countInTurns } from './store/later-totals/count-in-turns.ts';
import { createModelIds } from './store/model-ids.ts';
import { createPartitions } from './store/partitions.ts';
import { createPreparer } from './store/prepare-call.ts';
import { createPriceCards } from './store/price-cards.ts';
import { repairRollups } from './store/repair-rollups.ts';
import type { RepairResult } from './store/repair-rollups.ts';
import { applyRetention, parseRetentionDays } from './store/retention.ts';
import type { RetentionResult } from './store/retention.ts';
import { checkTimeZone, writeSettings } from './store/settings.ts';
import { createCounters, readStats } from './store/stats.ts';
import type { LedgerStats } from './store/stats.ts';
import { createStore } from './store/store.ts';
import { repeat } from './store/repeat.ts';
import { withPatience } from './store/with-patience.ts';

export { LedgerError } from './ledger-error.ts';
export type { LedgerErrorCode } from './ledger-error.ts';
export type { Logger } from './logger.ts';
export type { IngestResult, ParsedRecord } from './store/ingest-types.ts';
export type { DatabaseInfo } from './open-database.ts';
export type { LedgerPrices } from './prices/ledger-prices.ts';
export type { LedgerStats } from './store/stats.ts';
export type { AuditDifference, AuditResult } from './store/audit.ts';
export type { Forgotten, ForgetResult } from './store/forget.ts';
export type { RepairResult } from './store/repair-rollups.ts';
export type { RetentionResult } from './store/retention.ts';
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
  /** A file with prices of yours, or `legacy`. Default: `WIRETALLY_PRICES`, else the project's own prices. */
  readonly prices?: string | undefined;
  /** Days that calls are kept; their hourly totals stay. Null: for good. Default: `WIRETALLY_RETENTION_DAYS`, else null. */
  readonly retentionDays?: number | null | undefined;
  /** Epoch milliseconds; for tests. */
  readonly now?: (() => number) | undefined;
  /** More settings of the embedded server, for tests. */
  readonly serverSettings?: Readonly<Record<string, string>> | undefined;
}

export interface Ledger {
  /** For queries of reports. Money arrives as a decimal string, bigint as a string: convert on purpose. */
  readonly pool: Pool;
  readonly database: DatabaseInfo;
  readonly timeZone: string;
  /** Days that calls are kept; null: for good. */
  readonly retentionDays: number | null;
  readonly stats: LedgerStats;
  readonly receiver: Receiver;
  readonly prices: LedgerPrices;
  /**
   * Stores records and their rollups; resolves after COMMIT. Duplicates (same id and time) are counted, not stored.
   * @throws LedgerError `busy` when the queue is full, `unavailable` when the database cannot be reached: try again
   */
  ingestLogs(records: readonly ParsedRecord[]): Promise<IngestResult>;
  /**
   * Counts what the totals by user, application and session do not count yet. It runs by itself, each second; readers
   * add what is left.
   */
  count(): Promise<void>;
  /** Compares every rollup with the rows it was made from. */
  audit(): Promise<AuditResult>;
  /** Makes rollups that differ say what their rows say. Sinks wait while it writes. */
  repair(): Promise<RepairResult>;
  /** Erases who calls were for, keeps every sum. @param apply null: only says what it would erase */
  forget(who: Forgotten, apply: { readonly by: string } | null): Promise<ForgetResult>;
  /** Drops the calls that are older than they are kept. It runs by itself: soon after the start, then each hour. */
  applyRetention(): Promise<RetentionResult>;
  /** Finishes what is queued (bounded), closes connections, stops the embedded server unless another process uses it. */
  close(): Promise<void>;
}

const DEFAULT_TAGS = ['team', 'project', 'feature', 'environment'];
const DEFAULT_MAX_QUEUED = 50_000;
const PARTITIONS_EVERY_MS = 3_600_000;
/** Commands that only ask are done by then, and drop nothing. */
const RETENTION_AFTER_MS = 60_000;
const RETENTION_EVERY_MS = 3_600_000;
const SETTLE_EVERY_MS = 2000;
const COUNT_EVERY_MS = 1000;
const DRAIN_PATIENCE_MS = 15_000;

/**
 * Opens the ledger: starts or adopts the database, migrates it, makes partitions ahead.
 * @throws LedgerError with what to do
 */
export async function openLedger(options: LedgerOptions = {}): Promise<Ledger> {
  const logger = options.logger ?? silentLogger;
  const now = options.now ?? Date.now;
  const timeZone = options.timeZone ?? nonEmpty(process.env['WIRETALLY_TIME_ZONE']) ?? 'UTC';
  checkTimeZone(timeZone);
  const retentionDays =
    options.retentionDays === undefined
      ? parseRetentionDays(process.env['WIRETALLY_RETENTION_DAYS'])
      : options.retentionDays;
  // Undone last in, first out, also after a start that failed half-way.
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const prices = await openPrices(options.prices ?? pricesSetting(process.env), logger);
    undo.push(() => prices.close());
    const { pool, writers, info } = await openDatabase({ ...options, logger }, undo);
    await migrate(writers, logger, await readMigrations());
    await writeSettings(writers, timeZone);
    const partitions = createPartitions(writers, logger, now);
    await partitions.ensureAhead();
    undo.push(repeat(() => partitions.ensureAhead(), PARTITIONS_EVERY_MS));

    const retain = (): Promise<RetentionResult> => applyRetention(writers, logger, retentionDays, now());
    const retainInTime = async (): Promise<void> => {
      await retain().catch((error: unknown) => {
        logger.warn({ error: errorMessage(error) }, 'old calls are not dropped yet; trying again within the hour');
      });
    };
    if (retentionDays !== null) undo.push(repeat(retainInTime, RETENTION_EVERY_MS, RETENTION_AFTER_MS));

    const counters = createCounters(now);
    const maxQueuedRecords = options.maxQueuedRecords ?? DEFAULT_MAX_QUEUED;
    const promotedTags = (options.promotedTags ?? DEFAULT_TAGS).slice(0, 4);
    const cards = createPriceCards({ prices, logger });
    const keepers = { modelIds: createModelIds(), cards, prices, prepare: createPreparer(promotedTags) };
    const store = createStore({ pool: writers, logger, counters, partitions, keepers, promotedTags, maxQueuedRecords });
    undo.push(() => withPatience(store.drain(), DRAIN_PATIENCE_MS));
    const settling = repeat(() => store.settle(), SETTLE_EVERY_MS);
    undo.push(settling);
    undo.push(repeat(countInTurns(writers, logger), COUNT_EVERY_MS));
    const stopWatching = watchHealth(pool, counters, logger);
    undo.push(async () => stopWatching());
    return {
      pool,
      database: info,
      timeZone,
      retentionDays,
      stats: readStats(counters, store, maxQueuedRecords),
      receiver: createReceiver(store, counters, logger),
      prices,
      ingestLogs: (records) => store.ingest(records),
      count: () => countAll(writers),
      audit: () => audit(pool),
      repair: () => repairRollups(writers, promotedTags),
      forget: (who, apply) => forget(writers, who, promotedTags, apply),
      applyRetention: retain,
      close,
    };
  } catch (error) {
    await close().catch((closeError: unknown) => {
      logger.warn({ error: errorMessage(closeError) }, 'what had been started could not be stopped');
    });
    throw error;
  }
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
