/**
 * JSON of which the end or the beginning is missing.
 *
 * Both functions mend the text so that `JSON.parse` can read what is certain, which is faster than a parser of our own
 * and treats duplicate keys alike. Only complete members survive: a number, string or key that touches the cut is left
 * out, since `12` may have been `125`. Strings are skipped as strings in both directions (a quote within a string has
 * an odd number of backslashes before it), so that nothing inside a prompt or an answer is ever taken for structure.
 *
 * Containers that lost members carry the key `CUT_MARK` (objects) or a first or last element that does (arrays).
 * Where the beginning is missing, the key of an open container is unknown: its value is found under `CUT_KEY`.
 */

/**
 * Marks an object or array of which members are missing. No provider has such a key; a body that has it counts as cut.
 * It needs no escape: where an object with a backslash for a key was parsed before, V8 13.6 reads an escaped NUL as it.
 */
export const CUT_MARK = '//wiretally/cut';
/** Stands for a key that was cut off. */
export const CUT_KEY = '//wiretally/key';

const MARK_MEMBER = `"${CUT_MARK}":0`;
const MARK_ELEMENT = `{"${CUT_MARK}":0}`;
const OPEN_MEMBER = `"${CUT_KEY}":`;

const QUOTE = 34;
const COMMA = 44;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** @returns undefined where the text is not JSON. */
export function parseWhole(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Reads the certain part of a JSON document whose end may be missing. Undefined where there is none. */
export function parseCutEnd(text: string): unknown {
  const open: number[] = [];
  let safe = -1;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        if (open.length === 0) return undefined;
        at = stringEnd(text, at);
        if (at < 0) at = text.length;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        open.push(text.charCodeAt(at));
        safe = at + 1;
        break;
      case COMMA:
        safe = at;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        open.pop();
        safe = at + 1;
        if (open.length === 0) return parseWhole(text.slice(0, safe));
        break;
      default:
    }
  }
  if (safe < 0 || open.length === 0) return undefined;
  const last = text.charCodeAt(safe - 1);
  const empty = last === OPEN_BRACE || last === OPEN_BRACKET;
  let mended = text.slice(0, safe);
  for (let level = open.length - 1; level >= 0; level--) {
    const comma = empty && level === open.length - 1 ? '' : ',';
    mended += open[level] === OPEN_BRACE ? `${comma}${MARK_MEMBER}}` : `${comma}${MARK_ELEMENT}]`;
  }
  return parseWhole(mended);
}

/** Reads the certain part of a JSON document whose beginning may be missing. Undefined where there is none. */
export function parseCutStart(text: string): unknown {
  const closers: number[] = [];
  // Per open level: from where on its members are complete.
  const keepFrom: number[] = [];
  for (let at = text.length - 1; at >= 0; at--) {
    const code = text.charCodeAt(at);
    switch (code) {
      case QUOTE:
        if (closers.length === 0) return undefined;
        at = stringStart(text, at);
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        closers.push(code);
        keepFrom.push(at);
        break;
      case COMMA:
        if (closers.length === 0) return undefined;
        keepFrom[keepFrom.length - 1] = at + 1;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        closers.pop();
        keepFrom.pop();
        if (closers.length === 0) return parseWhole(text.slice(at));
        break;
      default:
        if (closers.length === 0 && code > 32) return undefined;
    }
  }
  const deepest = closers.length - 1;
  if (deepest < 0) return undefined;
  let mended = '';
  for (let level = 0; level < deepest; level++)
    mended += closers[level] === CLOSE_BRACE ? `{${OPEN_MEMBER}` : `[${MARK_ELEMENT},`;
  const from = keepFrom[deepest] ?? text.length;
  const first = text.charCodeAt(from);
  const comma = first === CLOSE_BRACE || first === CLOSE_BRACKET ? '' : ',';
  mended += closers[deepest] === CLOSE_BRACE ? `{${MARK_MEMBER}${comma}` : `[${MARK_ELEMENT}${comma}`;
  return parseWhole(mended + text.slice(from));
}

/** Index of the quote that closes the string opened at `start`, or -1. */
function stringEnd(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((at - before) % 2 === 1) return at;
  }
  return -1;
}

/** Index of the quote that opens the string closed at `end`, or -1 where it is before the text's beginning. */
function stringStart(text: string, end: number): number {
  if (end === 0) return -1;
  for (let at = text.lastIndexOf('"', end - 1); at >= 0; at = at === 0 ? -1 : text.lastIndexOf('"', at - 1)) {
    let before = at - 1;
    while (before >= 0 && text.charCodeAt(before) === BACKSLASH) before--;
    // Where the backslashes reach the cut their number is unknown, but nothing is before them that could be misread.
    if ((at - before) % 2 === 1) return at;
  }
  return -1;
}
