/** What JSON text would become, without parsing it. What is not JSON gets some answer, and an error by the parser. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/**
 * Whether it nests deeper, or holds more values, than is allowed; stops as soon as it does. A value counts once for its
 * comma and once more when it is an object or a list.
 */
export function jsonExcess(text: Uint8Array, maxDepth: number, maxValues: number): 'depth' | 'values' | null {
  let depth = 0;
  let values = 0;
  for (let index = 0; index < text.length; index += 1) {
    const byte = text[index];
    if (byte === QUOTE) {
      index = endOfString(text, index + 1);
    } else if (byte === COMMA) {
      values += 1;
      if (values > maxValues) return 'values';
    } else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      values += 1;
      if (depth > maxDepth) return 'depth';
    } else if (byte === 0x5d || byte === 0x7d) {
      depth -= 1;
    }
  }
  return null;
}

function endOfString(text: Uint8Array, start: number): number {
  let index = start;
  while (index < text.length && text[index] !== QUOTE) index += text[index] === BACKSLASH ? 2 : 1;
  return index;
}
