/**
 * A user's price table as text → PriceTable, with the lines of what is wrong. YAML's reader comes from the caller, so
 * that a service that has no table loads none. JSON is YAML, also for it.
 */
import { parsePriceTable, PriceTableError } from './table-schema.ts';
import type { PriceTableIssue } from './table-schema.ts';
import type { PriceTable } from './table.ts';

/** What is used of the package `yaml` (2.x). */
export interface YamlLibrary {
  parseDocument(
    text: string,
    options: { readonly lineCounter: LineCounter; readonly prettyErrors: boolean },
  ): YamlDocument;
  readonly LineCounter: new () => LineCounter;
}

interface LineCounter {
  lineStarts: number[];
  addNewLine(offset: number): number;
  linePos(offset: number): { line: number; col: number };
}

interface YamlDocument {
  readonly errors: readonly { readonly message: string; readonly pos: readonly [number, number] }[];
  toJS(): unknown;
  getIn(path: readonly (string | number)[], keepScalar: boolean): unknown;
}

export interface PriceTextOptions {
  /** The file's name, without its folder: messages and cards call the table by it where it has no name of its own. */
  readonly name: string;
  readonly yaml: YamlLibrary;
}

/** @throws PriceTableError that names every place that is wrong, with its line. */
export function parsePriceText(text: string, { name, yaml }: PriceTextOptions): PriceTable {
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false });
  return parsePriceTable(valueOf(document, lines, name), {
    name,
    locate(path) {
      for (let depth = path.length; depth > 0; depth -= 1) {
        const offset = offsetOf(document.getIn(path.slice(0, depth), true));
        if (offset !== null) return lines.linePos(offset).line;
      }
      return null;
    },
  });
}

function valueOf(document: YamlDocument, lines: LineCounter, name: string): unknown {
  if (document.errors.length > 0) {
    throw new PriceTableError(
      name,
      document.errors.slice(0, 10).map(({ message, pos }) => issue(lines.linePos(pos[0]).line, message)),
    );
  }
  try {
    return document.toJS();
  } catch (error) {
    // Aliases of aliases, which would fill the memory.
    throw new PriceTableError(name, [issue(null, messageOf(error))]);
  }
}

function issue(line: number | null, message: string): PriceTableIssue {
  return { path: '', line, message: `is not valid YAML or JSON: ${message}` };
}

function offsetOf(node: unknown): number | null {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return null;
  const [offset] = node.range as readonly unknown[];
  return typeof offset === 'number' ? offset : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
