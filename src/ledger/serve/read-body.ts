/** A request's body, read no further than a limit. */
import { ApiError } from './api-error.ts';
import type { BodyMemory } from './body-memory.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** Shared by all requests. */
  readonly memory: BodyMemory;
}

/** Reads the body, and gives its memory back when `use` is done with it. @throws ApiError `too_large`, `unavailable` */
export async function withBody<T>(
  request: Request,
  limits: BodyLimits,
  use: (body: Uint8Array) => Promise<T>,
): Promise<T> {
  const { maxBytes, memory } = limits;
  const tooLarge = (): ApiError =>
    new ApiError('too_large', `The body is larger than ${maxBytes} bytes. Send it in smaller pieces.`);
  const stated = Number(request.headers.get('content-length') ?? Number.NaN);
  if (stated > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    if (request.body !== null) {
      // Leaving the loop cancels the stream, so that nothing more is read.
      for await (const chunk of cutsExplained(request.body)) {
        if (length + chunk.byteLength > maxBytes) throw tooLarge();
        if (!memory.take(length, chunk.byteLength)) {
          throw new ApiError('unavailable', 'Too many bodies arrive at once. Send it again in a few seconds.', {
            headers: { 'Retry-After': '2' },
          });
        }
        length += chunk.byteLength;
        chunks.push(chunk);
      }
    }
    return await use(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length));
  } finally {
    memory.give(length);
  }
}

async function* cutsExplained(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body as AsyncIterable<Uint8Array>;
  } catch (cause) {
    // Its code is that of a lost connection: left as it is, it would be taken for the database's. 503, since whatever
    // stands between us and the sender may still hand on the answer, and what was cut is to be sent again.
    throw new ApiError('unavailable', 'The connection ended before the body was whole. Send it again.', { cause });
  }
}
