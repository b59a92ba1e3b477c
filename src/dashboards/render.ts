/** The files under grafana/dashboards, as text. */
import { buildDashboard } from './build.ts';
import { dashboards } from './dashboards.ts';

export const dashboardsFolder = new URL('../../grafana/dashboards/', import.meta.url);

/** File name to content. */
export function renderDashboards(): Map<string, string> {
  return new Map(
    Object.entries(dashboards).map(([name, spec]) => [
      `${name}.json`,
      `${JSON.stringify(buildDashboard(spec), null, 2)}\n`,
    ]),
  );
}
