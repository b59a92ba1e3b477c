/** What a request's body says of itself: JSON or form fields, whole or with its middle missing. */
import type { ExchangeRequest } from '../exchange.ts';
import { parseCutEnd, parseCutStart, parseWhole } from './cut-json.ts';
import { object } from './fields.ts';
import type { JsonObject } from './fields.ts';
import { multipartBoundary, multipartFields } from './multipart.ts';
import { byteSegments, textSegments } from './segments.ts';

export interface RequestFields {
  /** The top-level field, or undefined. Form fields are strings. */
  get(name: string): unknown;
  /** Nothing of the body is missing, so that lengths can be counted. */
  readonly whole: boolean;
  readonly size: number | null;
}

const NONE: RequestFields = { get: () => undefined, whole: false, size: null };

/** Never throws; a body that cannot be read has no fields. */
export function requestFields(request: ExchangeRequest): RequestFields {
  const { body } = request;
  if (body === null || body.length === 0) return NONE;
  const segments = byteSegments(body);
  const texts = textSegments(segments);
  const boundary = multipartBoundary(request.headers['content-type']);
  if (boundary !== null) {
    const fields = multipartFields(texts, boundary);
    return { get: (name) => fields.get(name), whole: texts.length === 1, size: body.length };
  }
  const parts: JsonObject[] = [];
  let whole = true;
  for (const { text, cutStart, cutEnd } of texts) {
    let value = cutStart ? undefined : parseWhole(text);
    if (value === undefined) {
      whole = false;
      if (!cutStart) value = parseCutEnd(text);
      else if (!cutEnd) value = parseCutStart(text);
    }
    const part = object(value);
    if (part !== null) parts.push(part);
  }
  return {
    get(name) {
      let found: unknown;
      for (const part of parts) if (Object.hasOwn(part, name)) found = part[name] ?? found;
      return found;
    },
    whole,
    size: body.length,
  };
}
