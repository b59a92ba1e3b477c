/** Writes an Answer to a socket: chunk by chunk, compressed where asked for, cut where the answer says so. */
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { constants, createGzip } from 'node:zlib';
import type { Gzip } from 'node:zlib';
import type { Answer } from './wire.ts';

export interface SendOptions {
  readonly gzip: boolean;
  /** Between the chunks of a stream. */
  readonly chunkDelayMs: number;
}

export async function send(response: ServerResponse, answer: Answer, options: SendOptions): Promise<void> {
  const compress = options.gzip ? createGzip() : null;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(compress === null ? {} : { 'content-encoding': 'gzip' }),
  });
  compress?.pipe(response);
  for (const [index, chunk] of answer.chunks.entries()) {
    if (index > 0) await pause(options.chunkDelayMs);
    // The client went away: nobody reads the rest.
    if (response.destroyed) return;
    await (compress === null ? write(response, chunk) : writeCompressed(compress, chunk));
  }
  if (answer.cut === true) {
    // What was written must arrive first, else the client sees no answer at all.
    await pause(options.chunkDelayMs);
    response.destroy();
    return;
  }
  (compress ?? response).end();
}

function write(response: ServerResponse, chunk: string): Promise<void> {
  return new Promise((resolve) => response.write(chunk, () => resolve()));
}

/** Flushed at once, as servers of event streams do: a client must not wait for a block to fill. */
function writeCompressed(gzip: Gzip, chunk: string): Promise<void> {
  return new Promise((resolve) => {
    gzip.write(chunk);
    gzip.flush(constants.Z_SYNC_FLUSH, () => resolve());
  });
}
