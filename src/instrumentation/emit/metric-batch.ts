/**
 * Adds up between two collections what is recorded of a series, since the SDK makes a text of all attributes for each
 * single value (2 µs, and a call gives twenty values).
 *
 * The first value after a collection goes through at once, so that a series begins when it began; what follows is added
 * before the next collection, in a callback that the SDK calls first. Sums, last values and histograms are the same.
 */
import type { Attributes, Meter } from '@opentelemetry/api';

export type Add = (value: number, attributes: Attributes) => void;

/** One series of one instrument. */
export interface Cell {
  readonly kind: 'counter' | 'histogram' | 'gauge';
  readonly add: Add;
  readonly attributes: Attributes;
  /** What came after the first value: a counter's sum, a gauge's last. */
  pending: number | null;
  /** The same of a histogram. */
  values: number[];
  /** Whether the first value since the last collection has gone through. */
  open: boolean;
}

export interface MetricBatch {
  put(cell: Cell, value: number): void;
  /** Hands over what waits. */
  flush(): void;
}

/** Never observed, so that no such metric is ever exported: it is there for its callback. */
const CALLBACK_NAME = 'wiretally.batch';
/** Then they are handed over, whether somebody collects or not. */
const MAX_VALUES = 512;

export function createMetricBatch(meter: Meter): MetricBatch {
  let open: Cell[] = [];
  let values = 0;

  function flush(): void {
    const cells = open;
    open = [];
    values = 0;
    for (const cell of cells) {
      cell.open = false;
      if (cell.pending !== null) cell.add(cell.pending, cell.attributes);
      for (const value of cell.values) cell.add(value, cell.attributes);
      cell.pending = null;
      if (cell.values.length > 0) cell.values = [];
    }
  }

  meter
    .createObservableGauge(CALLBACK_NAME, { description: 'Not exported: tells when metrics are collected.' })
    .addCallback(flush);

  return {
    put(cell, value) {
      if (!cell.open) {
        cell.open = true;
        open.push(cell);
        cell.add(value, cell.attributes);
      } else if (cell.kind === 'histogram') {
        cell.values.push(value);
        values += 1;
        if (values >= MAX_VALUES) flush();
      } else {
        cell.pending = cell.kind === 'counter' ? (cell.pending ?? 0) + value : value;
      }
    },
    flush,
  };
}
