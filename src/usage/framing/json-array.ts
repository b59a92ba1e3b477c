/** A stream that is one JSON array of answers (Gemini without `alt=sse`; Google's errors in streams). */
import { parseCutEnd, parseCutStart, parseWhole } from '../body/cut-json.ts';
import { objectsOf } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import type { TextSegment } from '../body/segments.ts';

/** The elements that are at hand; the one at a cut may lack members. */
export function jsonArrayParts(segment: TextSegment): JsonObject[] | null {
  const value = parseSegment(segment);
  return Array.isArray(value) ? objectsOf(value) : null;
}

function parseSegment({ text, cutStart, cutEnd }: TextSegment): unknown {
  if (!cutStart) return (cutEnd ? undefined : parseWhole(text)) ?? parseCutEnd(text);
  if (!cutEnd) return parseCutStart(text);
  // Neither beginning nor end. Strings hold no raw line breaks and Google indents, so a brace at the start of a line
  // opens an element.
  const start = text.indexOf('\n{');
  return start < 0 ? undefined : parseCutEnd(`[${text.slice(start + 1)}`);
}
