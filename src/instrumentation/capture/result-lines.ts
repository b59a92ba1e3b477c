/**
 * A batch's result file, read line by line as it comes: its usage is in every line, and it may be gigabytes long. No more
 * than one line is held, of a long one its beginning and end.
 */
import { wholeBody } from '@wiretally/usage';
import type { BodyView, ResultLineReader, ResultLines, UsagePart } from '@wiretally/usage';
import { BodyCollector } from './body.ts';
import type { CaptureLimits } from './limits.ts';

export interface ResultLinesOptions {
  readonly read: ResultLineReader;
  readonly limits: CaptureLimits;
  /** Takes what was read, `AT_ONCE` parts at a time, so that memory does not grow with the file. Must not throw. */
  readonly flush: (lines: ResultLines) => void;
}

const AT_ONCE = 500;
const LINE_FEED = 10;

/** Head and tail as of any body, and its lines besides. */
export class ResultLinesCollector extends BodyCollector {
  readonly #options: ResultLinesOptions;
  /** The beginning of a line that is not at its end yet. */
  #open: BodyCollector | null = null;
  #index = 0;
  #read = 0;
  #dropped = 0;
  #parts: UsagePart[] = [];
  /** What is no result file is not looked at further. */
  #isOther = false;

  constructor(headLimit: number, options: ResultLinesOptions) {
    super(headLimit, options.limits.tailBytes);
    this.#options = options;
  }

  override push(chunk: Uint8Array): void {
    super.push(chunk);
    let from = 0;
    while (!this.#isOther && from < chunk.length) {
      const end = chunk.indexOf(LINE_FEED, from);
      const piece = chunk.subarray(from, end < 0 ? chunk.length : end);
      if (end < 0) {
        this.#keep(piece);
        return;
      }
      this.#line(piece);
      from = end + 1;
    }
  }

  override finish(complete: boolean): BodyView {
    // A line that was cut may have lost what was used; the next one who fetches the file states it.
    if (complete && this.#open !== null) this.#line(new Uint8Array(0));
    else if (this.#open !== null || !complete) this.#dropped += 1;
    this.#open = null;
    return super.finish(complete);
  }

  /** What was not flushed; undefined where this is no result file. After `finish`. */
  get rest(): ResultLines | undefined {
    return this.#read === 0 ? undefined : this.#take();
  }

  #keep(piece: Uint8Array): void {
    const half = this.#options.limits.lineBytes / 2;
    this.#open ??= new BodyCollector(half, half);
    this.#open.push(piece);
  }

  #line(piece: Uint8Array): void {
    // Nothing is copied where a line is within a chunk, and short.
    const isShort = this.#open === null && piece.length <= this.#options.limits.lineBytes;
    if (!isShort) this.#keep(piece);
    const line = this.#open?.finish(true) ?? wholeBody(piece);
    this.#open = null;
    if (line.length === 0) return;
    if (this.#index >= this.#options.limits.resultLines) {
      this.#dropped += 1;
      return;
    }
    const { isResult, parts } = this.#options.read(line, this.#index);
    this.#index += 1;
    if (isResult) this.#read += 1;
    else if (this.#read === 0) this.#isOther = true;
    this.#parts.push(...parts);
    if (this.#parts.length >= AT_ONCE) this.#options.flush(this.#take());
  }

  #take(): ResultLines {
    const lines = { parts: this.#parts, read: this.#read, dropped: this.#dropped };
    this.#parts = [];
    this.#dropped = 0;
    return lines;
  }
}
