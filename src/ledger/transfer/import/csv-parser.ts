/** CSV (RFC 4180) in pieces of any size: quotes, doubled quotes, line ends within quotes, CRLF and LF. */

export interface CsvRecord {
  /** Where it begins; the first line is 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export class CsvParser {
  readonly #delimiter: string;
  #cells: string[] = [];
  #cell = '';
  #quoted = false;
  /** A quote within quotes: the end, or the first of two. */
  #closing = false;
  #afterReturn = false;
  #line = 1;
  #begun = 1;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  *push(text: string): Generator<CsvRecord> {
    for (const character of text) {
      if (character === '\n') this.#line += 1;
      if (this.#quoted) {
        if (this.#closing) {
          this.#closing = false;
          if (character === '"') {
            this.#cell += '"';
            continue;
          }
          this.#quoted = false;
        } else {
          if (character === '"') this.#closing = true;
          else this.#cell += character;
          continue;
        }
      }
      const newLine = character === '\n' && !this.#afterReturn;
      const endOfReturn = character === '\n' && this.#afterReturn;
      this.#afterReturn = character === '\r';
      if (endOfReturn) {
        this.#begun = this.#line;
        continue;
      }
      if (character === '"' && this.#cell === '') this.#quoted = true;
      else if (character === this.#delimiter) this.#endCell();
      else if (newLine || character === '\r') yield* this.#endRecord();
      else this.#cell += character;
    }
  }

  /** After the last piece. */
  *end(): Generator<CsvRecord> {
    if (this.#cell !== '' || this.#cells.length > 0) yield* this.#endRecord();
  }

  /** The file ended within quotes: what follows the last record is not to be trusted. */
  get openQuote(): boolean {
    return this.#quoted && !this.#closing;
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = '';
  }

  *#endRecord(): Generator<CsvRecord> {
    this.#quoted = false;
    this.#endCell();
    const cells = this.#cells;
    this.#cells = [];
    const line = this.#begun;
    this.#begun = this.#line;
    // An empty line is no record.
    if (cells.length > 1 || cells[0] !== '') yield { line, cells };
  }
}

/** The separator that stands most often in the first line, outside of quotes. */
export function guessDelimiter(head: string): string {
  const [line = ''] = head.replace(/"[^"]*"/g, '').split(/\r?\n/, 1);
  const count = (separator: string): number => line.split(separator).length;
  return [',', ';', '\t', '|'].reduce((best, each) => (count(each) > count(best) ? each : best));
}
