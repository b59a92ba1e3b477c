/** As much of the protobuf wire format as OTLP needs. https://protobuf.dev/programming-guides/encoding/ */
import { MAX_MESSAGES, MAX_RECORDS, TooLargeError } from './limits.ts';
import { MalformedRequestError } from './log-record.ts';

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

/** A cursor over one buffer; messages within messages are ranges of it, never copies. */
export class ProtobufReader {
  readonly buffer: Buffer;
  position = 0;
  #messages = 0;
  #records = 0;
  /** Names repeat in each record: a string is made once. */
  readonly #interned = new Map<number, { readonly bytes: Buffer; readonly text: string }>();

  readonly #maxMessages: number;

  constructor(body: Uint8Array, maxMessages: number = MAX_MESSAGES) {
    this.#maxMessages = maxMessages;
    this.buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  }

  /** Field number × 8 + wire type. */
  tag(): number {
    const tag = this.#varint32();
    if (tag < 8) throw new MalformedRequestError('the body is not protobuf: field number 0');
    return tag;
  }

  /** The end of a message within; the cursor stands at its beginning. */
  message(limit: number): number {
    this.#count();
    return this.#end(limit);
  }

  #count(): void {
    this.#messages += 1;
    if (this.#messages > this.#maxMessages) {
      throw new TooLargeError(`the body holds more than ${this.#maxMessages} messages`);
    }
  }

  /** The same of a log record, of which fewer are taken. */
  record(limit: number): number {
    this.#records += 1;
    if (this.#records > MAX_RECORDS) throw new TooLargeError(`the body holds more than ${MAX_RECORDS} records`);
    return this.message(limit);
  }

  #end(limit: number): number {
    const end = this.#varint32() + this.position;
    if (end > limit) throw new MalformedRequestError('the body is not protobuf: a field is longer than its message');
    return end;
  }

  /** int64; one that a number cannot hold exactly is returned as decimal text, as JSON does. */
  int64(): number | string {
    const start = this.position;
    const small = this.#smallVarint();
    if (small !== null) return small;
    this.position = start;
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        const signed = BigInt.asIntN(64, value);
        const number = Number(signed);
        return Number.isSafeInteger(number) ? number : signed.toString();
      }
    }
    throw new MalformedRequestError('the body is not protobuf: a number is longer than 10 bytes');
  }

  fixed64(limit: number): bigint {
    this.#need(8, limit);
    const value = this.buffer.readBigUInt64LE(this.position);
    this.position += 8;
    return value;
  }

  double(limit: number): number {
    this.#need(8, limit);
    const value = this.buffer.readDoubleLE(this.position);
    this.position += 8;
    return value;
  }

  text(limit: number): string {
    const end = this.#end(limit);
    const text = this.buffer.toString('utf8', this.position, end);
    this.position = end;
    return text;
  }

  name(limit: number): string {
    const end = this.#end(limit);
    const start = this.position;
    this.position = end;
    let hash = 0;
    for (let index = start; index < end; index += 1) hash = (hash * 31 + (this.buffer[index] ?? 0)) | 0;
    const known = this.#interned.get(hash);
    if (known !== undefined && this.#equals(known.bytes, start, end)) return known.text;
    const bytes = this.buffer.subarray(start, end);
    const text = bytes.toString('utf8');
    this.#interned.set(hash, { bytes, text });
    return text;
  }

  /** Quicker than Buffer.compare() for what is as short as names are. */
  #equals(bytes: Buffer, start: number, end: number): boolean {
    if (bytes.length !== end - start) return false;
    for (let index = 0; index < bytes.length; index += 1) {
      if (bytes[index] !== this.buffer[start + index]) return false;
    }
    return true;
  }

  hex(limit: number): string {
    const end = this.#end(limit);
    const text = this.buffer.toString('hex', this.position, end);
    this.position = end;
    return text;
  }

  base64(limit: number): string {
    const end = this.#end(limit);
    const text = this.buffer.toString('base64', this.position, end);
    this.position = end;
    return text;
  }

  skip(tag: number, limit: number): void {
    // One of two bytes costs as much as a message.
    this.#count();
    const wireType = tag & 7;
    if (wireType === VARINT) this.int64();
    else if (wireType === BYTES) this.position = this.#end(limit);
    else if (wireType === FIXED64 || wireType === FIXED32) {
      const size = wireType === FIXED64 ? 8 : 4;
      this.#need(size, limit);
      this.position += size;
    } else throw new MalformedRequestError(`the body is not protobuf: wire type ${wireType}`);
    if (this.position > limit) throw new MalformedRequestError('the body is not protobuf: a field is cut');
  }

  #smallVarint(): number | null {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return null;
  }

  #varint32(): number {
    const value = this.int64();
    if (typeof value === 'string' || value < 0 || value > 0xffff_ffff) {
      throw new MalformedRequestError('the body is not protobuf: a length or tag is out of range');
    }
    return value;
  }

  #byte(): number {
    const byte = this.buffer[this.position];
    if (byte === undefined) throw new MalformedRequestError('the body is not protobuf: it is cut');
    this.position += 1;
    return byte;
  }

  #need(bytes: number, limit: number): void {
    if (this.position + bytes > limit) throw new MalformedRequestError('the body is not protobuf: it is cut');
  }
}
