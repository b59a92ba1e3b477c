/** What PostgreSQL cannot hold: NUL, and halves of surrogate pairs. Both become U+FFFD; the record is kept. */

const REPLACEMENT = '\uFFFD';

/** Also cuts what is longer than any honest value; `maxLength` counts UTF-16 units. */
export function cleanText(text: string, maxLength: number): string {
  let clean = text.length > maxLength ? text.slice(0, maxLength) : text;
  if (clean.includes('\0')) clean = clean.replaceAll('\0', REPLACEMENT);
  return clean.isWellFormed() ? clean : clean.toWellFormed();
}

/** JSON text that jsonb takes. */
export function cleanJson(value: unknown): string {
  const text = JSON.stringify(value);
  // Escapes of such characters are all that can be wrong with the text, and they are rare.
  if (!text.includes('\\u')) return text;
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'string') return cleanText(item, item.length);
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [cleanText(key, key.length), inner]));
  });
}

export function isEmpty(value: object): boolean {
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}
