/** What one request may ask of us. Each limit stops a small body that would become gigabytes here. */

/** As it arrives. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** The Collector's default batch of 8,192 records is a third of it. */
export const MAX_PROTOBUF_BYTES = 32 * 1024 * 1024;
/** JSON.parse() makes up to 25 bytes of objects of each byte. */
export const MAX_JSON_BYTES = 16 * 1024 * 1024;
/** Measured: 64 MB of `[` take JSON.parse() 18 s and 2.7 GB, although they are no JSON. */
export const MAX_JSON_DEPTH = 64;
/**
 * Values of any kind in JSON; a record has about 180. Measured: 16 MB of `{},` become 5 million objects, which take 2.5 to
 * 7 s and 0.7 GB.
 */
export const MAX_JSON_VALUES = 1_500_000;
/** Log records in a request, and resources. At 20 µs each they keep others waiting for less than half a second. */
export const MAX_RECORDS = 20_000;
/**
 * Protobuf messages of any kind in a request: an empty one is two bytes long there, and an object here. A record has
 * about 100.
 */
export const MAX_MESSAGES = 2_000_000;
/**
 * What the main thread decodes itself: usual batches, without the detour. A part is a JSON value or a protobuf message.
 * Measured: the worst body of that size takes it 50 ms; 2,000 records of a Collector have 200,000 parts.
 */
export const MAX_BYTES_HERE = 8 * 1024 * 1024;
export const MAX_PARTS_HERE = 250_000;
/** Bodies that are decompressed at once, and how many bytes more may wait for that. They are decoded one by one. */
export const MAX_DECODING = 2;
export const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** 413: the sender should make smaller batches. */
export class TooLargeError extends Error {
  constructor(what: string) {
    super(`${what}; send smaller batches`);
    this.name = 'TooLargeError';
  }
}
