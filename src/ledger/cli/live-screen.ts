/** A screen of its own that is drawn again and again, and the keys that end it; the window is as before afterwards. */

/** What of a terminal is used. */
export interface Terminal {
  readonly output: Pick<NodeJS.WriteStream, 'write' | 'columns' | 'rows' | 'on' | 'off'>;
  readonly input: Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode' | 'on' | 'off' | 'resume' | 'pause'>;
}

export interface LiveScreen {
  /** The lines that fit; what was there before is gone. */
  draw(lines: readonly string[]): void;
  close(): void;
}

const ENTER = '\u001B[?1049h\u001B[?25l';
const LEAVE = '\u001B[?25h\u001B[?1049l';
const HOME = '\u001B[H';
const CLEAR_LINE = '\u001B[K';
const CLEAR_BELOW = '\u001B[J';
/** q, Ctrl-C and Ctrl-D: in raw mode they are keys like others. */
const QUIT = ['q', 'Q', '\u0003', '\u0004'];

/** @param onQuit a key asks for the end; @param onResize the window has another size */
export function openLiveScreen(
  { output, input }: Terminal,
  on: { readonly quit: () => void; readonly resize: () => void },
): LiveScreen {
  const keys = (data: Buffer | string): void => {
    const typed = data.toString();
    if (QUIT.some((key) => typed.includes(key))) on.quit();
  };
  output.write(ENTER);
  output.on('resize', on.resize);
  if (input.isTTY) {
    input.setRawMode(true);
    input.on('data', keys);
    input.resume();
  }
  return {
    draw(lines) {
      const shown = lines.slice(0, Math.max(1, output.rows - 1));
      output.write(HOME + shown.map((line) => `${line}${CLEAR_LINE}\r\n`).join('') + CLEAR_BELOW);
    },
    close() {
      output.off('resize', on.resize);
      if (input.isTTY) {
        input.off('data', keys);
        input.setRawMode(false);
        input.pause();
      }
      output.write(LEAVE);
    },
  };
}
