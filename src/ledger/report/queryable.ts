/** What the reports need of a database. */
import type { ClientBase, Pool } from 'pg';

export type Queryable = Pick<ClientBase, 'query'>;

/** Runs several queries on one state of the ledger, so that a report's parts add up while calls arrive. */
export async function onOneSnapshot<T>(pool: Pool, run: (db: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const result = await run(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // The connection is in an unknown state: the pool makes a new one.
    client.release(true);
    throw error;
  }
}
