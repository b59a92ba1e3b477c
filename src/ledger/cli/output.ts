/** Where and how the command line writes: results to stdout, remarks to stderr. */
import type { TerminalOptions } from '../report/render/terminal-table.ts';

/** Colours where a person looks and NO_COLOR does not object; a pipe gets plain lines that nothing has cut. */
export function terminalOptions(stream: NodeJS.WriteStream = process.stdout): TerminalOptions {
  if (!stream.isTTY) return { width: Infinity, colour: wantsColour(process.env['FORCE_COLOR']) };
  const refused = wantsColour(process.env['NO_COLOR']) || process.env['TERM'] === 'dumb';
  return { width: Math.max(40, stream.columns), colour: !refused };
}

/** https://no-color.org: present and not empty. */
const wantsColour = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== '0';

/** Resolves when the text is handed over, so that the process may end. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

export function remark(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** `wiretally report | head -1` closes the pipe early: that is no failure. */
export function endQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
