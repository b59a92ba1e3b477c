import type { Pool, PoolClient } from 'pg';

/**
 * Runs `work` between BEGIN and COMMIT on one connection; rolls back when it throws. After `timeoutMs` the connection
 * is cut: a server that is stopped or unreachable answers nothing for ever.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  timeoutMs = 60_000,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  let unusable: Error | undefined;
  const timer = setTimeout(() => {
    broken = new Error(`the database did not finish a transaction within ${timeoutMs} ms`);
    client.release(broken);
  }, timeoutMs);
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    if (broken !== undefined) throw broken;
    await client.query('rollback').catch((rollbackError: unknown) => {
      // The connection is in an unknown state: the pool makes a new one.
      unusable = rollbackError instanceof Error ? rollbackError : new Error(String(rollbackError));
    });
    throw error;
  } finally {
    clearTimeout(timer);
    if (broken === undefined) client.release(unusable);
  }
}
