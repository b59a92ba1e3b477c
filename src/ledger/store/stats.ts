/** Counters since start, for `/metrics`; plain numbers, so that the store does not know prom-client. */
export interface LedgerStats {
  /** Records of calls that arrived, whatever became of them. */
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  /** What was accepted but is not stored: log records of others, metric and span requests. */
  readonly ignoredLogRecords: number;
  readonly metricsRequests: number;
  readonly tracesRequests: number;
  readonly queuedRecords: number;
  readonly maxQueuedRecords: number;
  /** Age of the newest record of the last commit when it was committed; null before the first one. */
  readonly lagSeconds: number | null;
  /** The database answers and the schema is in place. */
  readonly ready: boolean;
  /** Calls `listener` with the seconds of each commit; returns its undo. */
  onCommit(listener: (seconds: number) => void): () => void;
}
