/** Calls as a SQLite file with the two tables that users of the token tracker read. */
import { callConditions, StatementValues } from '../../report/call-conditions.ts';
import type { Queryable } from '../../report/queryable.ts';
import { EXACT_TIME } from './call-columns.ts';
import { readCalls } from './read-calls.ts';
import type { Row, Selection } from './read-calls.ts';

const SCHEMA = `
  CREATE TABLE token_usage (
    id TEXT PRIMARY KEY,
    timestamp TEXT NOT NULL,
    model TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER,
    total_tokens INTEGER,
    estimated_cost REAL,
    user_id TEXT,
    session_id TEXT
  );
  CREATE INDEX token_usage_timestamp ON token_usage (timestamp);
  CREATE TABLE daily_summary (
    date TEXT NOT NULL,
    model TEXT,
    requests INTEGER NOT NULL,
    input_tokens INTEGER,
    output_tokens INTEGER,
    total_tokens INTEGER,
    estimated_cost REAL
  );
  CREATE INDEX daily_summary_date ON daily_summary (date);`;

const USAGE = [
  { name: 'id', sql: 'id::text' },
  { name: 'timestamp', sql: EXACT_TIME },
  { name: 'model', sql: 'model' },
  { name: 'input_tokens', sql: 'input_tokens' },
  { name: 'output_tokens', sql: 'output_tokens' },
  { name: 'total_tokens', sql: 'total_tokens' },
  { name: 'estimated_cost', sql: 'trim_scale(cost_usd)::text' },
  { name: 'user_id', sql: 'coalesce(user_id, request_user)' },
  { name: 'session_id', sql: 'session_id' },
] as const;
const DAILY = ['date', 'model', 'requests', 'input_tokens', 'output_tokens', 'total_tokens', 'estimated_cost'] as const;

export interface SqliteExport {
  readonly calls: number;
  /**
   * Costs with more digits than SQLite's REAL gives back: it has no decimals. Up to 15 digits come back as they were.
   */
  readonly roundedCosts: number;
}

/** @param db within a transaction, so that both tables are of one state of the ledger */
export async function writeSqlite(
  db: Queryable,
  path: string,
  selection: Selection,
  timeZone: string,
  onPage: (calls: number) => void,
): Promise<SqliteExport> {
  // Loaded where it is used: Node 22 warns of it once, and only whoever wants SQLite should read that.
  const { DatabaseSync } = await import('node:sqlite');
  const file = new DatabaseSync(path);
  let roundedCosts = 0;
  const write = (table: string, columns: readonly string[]): ((rows: readonly Row[]) => void) => {
    const insert = file.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    return (rows) => {
      file.exec('BEGIN');
      for (const row of rows) {
        const values = columns.map((column) => (row[column] ?? null) as string | null);
        const cost = row['estimated_cost'];
        if (typeof cost === 'string' && significantDigits(cost) > 15) roundedCosts += 1;
        insert.run(...values);
      }
      file.exec('COMMIT');
    };
  };
  try {
    // What goes wrong half-way is thrown away with the file.
    file.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;');
    file.exec(SCHEMA);
    const usage = write(
      'token_usage',
      USAGE.map(({ name }) => name),
    );
    let calls = 0;
    for await (const page of readCalls(db, selection, USAGE)) {
      usage(page);
      calls += page.length;
      onPage(calls);
    }
    write('daily_summary', DAILY)(await dailySummary(db, selection, timeZone));
    return { calls, roundedCosts };
  } finally {
    file.close();
  }
}

/** The view of that name, over the selected calls. A sum of nulls alone is null. */
async function dailySummary(db: Queryable, selection: Selection, timeZone: string): Promise<Row[]> {
  const values = new StatementValues();
  const day = `to_char(created_at AT TIME ZONE ${values.add(timeZone)}, 'YYYY-MM-DD')`;
  const where = callConditions(selection.period, selection.filter, values);
  const { rows } = await db.query<Record<string, unknown>>(
    `SELECT ${day} AS date, model, count(*) AS requests, sum(input_tokens) AS input_tokens,
       sum(output_tokens) AS output_tokens, sum(total_tokens) AS total_tokens,
       trim_scale(sum(cost_usd))::text AS estimated_cost
     FROM wiretally_private.calls WHERE ${where.join(' AND ')}
     GROUP BY 1, 2 ORDER BY 1, 2`,
    values.list,
  );
  return rows;
}

function significantDigits(decimal: string): number {
  return decimal.replace(/^-?[0.]*/, '').replace('.', '').length;
}
