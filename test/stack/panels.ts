/** Runs every query of the dashboards as Grafana would, without Grafana. */
import {
  dashboards,
  expandPromql,
  expandSql,
  type ExpandOptions,
  type PanelQuery,
  type PanelSpec,
} from '@wiretally/dashboards';
import type { Client } from 'pg';
import { queryNow, queryRange } from './prometheus.ts';

export interface PanelSources {
  readonly prometheus: string;
  /** Connected as the read-only role. */
  readonly ledger: Client;
  readonly from: Date;
  readonly to: Date;
}

const STEP_SECONDS = 15;

/** Chosen values of a dashboard's variables: all that each query gives, one variable after the other. @throws when one gives none */
export async function chooseAll(dashboard: string, sources: PanelSources): Promise<ExpandOptions> {
  const variables: Record<string, readonly string[]> = {};
  const options: ExpandOptions = { from: sources.from, to: sources.to, intervalSeconds: STEP_SECONDS, variables };
  for (const variable of dashboards[dashboard]?.variables ?? []) {
    const { rows } = await sources.ledger.query<{ __text: string; __value: string }>(expandSql(variable.sql, options));
    if (rows.length === 0) throw new Error(`the variable ${variable.name} has no values`);
    variables[variable.name] = rows.map((row) => row['__value']);
  }
  return options;
}

/** What a query gives, as far as the checks look: how many rows or series, and the names that a table's columns may use. */
interface Result {
  readonly columns: ReadonlySet<string>;
  readonly hasData: boolean;
}

/** @throws Error that names the query without data, or a column that no query gives */
export async function checkPanel(panel: PanelSpec, options: ExpandOptions, sources: PanelSources): Promise<void> {
  const columns = new Set<string>();
  for (const [position, query] of panel.queries.entries()) {
    const result = await ask(query, options, sources, 'ABCDEFGH'.charAt(position));
    if (!result.hasData) throw new Error(`no data: ${query.source === 'postgres' ? query.sql : query.expr}`);
    for (const column of result.columns) columns.add(column);
    if (query.source === 'postgres' && query.format === 'time_series' && !columns.has('time')) {
      throw new Error(`a time series without a column "time": ${query.sql}`);
    }
  }
  if (panel.kind !== 'table') return;
  const missing = panel.columns.filter(({ name }) => !columns.has(name)).map(({ name }) => name);
  if (missing.length > 0)
    throw new Error(`no query gives the columns ${missing.join(', ')}; there are ${[...columns].join(', ')}`);
}

async function ask(query: PanelQuery, options: ExpandOptions, sources: PanelSources, refId: string): Promise<Result> {
  if (query.source === 'postgres') {
    const { rows, fields } = await sources.ledger.query<Record<string, unknown>>(expandSql(query.sql, options));
    const columns = new Set(fields.map((field) => field.name));
    return { columns, hasData: rows.some((row) => Object.values(row).some((value) => value !== null)) };
  }
  const expr = expandPromql(query.expr, options);
  const series =
    query.instant === true
      ? await queryNow(sources.prometheus, expr)
      : await queryRange(sources.prometheus, expr, sources.from, sources.to, STEP_SECONDS);
  // Of several queries Grafana calls each one's values after its letter.
  const columns = new Set([...series.flatMap(({ labels }) => Object.keys(labels)), `Value #${refId}`]);
  return { columns, hasData: series.some(({ values }) => values.some(Number.isFinite)) };
}
