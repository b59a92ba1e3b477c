import { Pool } from 'pg';
import type { PoolConfig } from 'pg';

/** A pool whose lost connections end no process: their queries reject, and that is enough. */
export function createPool(config: PoolConfig): Pool {
  const pool = new Pool({
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'wiretally',
    ...config,
  });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}
