/** Keeps the head and the tail of a body, whatever its length. */
import type { BodyView } from '@wiretally/usage';

/** What takes the bytes of one body. */
export interface BodySink {
  /** The bytes are copied: the application owns the chunk and may change it. */
  push(chunk: Uint8Array): void;
  /** Call once, last. `complete` false: the body was cut. A promise only where bytes are still being decoded. */
  finish(complete: boolean): BodyView | Promise<BodyView>;
  /** What there is at this moment, where nothing can be waited for. */
  soFar(): BodyView;
}

const NOTHING = new Uint8Array(0);
const SMALLEST_BUFFER = 512;

export class BodyCollector implements BodySink {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  #head: Uint8Array = NOTHING;
  #headLength = 0;
  /** A ring once it has grown to `#tailLimit`; linear from 0 before that. */
  #ring: Uint8Array = NOTHING;
  #ringStart = 0;
  #ringLength = 0;
  #length = 0;

  constructor(headLimit: number, tailLimit: number) {
    this.#headLimit = headLimit;
    this.#tailLimit = tailLimit;
  }

  /** Bytes seen so far. */
  get length(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    this.#length += chunk.length;
    const room = this.#headLimit - this.#headLength;
    if (room === 0) {
      this.#pushTail(chunk);
    } else if (chunk.length <= room) {
      this.#pushHead(chunk);
    } else {
      this.#pushHead(chunk.subarray(0, room));
      this.#pushTail(chunk.subarray(room));
    }
  }

  finish(complete: boolean): BodyView {
    return {
      head: this.#head.subarray(0, this.#headLength),
      tail: this.#linearTail(),
      length: this.#length,
      complete,
    };
  }

  soFar(): BodyView {
    return this.finish(false);
  }

  #pushHead(chunk: Uint8Array): void {
    const needed = this.#headLength + chunk.length;
    if (needed > this.#head.length) this.#head = grown(this.#head, needed, this.#headLimit);
    this.#head.set(chunk, this.#headLength);
    this.#headLength = needed;
  }

  #pushTail(chunk: Uint8Array): void {
    const limit = this.#tailLimit;
    if (chunk.length >= limit) {
      if (this.#ring.length < limit) this.#ring = Buffer.allocUnsafeSlow(limit);
      this.#ring.set(chunk.subarray(chunk.length - limit));
      this.#ringStart = 0;
      this.#ringLength = limit;
      return;
    }
    const needed = this.#ringLength + chunk.length;
    if (needed > this.#ring.length && this.#ring.length < limit) this.#ring = grown(this.#ring, needed, limit);
    const size = this.#ring.length;
    const at = (this.#ringStart + this.#ringLength) % size;
    const untilEnd = size - at;
    if (chunk.length <= untilEnd) {
      this.#ring.set(chunk, at);
    } else {
      this.#ring.set(chunk.subarray(0, untilEnd), at);
      this.#ring.set(chunk.subarray(untilEnd), 0);
    }
    if (needed <= size) {
      this.#ringLength = needed;
    } else {
      this.#ringStart = (this.#ringStart + needed - size) % size;
      this.#ringLength = size;
    }
  }

  #linearTail(): Uint8Array {
    const end = this.#ringStart + this.#ringLength;
    if (end <= this.#ring.length) return this.#ring.subarray(this.#ringStart, end);
    const tail = new Uint8Array(this.#ringLength);
    const first = this.#ring.subarray(this.#ringStart);
    tail.set(first);
    tail.set(this.#ring.subarray(0, end - this.#ring.length), first.length);
    return tail;
  }
}

/**
 * A larger copy, at most `limit` long. Four times as long each time: short bodies stay small, and a long one allocates
 * few buffers, which are what the garbage collector pays for. Not zeroed: only what was written is ever shown.
 */
function grown(buffer: Uint8Array, needed: number, limit: number): Uint8Array {
  const larger = Buffer.allocUnsafeSlow(Math.min(limit, Math.max(needed, buffer.length * 4, SMALLEST_BUFFER)));
  larger.set(buffer);
  return larger;
}
