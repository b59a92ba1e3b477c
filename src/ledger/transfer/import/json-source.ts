/** A JSON file: a list of objects, or one object a line. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { errorMessage } from '../../ledger-error.ts';
import { asText, SourceError } from './source.ts';
import type { Source, SourceRow } from './source.ts';

/** @throws SourceError where the file cannot be read or is neither. */
export async function openJson(path: string, wanted: readonly string[]): Promise<Source> {
  const first = await firstCharacter(path);
  if (first !== '[' && first !== '{') {
    throw new SourceError(`${path} is no JSON: it must be a list of objects, or have one object a line.`);
  }
  return {
    description: path,
    // Objects need not have the same keys: which are there is not known before the end.
    columns: [],
    rows: () => readRows(path, first === '[' ? itemsOfList : linesOf, wanted),
    close: () => Promise.resolve(),
  };
}

async function firstCharacter(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0);
      return buffer
        .toString('utf8', 0, bytesRead)
        .replace(/^\uFEFF/, '')
        .trimStart()
        .charAt(0);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new SourceError(`${path} cannot be read: ${errorMessage(cause)}`, { cause });
  }
}

interface Item {
  readonly place: string;
  readonly text: string;
}

async function* readRows(
  path: string,
  split: (pieces: AsyncIterable<string>) => AsyncGenerator<Item>,
  wanted: readonly string[],
): AsyncGenerator<SourceRow> {
  for await (const { place, text } of split(createReadStream(path, 'utf8') as AsyncIterable<string>)) {
    yield rowOf(place, text, wanted);
  }
}

function rowOf(place: string, text: string, wanted: readonly string[]): SourceRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { place, fields: {}, broken: `it is no JSON (${errorMessage(error).slice(0, 80)})` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { place, fields: {}, broken: 'it is no object' };
  }
  const object = value as Record<string, unknown>;
  return { place, fields: Object.fromEntries(wanted.map((name) => [name, asText(object[name])])) };
}

async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<Item> {
  let rest = '';
  let line = 0;
  const item = (text: string): Item | null => {
    line += 1;
    return text.trim() === '' ? null : { place: `line ${line}`, text: text.replace(/^\uFEFF/, '') };
  };
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      const found = item(text);
      if (found !== null) yield found;
    }
  }
  const last = item(rest);
  if (last !== null) yield last;
}

/** The objects of one list, cut where nesting and strings say, so that the list need not be in memory. */
async function* itemsOfList(pieces: AsyncIterable<string>): AsyncGenerator<Item> {
  let text = '';
  let depth = 0;
  let inString = false;
  let escaped = false;
  let number = 0;
  for await (const piece of pieces) {
    let begin = 0;
    for (let index = 0; index < piece.length; index += 1) {
      const character = piece.charAt(index);
      if (inString) {
        if (escaped) escaped = false;
        else if (character === '\\') escaped = true;
        else if (character === '"') inString = false;
        continue;
      }
      if (character === '"') inString = true;
      else if (character === '{' || character === '[') {
        depth += 1;
        // The list itself is the first level, its items the second.
        if (depth === 2) begin = index;
      } else if (character === '}' || character === ']') {
        depth -= 1;
        if (depth === 1) {
          number += 1;
          yield { place: `item ${number}`, text: text + piece.slice(begin, index + 1) };
          text = '';
        }
      }
    }
    if (depth >= 2) text += piece.slice(begin);
  }
  if (depth > 0) yield { place: `item ${number + 1}`, text: text === '' ? '…' : text };
}
