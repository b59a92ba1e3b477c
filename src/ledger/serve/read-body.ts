/** A request's body, read no further than a limit. */
import { ApiError } from './api-error.ts';

export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = (): ApiError =>
    new ApiError('too_large', `The body is larger than ${maxBytes} bytes. Send it in smaller pieces.`);
  const stated = Number(request.headers.get('content-length') ?? Number.NaN);
  if (stated > maxBytes) throw tooLarge();
  if (request.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of request.body as AsyncIterable<Uint8Array>) {
      length += chunk.byteLength;
      // Leaving the loop cancels the stream, so that nothing more is read.
      if (length > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    // Its code is that of a lost connection: left as it is, it would be taken for the database's. 503, since whatever
    // stands between us and the sender may still hand on the answer, and what was cut is to be sent again.
    throw new ApiError('unavailable', 'The connection ended before the body was whole. Send it again.', { cause });
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length);
}
