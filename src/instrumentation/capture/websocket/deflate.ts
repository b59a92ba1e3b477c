/** `permessage-deflate` (RFC 7692) in one direction: messages one after the other, on zlib's own threads. */
import { constants, createInflateRaw } from 'node:zlib';
import type { InflateRaw } from 'node:zlib';

/** The sender leaves it out at the end of each message. */
const TRAILER = Buffer.from([0, 0, 0xff, 0xff]);

export interface Inflated {
  readonly bytes: Uint8Array;
  /** Longer than was asked for: the beginning. */
  readonly cut: boolean;
}

export class MessageInflater {
  readonly #maxBytes: number;
  readonly #takeover: boolean;
  #inflate: InflateRaw | null = null;
  #pieces: Uint8Array[] = [];
  #length = 0;
  #cut = false;
  #closed = false;
  #settle: ((message: Inflated | null) => void) | null = null;

  /** @param takeover each message may refer to those before it, so that all have to be inflated. */
  constructor(maxBytes: number, takeover: boolean) {
    this.#maxBytes = maxBytes;
    this.#takeover = takeover;
  }

  /** One at a time. @returns null where the bytes are broken: then no later message can be read either. */
  inflate(payload: Uint8Array): Promise<Inflated | null> {
    if (this.#closed) return Promise.resolve(null);
    const inflate = (this.#inflate ??= this.#create());
    return new Promise((resolve) => {
      this.#settle = resolve;
      inflate.write(payload);
      inflate.write(TRAILER);
      inflate.flush(constants.Z_SYNC_FLUSH, () => this.#done());
    });
  }

  close(): void {
    this.#closed = true;
    this.#inflate?.destroy();
    this.#inflate = null;
    this.#answer(null);
  }

  #create(): InflateRaw {
    const inflate = createInflateRaw();
    inflate.on('data', (chunk: Uint8Array) => {
      const room = this.#maxBytes - this.#length;
      if (chunk.length > room) this.#cut = true;
      if (room === 0) return;
      const piece = chunk.length > room ? chunk.subarray(0, room) : chunk;
      this.#pieces.push(piece);
      this.#length += piece.length;
    });
    inflate.on('error', () => this.close());
    return inflate;
  }

  #done(): void {
    const message = { bytes: Buffer.concat(this.#pieces), cut: this.#cut };
    this.#pieces = [];
    this.#length = 0;
    this.#cut = false;
    if (!this.#takeover) this.#inflate?.reset();
    this.#answer(message);
  }

  #answer(message: Inflated | null): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(message);
  }
}

export interface DeflateAgreement {
  /** For messages of the client, and of the server: whether each may refer to those before it. */
  readonly client: boolean;
  readonly server: boolean;
}

/** @param extensions the answer's `sec-websocket-extensions`. */
export function deflateAgreement(extensions: string | undefined): DeflateAgreement {
  const parameters = (extensions ?? '').toLowerCase();
  return {
    client: !parameters.includes('client_no_context_takeover'),
    server: !parameters.includes('server_no_context_takeover'),
  };
}
