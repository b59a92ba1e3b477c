/** The PostgreSQL of a ledger, embedded or external, before anything is known of its schema. */
import type { Pool, PoolConfig } from 'pg';
import { startEmbedded } from './embedded/supervisor.ts';
import type { EmbeddedServer } from './embedded/supervisor.ts';
import type { Logger } from './logger.ts';
import { checkServer, DATABASE, describeConnection, ensureDatabase } from './store/database.ts';
import { createPool } from './store/pool.ts';
import { withPatience } from './store/with-patience.ts';

export interface DatabaseInfo {
  readonly kind: 'embedded' | 'external';
  /** For people: what `psql` takes to reach it; without a password. */
  readonly description: string;
  readonly dataDir: string | null;
}

export interface DatabaseOptions {
  readonly databaseUrl?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly serverSettings?: Readonly<Record<string, string>> | undefined;
  readonly logger: Logger;
}

export interface OpenDatabase {
  readonly pool: Pool;
  /** Apart from the readers' connections, so that reports cannot keep records waiting. */
  readonly writers: Pool;
  readonly info: DatabaseInfo;
}

const DEFAULT_DATA_DIR = './data/postgres';
const END_PATIENCE_MS = 5000;
const WRITERS = 3;

/**
 * @param undo gets what has to be done to close it, also when this throws half-way
 * @throws LedgerError with what to do
 */
export async function openDatabase(options: DatabaseOptions, undo: (() => Promise<unknown>)[]): Promise<OpenDatabase> {
  const { logger } = options;
  const url =
    options.databaseUrl ?? (options.dataDir === undefined ? nonEmpty(process.env['DATABASE_URL']) : undefined);
  let server: EmbeddedServer | null = null;
  if (url === undefined) {
    const dataDir = options.dataDir ?? nonEmpty(process.env['WIRETALLY_DATA']) ?? DEFAULT_DATA_DIR;
    server = await startEmbedded({ dataDir, logger, settings: options.serverSettings ?? {} });
    undo.push(() => server?.close() ?? Promise.resolve());
    await ensureDatabase(server.connection());
  }
  const config = (): PoolConfig =>
    server === null ? { connectionString: url } : { ...server.connection(), database: DATABASE };
  const pool = createPool({ ...config(), max: 10 });
  undo.push(() => withPatience(pool.end(), END_PATIENCE_MS));
  const writers = createPool({ ...config(), max: WRITERS });
  undo.push(() => withPatience(writers.end(), END_PATIENCE_MS));
  server?.onRestart(() => {
    for (const each of [pool, writers]) Object.assign(each.options, config());
  });
  await checkServer(pool);
  return {
    pool,
    writers,
    info: {
      kind: server === null ? 'external' : 'embedded',
      description: describeConnection(url, server?.connection() ?? null),
      dataDir: server?.dataDir ?? null,
    },
  };
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
