/** Server-sent events (WHATWG): LF, CRLF or CR lines, comments, multi-line data, with or without a final blank line. */
import type { TextSegment } from '../body/segments.ts';
import type { StreamEvent } from './event.ts';

/** Does a text without a beginning cut look like an event stream? A comment, a field, or blank lines before one. */
export function looksLikeSse(text: string): boolean {
  return /^\s*(?::|(?:data|event|id|retry)\s*:)/.test(text.slice(0, 256));
}

/**
 * Splits a piece of an event stream. Blank lines cannot occur inside an event, so a piece whose beginning is missing
 * is in step again at its first one; what stands before it is handed out as an event whose beginning is cut.
 */
export function sseEvents(segment: TextSegment): StreamEvent[] {
  const events: StreamEvent[] = [];
  const text = onlyLf(segment.text);
  let name: string | null = null;
  let data: string | null = null;
  let cutStart = segment.cutStart;
  let firstLine = cutStart;
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const last = newline < 0;
    const stop = end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
    if (stop === at) {
      if (data !== null) events.push({ name, data, cutStart, cutEnd: false });
      name = null;
      data = null;
      cutStart = false;
    } else if (firstLine && !last) {
      // Whatever field this line was, only data can end like JSON; `parseCutStart` finds out.
      data = text.slice(at, stop);
    } else if (text.startsWith('data:', at)) {
      const value = text.slice(text.charCodeAt(at + 5) === 32 ? at + 6 : at + 5, stop);
      data = data === null ? value : `${data}\n${value}`;
    } else if (text.startsWith('event:', at)) {
      name = text.slice(at + 6, stop).trim();
    } else if (firstLine) {
      data = text.slice(at, stop);
    }
    firstLine = false;
    at = end + 1;
  }
  if (data !== null) events.push({ name, data, cutStart, cutEnd: segment.cutEnd });
  return events;
}

/** CR alone is a line end too; nobody was seen to send it, so the check is one search. */
function onlyLf(text: string): string {
  return text.includes('\n') || !text.includes('\r') ? text : text.replaceAll('\r', '\n');
}
