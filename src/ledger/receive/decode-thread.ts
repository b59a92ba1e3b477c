/** The thread on which large bodies are decoded. Sends what it found piece by piece, each when it is asked for. */
import { parentPort } from 'node:worker_threads';
import type { ParsedRecord } from '../store/ingest-types.ts';
import type { Encoding } from './answers.ts';
import { decodeCalls } from './decode-calls.ts';
import { TooLargeError } from './limits.ts';
import { MalformedRequestError } from './log-record.ts';
import type { Calls } from './to-records.ts';

/** What the thread is sent: a body, or null, which asks for the next piece of what that became. */
export type ThreadRequest = { readonly encoding: Encoding; readonly bytes: Uint8Array } | null;

export type ThreadAnswer =
  | { readonly records: readonly ParsedRecord[]; readonly ignored: number; readonly last: boolean }
  | { readonly failed: 'malformed' | 'too large' | 'otherwise'; readonly message: string };

/** Taking them in keeps the main thread for less than 10 ms. */
const PIECE_RECORDS = 500;

let calls: Calls = { records: [], ignored: 0 };
let position = 0;

parentPort?.on('message', (request: ThreadRequest) => {
  parentPort?.postMessage(answerTo(request));
});

function answerTo(request: ThreadRequest): ThreadAnswer {
  try {
    if (request !== null) {
      calls = decodeCalls(request.encoding, request.bytes);
      position = 0;
    }
    const records = calls.records.slice(position, position + PIECE_RECORDS);
    const { ignored } = calls;
    position += records.length;
    const last = position >= calls.records.length;
    // The next body's objects should not find this one's in memory.
    if (last) calls = { records: [], ignored: 0 };
    return { records, ignored, last };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof MalformedRequestError) return { failed: 'malformed', message };
    return { failed: error instanceof TooLargeError ? 'too large' : 'otherwise', message };
  }
}
