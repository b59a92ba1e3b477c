/** The PostgreSQL query in Grafana's format: the SDK has builders for many sources, but not for this one. */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

interface PostgresTarget extends Dataquery {
  refId: string;
  datasource: DataSourceRef;
  editorMode: 'code';
  format: 'table' | 'time_series';
  rawQuery: true;
  rawSql: string;
}

export class PostgresQueryBuilder implements Builder<Dataquery> {
  private readonly target: PostgresTarget;

  constructor(refId: string, datasource: DataSourceRef, format: 'table' | 'time_series', sql: string) {
    this.target = {
      refId,
      datasource,
      editorMode: 'code',
      format,
      rawQuery: true,
      rawSql: sql,
      // A marker of the SDK's types; a function leaves no trace in JSON.
      _implementsDataqueryVariant() {},
    };
  }

  build(): Dataquery {
    return this.target;
  }
}
