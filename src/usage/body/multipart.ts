/** Text fields of a multipart/form-data body: uploads name their model and options there. */
import type { TextSegment } from './segments.ts';

const MAX_VALUE = 4096;

/**
 * Reads the fields that are whole within the segments. Files are skipped.
 *
 * @param boundary as in the content-type header.
 */
export function multipartFields(segments: readonly TextSegment[], boundary: string): Map<string, string> {
  const fields = new Map<string, string>();
  const delimiter = `--${boundary}`;
  for (const { text } of segments) {
    for (let at = text.indexOf(delimiter); at >= 0;) {
      const start = at + delimiter.length;
      const end = text.indexOf(`\r\n${delimiter}`, start);
      if (end < 0) break;
      readField(text, start, end, fields);
      at = end + 2;
    }
  }
  return fields;
}

/** @returns null where the content type is not multipart or names no boundary. */
export function multipartBoundary(contentType: string | undefined): string | null {
  if (contentType === undefined || !/^multipart\//i.test(contentType)) return null;
  const match = /boundary=(?:"([^"]{1,200})"|([^;\s]{1,200}))/i.exec(contentType);
  return match?.[1] ?? match?.[2] ?? null;
}

function readField(text: string, start: number, end: number, fields: Map<string, string>): void {
  const blank = text.indexOf('\r\n\r\n', start);
  if (blank < 0 || blank > end) return;
  const head = text.slice(start, Math.min(blank, start + MAX_VALUE));
  if (/filename\*?=/i.test(head)) return;
  const name = /\bname="([^"]{1,100})"/i.exec(head)?.[1] ?? /\bname=([^\s;"]{1,100})/i.exec(head)?.[1];
  if (name === undefined || end - (blank + 4) > MAX_VALUE) return;
  fields.set(name, text.slice(blank + 4, end));
}
