/**
 * Decodes large bodies on a thread of their own: a few hundred thousand values keep a thread busy for a second, and its
 * memory for longer. The thread starts with the first one and ends when none came for a while, which gives that back.
 */
import { once } from 'node:events';
import { extname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ParsedRecord } from '../store/ingest-types.ts';
import type { Encoding } from './answers.ts';
import type { ThreadAnswer, ThreadRequest } from './decode-thread.ts';
import { TooLargeError } from './limits.ts';
import { MalformedRequestError } from './log-record.ts';
import type { Calls } from './to-records.ts';

export interface LargeBodies {
  /** One at a time. The bytes go to the thread and are gone here. @throws MalformedRequestError, TooLargeError */
  decode(encoding: Encoding, bytes: Uint8Array): Promise<Calls>;
}

export interface LargeBodiesOptions {
  readonly idleMs?: number;
  /** Of the thread's objects. A body that needs more is refused. Measured: 20,000 records of 20 MB need 190. */
  readonly maxMebibytes?: number;
}

const IDLE_MS = 10_000;
const MAX_MEBIBYTES = 400;

// Sources run as they are in tests, built ones elsewhere.
const extension = extname(import.meta.url);
const THREAD = new URL(`./decode-thread${extension}`, import.meta.url);
const EXEC_ARGV = extension === '.ts' ? ['--conditions=wiretally-source', '--no-warnings'] : [];

export function createLargeBodies({
  idleMs = IDLE_MS,
  maxMebibytes = MAX_MEBIBYTES,
}: LargeBodiesOptions = {}): LargeBodies {
  let thread: Worker | null = null;
  let idle: NodeJS.Timeout | undefined;

  const start = (): Worker => {
    const worker = new Worker(THREAD, {
      execArgv: EXEC_ARGV,
      // Nothing of the environment is of use there.
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: maxMebibytes },
    });
    const forget = (): void => {
      if (thread === worker) thread = null;
    };
    worker.on('error', forget);
    worker.on('exit', forget);
    return worker;
  };

  const endWhenIdle = (worker: Worker): void => {
    // It keeps no process alive.
    worker.unref();
    idle = setTimeout(() => {
      if (thread === worker) thread = null;
      void worker.terminate();
    }, idleMs).unref();
  };

  return {
    async decode(encoding, bytes) {
      clearTimeout(idle);
      thread ??= start();
      const worker = thread;
      worker.ref();
      const records: ParsedRecord[] = [];
      try {
        for (let request: ThreadRequest = { encoding, bytes }; ; request = null) {
          const answer = await ask(worker, request);
          if ('failed' in answer) throw failure(answer);
          records.push(...answer.records);
          if (answer.last) return { records, ignored: answer.ignored };
          // Everybody else has a turn between two pieces.
          await nextTurn();
        }
      } catch (error) {
        if (isOutOfMemory(error)) throw new TooLargeError(`the body needs more than ${maxMebibytes} MiB to be decoded`);
        throw error;
      } finally {
        endWhenIdle(worker);
      }
    },
  };
}

async function ask(worker: Worker, request: ThreadRequest): Promise<ThreadAnswer> {
  const answered = new AbortController();
  const { signal } = answered;
  try {
    // `once` rejects when the thread fails.
    const answer = once(worker, 'message', { signal }) as Promise<[ThreadAnswer]>;
    const end = once(worker, 'exit', { signal }).then(() => Promise.reject(new Error('the decoding thread ended')));
    worker.postMessage(request, request === null ? [] : transferable(request.bytes));
    return (await Promise.race([answer, end]))[0];
  } finally {
    answered.abort();
  }
}

/** Its memory, where nobody else has a part in that: then nothing is copied. */
function transferable({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

function failure({ failed, message }: Extract<ThreadAnswer, { failed: string }>): Error {
  if (failed === 'malformed') return new MalformedRequestError(message);
  const error = failed === 'too large' ? new TooLargeError('') : new Error();
  error.message = message;
  return error;
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
