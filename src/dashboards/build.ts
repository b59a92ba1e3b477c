/** Turns a dashboard's data into Grafana's format. */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  type DataSourceRef,
} from '@grafana/grafana-foundation-sdk/common';
import {
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
  type Dashboard,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { PostgresQueryBuilder } from './postgres-query.ts';
import { DATA_SOURCES, type DashboardSpec, type PanelQuery, type PanelSpec, type VariableSpec } from './spec.ts';

const TAG = 'wiretally';
const HEIGHTS: Record<PanelSpec['kind'], number> = { stat: 4, lines: 8, bars: 8, table: 9 };

export function buildDashboard(spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([TAG])
    .timezone('browser')
    .time({ from: 'now-24h', to: 'now' })
    .refresh('5s')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('Wiretally')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .includeVars(true)
        .keepTime(true),
    );
  for (const source of Object.values(DATA_SOURCES)) {
    builder.withVariable(new DatasourceVariableBuilder(source.variable).label(source.label).type(source.type));
  }
  for (const variable of spec.variables) builder.withVariable(queryVariable(variable));
  let id = 0;
  for (const row of spec.rows) {
    builder.withRow(new RowBuilder(row.title).id(++id));
    for (const panel of row.panels) builder.withPanel(buildPanel(panel, ++id));
  }
  return builder.build();
}

function reference(source: PanelQuery['source']): DataSourceRef {
  const { type, variable } = DATA_SOURCES[source];
  return { type, uid: `\${${variable}}` };
}

function queryVariable(spec: VariableSpec): QueryVariableBuilder {
  return new QueryVariableBuilder(spec.name)
    .label(spec.label)
    .datasource(reference('postgres'))
    .query(spec.sql)
    .definition(spec.sql)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalCaseInsensitiveAsc)
    .multi(true)
    .includeAll(true)
    .current({ text: ['All'], value: ['$__all'] });
}

function target(query: PanelQuery, position: number, kind: PanelSpec['kind']): Builder<Dataquery> {
  const refId = 'ABCDEFGH'.charAt(position);
  if (query.source === 'postgres') {
    return new PostgresQueryBuilder(refId, reference('postgres'), query.format, query.sql);
  }
  const builder = new DataqueryBuilder()
    .refId(refId)
    .datasource(reference('prometheus'))
    .expr(query.expr)
    .legendFormat(query.legend)
    .format(kind === 'table' ? PromQueryFormat.Table : PromQueryFormat.TimeSeries);
  return query.instant === true ? builder.instant() : builder.range();
}

function buildPanel(spec: PanelSpec, id: number): Builder<Panel> {
  switch (spec.kind) {
    case 'stat':
      return common(new StatBuilder(), spec, id)
        .graphMode(BigValueGraphMode.None)
        .colorMode(BigValueColorMode.None)
        .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
    case 'table':
      return spec.columns.reduce(
        (panel, column) =>
          panel.overrideByName(column.name, [
            { id: 'displayName', value: column.title },
            { id: 'unit', value: column.unit },
            ...(column.decimals === undefined ? [] : [{ id: 'decimals', value: column.decimals }]),
          ]),
        // Columns that no one asked for by name (Prometheus' own time stamp, say) stay hidden.
        common(new TableBuilder(), spec, id).withTransformation({
          id: 'filterFieldsByName',
          options: { include: { names: spec.columns.map((column) => column.name) } },
        }),
      );
    case 'lines':
      return timeSeries(spec, id).lineWidth(1).fillOpacity(0).spanNulls(false);
    case 'bars':
      return timeSeries(spec, id)
        .drawStyle(GraphDrawStyle.Bars)
        .fillOpacity(80)
        .lineWidth(0)
        .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  }
}

function timeSeries(spec: PanelSpec, id: number): TimeSeriesBuilder {
  return common(new TimeSeriesBuilder(), spec, id)
    .min(0)
    .showPoints(VisibilityMode.Auto)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    );
}

function common<B extends StatBuilder | TableBuilder | TimeSeriesBuilder>(panel: B, spec: PanelSpec, id: number): B {
  panel
    .id(id)
    .title(spec.title)
    .description(spec.description)
    .span(spec.width)
    .height(HEIGHTS[spec.kind])
    .unit(spec.unit)
    .noValue(spec.noData)
    .datasource(reference(spec.queries[0].source))
    .targets(spec.queries.map((query, position) => target(query, position, spec.kind)));
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  return panel;
}
