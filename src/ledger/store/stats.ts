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

/** The writing side of `LedgerStats`. */
export interface Counters {
  received: number;
  stored: number;
  duplicate: number;
  rejected: number;
  ignoredLogRecords: number;
  metricsRequests: number;
  tracesRequests: number;
  ready: boolean;
  lagSeconds: number | null;
  readonly listeners: Set<(seconds: number) => void>;
  committed(seconds: number, newestUnixMicros: number | null): void;
}

/** @param now epoch milliseconds */
export function createCounters(now: () => number): Counters {
  return {
    received: 0,
    stored: 0,
    duplicate: 0,
    rejected: 0,
    ignoredLogRecords: 0,
    metricsRequests: 0,
    tracesRequests: 0,
    ready: false,
    lagSeconds: null,
    listeners: new Set(),
    committed(seconds, newestUnixMicros) {
      if (newestUnixMicros !== null) this.lagSeconds = Math.max(0, now() / 1000 - newestUnixMicros / 1e6);
      for (const listener of this.listeners) listener(seconds);
    },
  };
}

export function readStats(
  counters: Counters,
  queue: { readonly queuedRecords: number },
  maxQueuedRecords: number,
): LedgerStats {
  return {
    get received() {
      return counters.received;
    },
    get stored() {
      return counters.stored;
    },
    get duplicate() {
      return counters.duplicate;
    },
    get rejected() {
      return counters.rejected;
    },
    get ignoredLogRecords() {
      return counters.ignoredLogRecords;
    },
    get metricsRequests() {
      return counters.metricsRequests;
    },
    get tracesRequests() {
      return counters.tracesRequests;
    },
    get queuedRecords() {
      return queue.queuedRecords;
    },
    maxQueuedRecords,
    get lagSeconds() {
      return counters.lagSeconds;
    },
    get ready() {
      return counters.ready;
    },
    onCommit(listener) {
      counters.listeners.add(listener);
      return () => counters.listeners.delete(listener);
    },
  };
}
