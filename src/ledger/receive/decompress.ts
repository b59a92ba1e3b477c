import { promisify } from 'node:util';
import { gunzip, inflate, zstdDecompress } from 'node:zlib';
import { errorCode } from '../ledger-error.ts';
import { TooLargeError } from './limits.ts';
import { MalformedRequestError } from './log-record.ts';

export class UnsupportedEncodingError extends Error {
  constructor(encoding: string) {
    super(`content-encoding ${encoding} is not supported; send gzip, zstd, deflate or identity`);
    this.name = 'UnsupportedEncodingError';
  }
}

/** Bombs end at the limit: zlib stops when its output is full. */
export async function decompress(body: Uint8Array, encoding: string, maxBytes: number): Promise<Uint8Array> {
  const options = { maxOutputLength: maxBytes, chunkSize: chunkSize(body.length) };
  try {
    switch (encoding) {
      case '':
      case 'identity':
        if (body.length > maxBytes) throw tooLarge(maxBytes);
        return body;
      case 'gzip':
      case 'x-gzip':
        return await promisify(gunzip)(body, options);
      case 'deflate':
        return await promisify(inflate)(body, options);
      case 'zstd':
        return await promisify(zstdDecompress)(body, options);
      default:
        throw new UnsupportedEncodingError(encoding);
    }
  } catch (error) {
    if (error instanceof TooLargeError || error instanceof UnsupportedEncodingError) throw error;
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new MalformedRequestError(`the body is not ${encoding}`, { cause: error });
  }
}

/** Text shrinks to a quarter and less. Node's pieces of 16 kB make a large body two thousand turns of the main thread. */
function chunkSize(compressedBytes: number): number {
  return Math.min(Math.max(4 * compressedBytes, 16 * 1024), 1024 * 1024);
}

function tooLarge(maxBytes: number): TooLargeError {
  return new TooLargeError(`the decompressed body is larger than ${maxBytes} bytes`);
}
