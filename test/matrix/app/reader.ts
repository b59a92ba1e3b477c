/** Takes a body piece by piece, whether it is a stream of Node's or of the web's, and says which events came. */
import type { Readable } from 'node:stream';

export interface Reader {
  /** Null at the end. Between two calls nothing is taken. @throws what the stream failed with. */
  next(): Promise<Uint8Array | null>;
  cancel(): Promise<void>;
}

/** Where the reader says what comes, at the moment at which it comes. */
export interface Witness {
  log(line: string): void;
  got(chunk: Uint8Array): void;
}

export function readerOf(body: Readable | ReadableStream<Uint8Array>, witness: Witness): Reader {
  return body instanceof ReadableStream ? webReader(body, witness) : nodeReader(body, witness);
}

function webReader(body: ReadableStream<Uint8Array>, witness: Witness): Reader {
  const reader = body.getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      if (done) return null;
      witness.got(value);
      return value;
    },
    cancel: () => reader.cancel(),
  };
}

function nodeReader(body: Readable, witness: Witness): Reader {
  const chunks: Uint8Array[] = [];
  let over: { readonly error: unknown } | null = null;
  let waiting: { resolve: (chunk: Uint8Array | null) => void; reject: (error: unknown) => void } | null = null;
  let flowing = false;

  const settle = (): void => {
    if (waiting === null) return;
    const { resolve, reject } = waiting;
    const chunk = chunks.shift();
    if (chunk !== undefined) resolve(chunk);
    else if (over === null) return;
    else if (over.error === null) resolve(null);
    else reject(over.error);
    waiting = null;
  };
  const end = (error: unknown): void => {
    over ??= { error };
    settle();
  };
  for (const event of ['end', 'aborted', 'close'] as const) {
    body.on(event, () => {
      witness.log(`body event ${event}`);
      if (event === 'end') end(null);
      if (event === 'close') end(new Error('closed before its end'));
    });
  }
  body.on('error', (error) => {
    witness.log('body event error');
    end(error);
  });

  return {
    next: () =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        settle();
        if (waiting === null) return;
        if (flowing) {
          body.resume();
          return;
        }
        flowing = true;
        body.on('data', (chunk: Uint8Array | string) => {
          body.pause();
          const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
          witness.got(bytes);
          chunks.push(bytes);
          settle();
        });
      }),
    async cancel() {
      body.destroy();
    },
  };
}
