/**
 * A compressed body. Short ones are decoded in one go when they end: one call, no hand-over to another thread. Longer
 * ones are decoded as they come, since only the decoded end tells what was used and a cut one has no end.
 */
import type { Transform } from 'node:stream';
import type { BodyView } from '@wiretally/usage';
import type { BodyCollector, BodySink } from './body.ts';
import type { Coding } from './codings.ts';
import type { CaptureLimits } from './limits.ts';

export class EncodedBody implements BodySink {
  readonly #coding: Coding;
  readonly #limits: CaptureLimits;
  readonly #decoded: BodyCollector;
  #encoded: Uint8Array[] = [];
  #encodedLength = 0;
  #decoder: Transform | null = null;
  /** The decoder failed or was stopped: what was decoded so far stands, what follows is not looked at. */
  #cut = false;
  /** The coding's own end was reached, with or without more bytes behind it. */
  #ended = false;
  #settled: (() => void) | null = null;

  /** @param decoded what takes the decoded bytes. */
  constructor(coding: Coding, decoded: BodyCollector, limits: CaptureLimits) {
    this.#coding = coding;
    this.#limits = limits;
    this.#decoded = decoded;
  }

  push(chunk: Uint8Array): void {
    if (this.#cut || this.#ended) return;
    const copy = Uint8Array.from(chunk);
    if (this.#decoder !== null) {
      this.#feed(this.#decoder, copy);
      return;
    }
    this.#encoded.push(copy);
    this.#encodedLength += copy.length;
    if (this.#encodedLength > this.#limits.encodedBytes) this.#startDecoder();
  }

  finish(complete: boolean): BodyView | Promise<BodyView> {
    if (this.#cut) return this.#decoded.finish(false);
    if (this.#decoder === null) {
      const atOnce = this.#decodeAtOnce();
      if (atOnce !== null) {
        this.#decoded.push(atOnce);
        return this.#decoded.finish(complete);
      }
      this.#startDecoder();
    }
    const decoder = this.#decoder;
    if (decoder === null || this.#cut) return this.#decoded.finish(false);
    if (this.#ended) return this.#decoded.finish(complete);
    return new Promise((resolve) => {
      this.#settled = () => resolve(this.#decoded.finish(complete && !this.#cut));
      decoder.end();
    });
  }

  soFar(): BodyView {
    const atOnce = this.#decoder === null ? this.#decodeAtOnce() : null;
    if (atOnce !== null) this.#decoded.push(atOnce);
    this.#cut = true;
    return this.#decoded.finish(false);
  }

  /** @returns null where it has to be tried piece by piece: broken bytes have a good beginning, and a bomb is bounded. */
  #decodeAtOnce(): Uint8Array | null {
    if (this.#encodedLength === 0) return new Uint8Array(0);
    try {
      const [first] = this.#encoded;
      const bytes = this.#encoded.length === 1 && first !== undefined ? first : Buffer.concat(this.#encoded);
      return this.#coding.decode(bytes, this.#limits.decodedAtOnceBytes);
    } catch {
      return null;
    }
  }

  #startDecoder(): void {
    const waiting = this.#encoded;
    this.#encoded = [];
    const decoder = this.#coding.stream(waiting[0] ?? new Uint8Array(0));
    this.#decoder = decoder;
    decoder.on('data', (chunk: Uint8Array) => {
      if (this.#cut) return;
      this.#decoded.push(chunk);
      if (this.#decoded.length > this.#limits.decodedBytes) this.#stop();
    });
    decoder.on('end', () => {
      this.#ended = true;
      this.#settled?.();
    });
    // Whatever else a decoder may do: nobody waits for it for ever.
    decoder.on('close', () => this.#settled?.());
    decoder.on('error', () => this.#stop());
    for (const chunk of waiting) this.#feed(decoder, chunk);
  }

  #feed(decoder: Transform, chunk: Uint8Array): void {
    if (this.#cut) return;
    decoder.write(chunk);
    if (decoder.writableLength > this.#limits.decodeQueueBytes) this.#stop();
  }

  #stop(): void {
    if (this.#cut) return;
    this.#cut = true;
    this.#decoder?.destroy();
    this.#settled?.();
  }
}
