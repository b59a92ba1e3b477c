/** Columns that a text takes in a terminal, and texts cut or filled to a number of columns. */

const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
// Emoji and East Asian wide characters take two columns (Unicode UAX 11, the ranges that terminals agree on).
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6])/u;
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

function graphemeWidth(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of GRAPHEMES.segment(text)) width += graphemeWidth(segment);
  return width;
}

export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of GRAPHEMES.segment(text)) {
    const next = width + graphemeWidth(segment);
    if (next > columns - 1) break;
    kept += segment;
    width = next;
  }
  return `${kept}…`;
}

export function fill(text: string, columns: number, align: 'left' | 'right'): string {
  const gap = ' '.repeat(Math.max(0, columns - displayWidth(text)));
  return align === 'left' ? text + gap : gap + text;
}
