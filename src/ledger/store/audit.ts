/** One rollup value that is not what its rows say. */
export interface AuditDifference {
  readonly hour: string;
  readonly provider: string;
  readonly model: string;
  readonly measure: string;
  readonly rollup: string;
  readonly rows: string;
}

export interface AuditResult {
  readonly calls: number;
  readonly rollups: number;
  /** Empty when every rollup equals its rows; at most 100 are listed. */
  readonly differences: readonly AuditDifference[];
}
