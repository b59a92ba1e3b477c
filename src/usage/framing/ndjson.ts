/** One JSON document a line (Ollama, Cohere v1, batch results). */
import type { TextSegment } from '../body/segments.ts';
import { parseWhole } from '../body/cut-json.ts';
import type { StreamEvent } from './event.ts';

/** True where the first line alone is a JSON object and something follows it. */
export function looksLikeNdjson(text: string): boolean {
  const start = text.search(/\S/);
  if (start < 0 || text.charCodeAt(start) !== 123) return false;
  const newline = text.indexOf('\n', start);
  if (newline < 0 || text.slice(newline, newline + 64).trim() === '') return false;
  const line = text.slice(start, newline).trimEnd();
  return line.endsWith('}') && parseWhole(line) !== undefined;
}

/** Lines cannot contain a raw line break, so a piece is in step again after its first one. */
export function ndjsonEvents(segment: TextSegment): StreamEvent[] {
  const events: StreamEvent[] = [];
  const { text } = segment;
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const data = text.slice(at, end).trim();
    if (data !== '')
      events.push({
        name: null,
        data,
        cutStart: segment.cutStart && at === 0,
        cutEnd: segment.cutEnd && newline < 0,
      });
    at = end + 1;
  }
  return events;
}
