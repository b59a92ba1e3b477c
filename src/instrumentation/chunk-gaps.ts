/**
 * The times between the chunks of one stream, as a histogram from the start: a number for each chunk would cost more
 * than the rest of a stream together.
 */
import { DURATION_BUCKETS } from './emit/semconv.ts';

export class ChunkGaps {
  /** How many gaps fell into each bucket of `DURATION_BUCKETS`; the last one is beyond all. */
  readonly counts = new Uint32Array(DURATION_BUCKETS.length + 1);
  /** Seconds. */
  sum = 0;
  /** Seconds; Infinity where there was no gap. */
  min = Infinity;
  /** Seconds. */
  max = 0;
  #lastAtMs: number | null = null;

  /** A chunk has arrived; the first one has no gap before it. */
  chunk(atMs: number): void {
    const lastAtMs = this.#lastAtMs;
    this.#lastAtMs = atMs;
    if (lastAtMs === null) return;
    const seconds = Math.max(0, atMs - lastAtMs) / 1000;
    this.sum += seconds;
    if (seconds < this.min) this.min = seconds;
    if (seconds > this.max) this.max = seconds;
    let bucket = 0;
    // Upper bounds are inclusive, as in OpenTelemetry. Most gaps are milliseconds: the first look is often the last.
    while (bucket < DURATION_BUCKETS.length && seconds > (DURATION_BUCKETS[bucket] ?? Infinity)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
  }

  get count(): number {
    let count = 0;
    for (const each of this.counts) count += each;
    return count;
  }
}
