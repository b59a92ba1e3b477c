export { dashboards } from './dashboards.ts';
export { expandPromql, expandSql, METRICS_INTERVAL_SECONDS, type ExpandOptions } from './expand.ts';
export type { DashboardSpec, PanelQuery, PanelSpec, VariableSpec } from './spec.ts';
