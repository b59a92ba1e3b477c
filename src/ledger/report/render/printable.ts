/**
 * Names in a report come from the network: a model or user called `\x1b]0;…` must not reach a terminal, and none may
 * turn the direction of the text around it.
 */
// eslint-disable-next-line no-control-regex -- the control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g;

export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\uFFFD');
}
