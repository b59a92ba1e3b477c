/**
 * A dashboard as data: what is asked and how it is shown, without Grafana's format. `build.ts` turns it into that format, and tests
 * walk the same data to run every query.
 */

/** Rates and percentiles. `instant` asks for the last value only, for tables and single numbers. */
export interface PrometheusQuery {
  readonly source: 'prometheus';
  readonly expr: string;
  /** Name of a series, with labels as `{{label}}`. */
  readonly legend: string;
  readonly instant?: boolean;
}

/** Money and counts. `time_series` needs a column `time`; text columns then name the series. */
export interface PostgresQuery {
  readonly source: 'postgres';
  readonly sql: string;
  readonly format: 'table' | 'time_series';
}

export type PanelQuery = PrometheusQuery | PostgresQuery;

/** Grafana's names of units that we use. */
export type Unit =
  'short' | 'currencyUSD' | 'percentunit' | 's' | 'ms' | 'reqps' | 'cps' | 'dateTimeFromNow' | 'string';

export interface Shown {
  readonly unit: Unit;
  readonly decimals?: number;
}

/** A column of a table: what the query calls it, what people read, how its values are shown. */
export interface Column extends Shown {
  readonly name: string;
  readonly title: string;
}

interface PanelBase extends Shown {
  readonly title: string;
  /** What the number means and where it comes from; shown behind the panel's information mark. */
  readonly description: string;
  readonly queries: readonly [PanelQuery, ...PanelQuery[]];
  /** Of 24 columns. */
  readonly width: number;
  /** Tells zero from broken: what an empty panel means. */
  readonly noData: string;
}

export type PanelSpec =
  | (PanelBase & { readonly kind: 'stat' })
  | (PanelBase & { readonly kind: 'lines' })
  /** Sums of a period: stacked bars. */
  | (PanelBase & { readonly kind: 'bars' })
  | (PanelBase & { readonly kind: 'table'; readonly columns: readonly Column[] });

export interface RowSpec {
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}

/** A list to choose from: several values or all. A later one may ask with the values of an earlier one. */
export interface VariableSpec {
  readonly name: string;
  readonly label: string;
  /** Columns `__text` and `__value`. */
  readonly sql: string;
}

export interface DashboardSpec {
  /** Stable for ever: links and bookmarks hold it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly VariableSpec[];
  readonly rows: readonly RowSpec[];
}

/** Variables by which people choose data sources; panels never name a fixed one. */
export const DATA_SOURCES = {
  prometheus: { variable: 'prometheus', type: 'prometheus', label: 'Metrics' },
  postgres: { variable: 'ledger', type: 'grafana-postgresql-datasource', label: 'Ledger' },
} as const;
