/** One line on stderr that counts, where a person looks; nothing in a log or a pipe. */

export interface Progress {
  readonly show: (done: number) => void;
  /** Removes the line. */
  readonly end: () => void;
}

const EVERY_MS = 250;

export function showProgress(what: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  let shownAt = 0;
  let shown = false;
  return {
    show(done) {
      const now = performance.now();
      if (!stream.isTTY || now - shownAt < EVERY_MS) return;
      shownAt = now;
      shown = true;
      stream.write(`\r\u001B[K${done.toLocaleString('en')} ${what} …`);
    },
    end() {
      if (shown) stream.write('\r\u001B[K');
      shown = false;
    },
  };
}
