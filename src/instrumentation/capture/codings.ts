/** The content codings that answers use, each decodable at once and as it comes. */
import * as zlib from 'node:zlib';
import type { Transform } from 'node:stream';

export interface Coding {
  /** @throws where the bytes are broken, or decode to more than `maxBytes`. A cut body gives its prefix. */
  decode(bytes: Uint8Array, maxBytes: number): Uint8Array;
  /** @param first the first bytes: plain deflate is told from zlib's by them. */
  stream(first: Uint8Array): Transform;
}

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush } = zlib.constants;

// `finishFlush` other than FINISH: a body that was cut gives what it holds instead of an error.
const deflateOptions = { finishFlush: Z_SYNC_FLUSH };
const brotliOptions = { finishFlush: BROTLI_OPERATION_FLUSH };
const zstdOptions = { finishFlush: ZSTD_e_flush };

const gzip: Coding = {
  decode: (bytes, maxBytes) => zlib.gunzipSync(bytes, { ...deflateOptions, maxOutputLength: maxBytes }),
  stream: () => zlib.createGunzip(deflateOptions),
};

const deflate: Coding = {
  decode: (bytes, maxBytes) =>
    (hasZlibHeader(bytes) ? zlib.inflateSync : zlib.inflateRawSync)(bytes, {
      ...deflateOptions,
      maxOutputLength: maxBytes,
    }),
  stream: (first) => (hasZlibHeader(first) ? zlib.createInflate : zlib.createInflateRaw)(deflateOptions),
};

const br: Coding = {
  decode: (bytes, maxBytes) => zlib.brotliDecompressSync(bytes, { ...brotliOptions, maxOutputLength: maxBytes }),
  stream: () => zlib.createBrotliDecompress(brotliOptions),
};

const zstd: Coding = {
  decode: (bytes, maxBytes) => zlib.zstdDecompressSync(bytes, { ...zstdOptions, maxOutputLength: maxBytes }),
  stream: () => zlib.createZstdDecompress(zstdOptions),
};

const codings = new Map<string, Coding>([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', deflate],
  ['br', br],
  ['zstd', zstd],
]);

/**
 * @param contentEncoding the header's value.
 * @returns null where the body needs no decoding, or cannot be decoded: an unknown coding, or several on top of each
 * other, which no provider sends.
 */
export function codingOf(contentEncoding: string | undefined): Coding | null {
  return contentEncoding === undefined ? null : (codings.get(contentEncoding.trim().toLowerCase()) ?? null);
}

/** Servers send raw deflate under the same name; undici decides by the same four bits. */
function hasZlibHeader(bytes: Uint8Array): boolean {
  const first = bytes[0];
  return first === undefined || (first & 0x0f) === 0x08;
}
