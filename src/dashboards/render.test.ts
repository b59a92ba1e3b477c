import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dashboards } from './dashboards.ts';
import { dashboardsFolder, renderDashboards } from './render.ts';

interface Target {
  readonly refId: string;
  readonly datasource: { readonly uid: string };
}
interface BuiltPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly w: number };
  readonly targets?: readonly Target[];
}
interface Built {
  readonly uid: string;
  readonly panels: readonly BuiltPanel[];
}

const files = renderDashboards();

test('the files in grafana/dashboards are the generated ones: run "npm run dashboards" and commit', () => {
  expect(readdirSync(dashboardsFolder).toSorted()).toEqual([...files.keys()].toSorted());
  for (const [name, content] of files) expect(readFileSync(new URL(name, dashboardsFolder), 'utf8')).toBe(content);
});

describe.each([...files])('%s', (_name, content) => {
  const dashboard = JSON.parse(content) as Built;

  test('chooses data sources by variable and never by a fixed id', () => {
    const sources = dashboard.panels.flatMap((panel) => panel.targets ?? []).map((target) => target.datasource.uid);
    expect(sources.length).toBeGreaterThan(0);
    expect(new Set(sources)).toEqual(new Set(['${prometheus}', '${ledger}']));
  });

  test('numbers panels and queries so that no two are alike', () => {
    const ids = dashboard.panels.map((panel) => panel.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const panel of dashboard.panels) {
      const references = (panel.targets ?? []).map((target) => target.refId);
      expect(references).toEqual(['A', 'B', 'C', 'D'].slice(0, references.length));
    }
  });

  test('fills its rows without running over the edge', () => {
    for (const panel of dashboard.panels) expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24);
  });
});

test('uids stay what bookmarks and links hold', () => {
  expect(Object.fromEntries(Object.entries(dashboards).map(([name, { uid }]) => [name, uid]))).toEqual({
    providers: 'wiretally-providers',
    models: 'wiretally-models',
  });
});

test('money is shown in dollars with four decimals, and every panel says what empty means', () => {
  for (const spec of Object.values(dashboards)) {
    for (const panel of spec.rows.flatMap((row) => row.panels)) {
      expect(panel.noData.length, panel.title).toBeGreaterThan(10);
      expect(panel.description.length, panel.title).toBeGreaterThan(10);
      const shown = panel.kind === 'table' ? [panel, ...panel.columns] : [panel];
      for (const { unit, decimals } of shown) if (unit === 'currencyUSD') expect(decimals, panel.title).toBe(4);
    }
  }
});

test('rates leave the interval to Grafana', () => {
  const queries = Object.values(dashboards).flatMap((spec) =>
    spec.rows.flatMap((row) => row.panels.flatMap((panel) => panel.queries)),
  );
  const rates = queries.filter((query) => query.source === 'prometheus' && query.expr.includes('rate('));
  expect(rates.length).toBeGreaterThan(5);
  for (const query of rates) expect(query).toHaveProperty('expr', expect.stringContaining('[$__rate_interval]'));
});
