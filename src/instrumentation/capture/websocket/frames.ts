/** The frames of RFC 6455 in one direction, as messages. Control frames lie between them and are passed over. */

/** The bytes are only good during the call. */
export type OnMessage = (payload: Uint8Array, compressed: boolean, cut: boolean) => void;

export interface FrameLimits {
  /** Of a message that is not compressed; what follows is passed over and the message is `cut`. */
  readonly messageBytes: number;
  /** Of a compressed one, of which no byte can be left out: what is longer breaks the reader. */
  readonly compressedBytes: number;
}

const CONTINUATION = 0;
const FIRST_CONTROL = 8;
/** Two bytes, a length of eight, a mask of four. */
const LONGEST_HEADER = 14;
/** A buffer that grew larger for one message is not kept. */
const KEPT_BUFFER = 64 * 1024;
const NOTHING = new Uint8Array(0);

export class FrameReader {
  readonly #limits: FrameLimits;
  readonly #onMessage: OnMessage;
  readonly #header = new Uint8Array(LONGEST_HEADER);
  #headerLength = 0;
  /** Bytes of the present frame's payload that are still to come; -1 between frames. */
  #remaining = -1;
  #offset = 0;
  #masked = false;
  #maskAt = 0;
  #control = false;
  #final = false;
  #inMessage = false;
  #compressed = false;
  #cut = false;
  #buffer: Uint8Array = NOTHING;
  #length = 0;
  #broken = false;

  constructor(limits: FrameLimits, onMessage: OnMessage) {
    this.#limits = limits;
    this.#onMessage = onMessage;
  }

  /** True once bytes came that are no frames, or too many: nothing is read any more. */
  get broken(): boolean {
    return this.#broken;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (!this.#broken && at < chunk.length) {
      if (this.#remaining < 0) {
        this.#headerByte(chunk[at++] ?? 0);
        continue;
      }
      const taken = Math.min(this.#remaining, chunk.length - at);
      this.#payload(chunk.subarray(at, at + taken));
      at += taken;
    }
  }

  #headerByte(byte: number): void {
    const header = this.#header;
    header[this.#headerLength++] = byte;
    if (this.#headerLength < 2) return;
    const [first = 0, second = 0] = header;
    const short = second & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const masked = (second & 0x80) !== 0;
    const wanted = 2 + lengthBytes + (masked ? 4 : 0);
    if (this.#headerLength < wanted) return;
    this.#headerLength = 0;
    let length = short;
    if (lengthBytes > 0) {
      length = 0;
      for (let i = 2; i < 2 + lengthBytes; i += 1) length = length * 256 + (header[i] ?? 0);
    }
    this.#masked = masked;
    this.#maskAt = wanted - 4;
    this.#begin(first, length);
  }

  #begin(first: number, length: number): void {
    const opcode = first & 0x0f;
    this.#final = (first & 0x80) !== 0;
    this.#control = opcode >= FIRST_CONTROL;
    // Reserved bits that nobody negotiates, or a piece of nothing, mean that we are out of step.
    if ((first & 0x30) !== 0 || length > Number.MAX_SAFE_INTEGER || (!this.#control && opcode > 2)) {
      this.#break();
      return;
    }
    if (!this.#control) {
      if ((opcode === CONTINUATION) !== this.#inMessage) {
        this.#break();
        return;
      }
      if (!this.#inMessage) {
        this.#inMessage = true;
        this.#compressed = (first & 0x40) !== 0;
        this.#cut = false;
        this.#length = 0;
      }
    }
    this.#remaining = length;
    this.#offset = 0;
    if (length === 0) this.#payload(NOTHING);
  }

  #payload(piece: Uint8Array): void {
    const whole = this.#offset === 0 && piece.length === this.#remaining;
    this.#remaining -= piece.length;
    const ended = this.#remaining === 0;
    if (ended) this.#remaining = -1;
    if (this.#control) return;
    // A message in one piece is looked at where it is.
    if (whole && this.#final && this.#length === 0 && !this.#masked && piece.length <= this.#limit()) {
      this.#inMessage = false;
      this.#onMessage(piece, this.#compressed, false);
      return;
    }
    this.#keep(piece);
    this.#offset += piece.length;
    if (!ended || !this.#final || this.#broken) return;
    this.#inMessage = false;
    this.#onMessage(this.#buffer.subarray(0, this.#length), this.#compressed, this.#cut);
    if (this.#buffer.length > KEPT_BUFFER) this.#buffer = NOTHING;
    this.#length = 0;
  }

  #limit(): number {
    return this.#compressed ? this.#limits.compressedBytes : this.#limits.messageBytes;
  }

  #keep(piece: Uint8Array): void {
    const room = this.#limit() - this.#length;
    if (piece.length > room) {
      if (this.#compressed) {
        this.#break();
        return;
      }
      this.#cut = true;
    }
    const taken = Math.min(piece.length, room);
    const needed = this.#length + taken;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(this.#limit(), Math.max(needed, this.#buffer.length * 2, 1024)));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    const buffer = this.#buffer;
    if (this.#masked) {
      const {
        [this.#maskAt]: a = 0,
        [this.#maskAt + 1]: b = 0,
        [this.#maskAt + 2]: c = 0,
        [this.#maskAt + 3]: d = 0,
      } = this.#header;
      const mask = [a, b, c, d] as const;
      for (let i = 0; i < taken; i += 1)
        buffer[this.#length + i] = (piece[i] ?? 0) ^ mask[((this.#offset + i) & 3) as 0 | 1 | 2 | 3];
    } else {
      buffer.set(taken === piece.length ? piece : piece.subarray(0, taken), this.#length);
    }
    this.#length = needed;
  }

  #break(): void {
    this.#broken = true;
    this.#buffer = NOTHING;
  }
}
