/** The growing report: redrawn in a terminal, a line now and then elsewhere. */

export interface LiveView {
  /** A message that stays. */
  say(line: string): void;
  /** Shows what the ledger says now; asks it only for what is shown. Never rejects: the ledger may be starting again. */
  refresh(source: LiveSource): Promise<void>;
  /** Gives the terminal back. */
  close(): void;
}

export interface LiveSource {
  /** One line: this run so far. */
  summary(): Promise<string>;
  /** The ledger's own report over all its data. */
  report(): Promise<string>;
}

export interface Terminal {
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
  write(text: string): unknown;
}

/** @param footer addresses and what can be done, below the report */
export function liveView(terminal: Terminal, footer: () => readonly string[], now: () => number = Date.now): LiveView {
  return terminal.isTTY === true ? screenView(terminal, footer) : pipeView(terminal, now);
}

const SUMMARY_INTERVAL_MS = 10_000;
const REPORT_INTERVAL_MS = 60_000;

function pipeView(terminal: Terminal, now: () => number): LiveView {
  let summaryAt = now();
  let reportAt = now();
  return {
    say: (line) => terminal.write(`${line}\n`),
    async refresh(source) {
      if (now() - summaryAt < SUMMARY_INTERVAL_MS) return;
      summaryAt = now();
      const withReport = now() - reportAt >= REPORT_INTERVAL_MS;
      if (withReport) reportAt = now();
      const text = await quietly(withReport ? source.report() : source.summary());
      if (text !== null) terminal.write(withReport ? `\n${text}\n\n` : `${text}\n`);
    },
    close: () => undefined,
  };
}

const ENTER_SCREEN = '\u001B[?1049h\u001B[?25l';
const LEAVE_SCREEN = '\u001B[?25h\u001B[?1049l';
/** Messages that are kept above the report. */
const KEPT_MESSAGES = 3;

/** On the terminal's second screen, so that what was there before comes back at the end. */
function screenView(terminal: Terminal, footer: () => readonly string[]): LiveView {
  const messages: string[] = [];
  let entered = false;
  const leave = (): void => {
    if (entered) terminal.write(LEAVE_SCREEN);
    entered = false;
  };
  return {
    say(line) {
      if (entered) messages.push(line);
      else terminal.write(`${line}\n`);
    },
    async refresh(source) {
      const report = await quietly(source.report());
      const summary = await quietly(source.summary());
      if (report === null || summary === null) return;
      if (!entered) {
        entered = true;
        terminal.write(ENTER_SCREEN);
        process.once('exit', leave);
      }
      const above = messages.slice(-KEPT_MESSAGES);
      const below = ['', summary, ...footer()];
      const height = (terminal.rows ?? 40) - 1 - above.length - below.length;
      const lines = [...above, ...report.split('\n').slice(0, Math.max(3, height)), ...below];
      // Home, each line to its end, then the rest of the screen: without clearing first, nothing flickers.
      terminal.write(`\u001B[H${lines.map((line) => `${line}\u001B[K\n`).join('')}\u001B[J`);
    },
    close() {
      leave();
      process.off('exit', leave);
      for (const line of messages.splice(0)) terminal.write(`${line}\n`);
    },
  };
}

async function quietly(text: Promise<string>): Promise<string | null> {
  return await text.catch(() => null);
}
